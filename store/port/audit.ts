import type { AuditEntry, AuditKind } from '../../engine/privacy/auditTrail';
import type { EpochMs } from '../../engine/time';

/** A decision that no other table keeps. */
export interface AuditNote {
	workspace: string;
	/** The same id again is the same decision: nothing is noted twice. */
	id: string;
	/** A contact id or address. */
	contactId: string;
	kind: AuditKind;
	at: EpochMs;
	actor: string;
	sentence: string;
	/** Rule, model and the like, as an entry has them. */
	detail?: Pick<AuditEntry, 'rule' | 'modelId' | 'promptVersion' | 'confidence' | 'messageId' | 'outboundId'>;
}
export interface AuditPage {
	/** Newest first. */
	entries: AuditEntry[];
	/** Cursor for the page that follows; absent when there is none. */
	next?: string;
}
/** Every decision about one person, over all tables that hold one. */
export interface Audit {
	/** At most 500 a page. `since` is included, `until` not. */
	trail(workspace: string, reference: string, options: { since?: EpochMs; until?: EpochMs; before?: string; limit: number }): Promise<AuditPage>;
	note(notes: AuditNote[]): Promise<void>;
}
