import { sql } from 'kysely';
import { cleanText, keyOf } from './bulk';
import type { ExecutionRef } from './executionScope';
import type { RowOf } from './schema';
import type { Session } from './session';

/** Executions remembered at once; a forgotten one only costs a statement that changes nothing. */
const MOST_REMEMBERED = 500;

/** Somebody an execution's data names, by contact id. */
export interface TracedPerson {
	workspace: string;
	contactId: string;
}

const ofExecution = ({ instance, executionId }: ExecutionRef): string => keyOf(instance, executionId);
const ofPerson = ({ workspace, contactId }: TracedPerson): string => keyOf(workspace, contactId);

/** What this process has noted already, so that the nodes of one execution do not write the same row again and again. */
export class RecentTraces {
	readonly #noted = new Map<string, Set<string>>();

	unknown(execution: ExecutionRef, people: readonly TracedPerson[]): TracedPerson[] {
		const noted = this.#noted.get(ofExecution(execution));
		const fresh = new Map(people.map((person) => [ofPerson(person), person]));
		return [...fresh].filter(([key]) => !noted?.has(key)).map(([, person]) => person);
	}

	/** Only for what is committed. */
	remember(execution: ExecutionRef, people: readonly TracedPerson[]): void {
		if (people.length === 0) return;
		const key = ofExecution(execution);
		const noted = this.#noted.get(key) ?? new Set();
		for (const person of people) noted.add(ofPerson(person));
		this.#noted.delete(key);
		this.#noted.set(key, noted);
		const [oldest] = this.#noted.keys();
		if (this.#noted.size > MOST_REMEMBERED) this.#noted.delete(oldest);
	}
}

/**
 * Notes that an execution's data holds these people, so that an erasure can name it. Again changes nothing. An execution
 * that is to be deleted anyway is not noted: after an erasure, its later nodes would bring the person's id back.
 */
export async function noteTraces(session: Session, { instance, executionId, workflowId }: ExecutionRef, people: readonly TracedPerson[]): Promise<void> {
	if (people.length === 0) return;
	const rows = people.map(({ workspace, contactId }): RowOf<'execution_traces'> => ({
		workspace: cleanText(workspace), contact_id: cleanText(contactId), instance, execution_id: executionId, workflow_id: workflowId, at: session.now,
	}));
	// In one order everywhere, or two transactions could wait for each other.
	rows.sort((a, b) => (keyOf(a.workspace, a.contact_id) < keyOf(b.workspace, b.contact_id) ? -1 : 1));
	const values = session.values('v', { workspace: 'text', contact_id: 'text', instance: 'text', execution_id: 'text', workflow_id: 'text', at: 'int' }, rows);
	await sql`insert into ${session.table('execution_traces')} (workspace, contact_id, instance, execution_id, workflow_id, at)
		select v.workspace, v.contact_id, v.instance, v.execution_id, v.workflow_id, v.at from ${values}
		where not exists (select 1 from ${session.table('execution_deletions')} as d where d.instance = v.instance and d.execution_id = v.execution_id)
		on conflict do nothing`.execute(session.q);
}
