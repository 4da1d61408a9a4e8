import type { Actor } from '../../engine/message/outbound';
import type { ErasureScope } from '../../engine/privacy/erasure';

export interface ErasureRequest {
	/** A contact id, an e-mail address or a phone number. */
	reference: string;
	scope: ErasureScope;
	/** Never write to the person again on any channel: their addresses stay as keyed hashes, which name nobody. */
	suppress: boolean;
	/** Who asked for it; kept with the proof. */
	by: string;
	actor: Actor;
}
export interface Erasure {
	/** False when nothing is held under the reference. */
	found: boolean;
	/** Rows deleted or stripped of the person, by table. */
	rows: Record<string, number>;
	/** What the proof is filed under instead of the person. */
	pseudonym?: string;
	/** Training exports whose files hold messages of the person: the files have to be deleted or replaced. */
	trainingExports?: string[];
	/** Executions of n8n that still hold data of the person; `09-housekeeping` deletes them. */
	executions: { executionId: string; workflowId: string }[];
	sentence: string;
}
export interface PersonalDataExport {
	contactId: string;
	/** Every row held about the person, by table, as stored (times in epoch milliseconds). */
	tables: Record<string, Record<string, string | number | null>[]>;
	rows: number;
}
/** What is held about one person, over every table. */
export interface PersonalData {
	/** Undefined where nothing is held under a reference. */
	export(workspace: string, references: string[]): Promise<(PersonalDataExport | undefined)[]>;
	/**
	 * Each request is a transaction of its own. Counts of experiments, revenue and limits stay, without the person. Erasing
	 * again changes nothing.
	 * @throws StoreInputError while a message to the person is being sent: erased now, it could not be told whether it arrived.
	 */
	erase(workspace: string, requests: ErasureRequest[]): Promise<Erasure[]>;
}
