import type { TableName } from './schema';

/** How a row names the person it is about. */
interface PersonLink {
	column: string;
	/** contact: an id or address of the person. outbound, message: one of their messages. thread: one of their conversations. subject: their entries in the suppression list. */
	of: 'contact' | 'outbound' | 'message' | 'thread' | 'subject';
	/** Only rows whose column has this value. */
	only?: readonly [column: string, value: string];
	/** Only rows whose column names nobody: a conversation may be of several people, who are named then. */
	unless?: string;
}

const byContact: readonly PersonLink[] = [{ column: 'contact_id', of: 'contact' }];
const lead = ['kind', 'lead'] as const;

/**
 * Where a person's data stands. Every table is here: one that is added has to say how it names people, or that it does
 * not (null), before the code compiles.
 */
export const PERSONAL_TABLES: Readonly<Record<TableName, readonly PersonLink[] | null>> = {
	contacts: [{ column: 'id', of: 'contact' }],
	contact_addresses: byContact,
	messages: byContact,
	outbound: byContact,
	outbound_transitions: [{ column: 'outbound_id', of: 'outbound' }],
	reviews: [...byContact, { column: 'outbound_id', of: 'outbound' }, { column: 'message_id', of: 'message' }],
	settings: [{ column: 'scope_id', of: 'contact', only: ['kind', 'contact'] }],
	suppressions: [{ column: 'subject', of: 'subject' }],
	reservations: [{ column: 'outbound_id', of: 'outbound' }],
	exposures: byContact,
	outcomes: [...byContact, { column: 'outbound_id', of: 'outbound' }, { column: 'message_id', of: 'message' }, { column: 'thread_id', of: 'thread', unless: 'contact_id' }],
	activities: byContact,
	llm_calls: [{ column: 'correlation_id', of: 'outbound' }, { column: 'correlation_id', of: 'message' }],
	knowledge: [{ column: 'id', of: 'contact', only: lead }],
	chunks: [{ column: 'document_id', of: 'contact', only: lead }],
	labels: byContact,
	lead_snapshots: byContact,
	shadow_decisions: byContact,
	analyses: byContact,
	enrolments: byContact,
	enrolment_steps: byContact,
	audit_events: byContact,
	execution_traces: byContact,
	run_items: [{ column: 'item_id', of: 'contact' }, { column: 'item_id', of: 'message' }, { column: 'item_id', of: 'thread' }],
	// Frozen, but not against the people they are about: a memory goes on without the examples of those who are erased.
	model_examples: [...byContact, { column: 'outbound_id', of: 'outbound' }],
	training_export_contacts: byContact,
	// Their keys hold the contact in a longer text; see `eraseCounters`.
	limit_entries: null,
	limit_journal: null,
	limit_changes: null,
	meta: null,
	accounts: null,
	outbound_moves: null,
	experiments: null,
	pipelines: null,
	model_versions: null,
	model_looks: null,
	model_keys: null,
	model_holds: null,
	model_spend: null,
	score_models: null,
	runs: null,
	sequences: null,
	// Pages of our own and when they were asked.
	call_allowances: null,
	training_jobs: null,
	sender_holds: null,
	// Counts and hashes of files; whose conversations are in them stands in `training_export_contacts`.
	training_exports: null,
	sender_resumes: null,
	// Ids of executions alone, so that they outlive the erasure they are deleted for.
	execution_deletions: null,
	// Those who work at the desk, and keyed hashes of who tried to; no contact.
	reviewers: null,
	sign_in_tries: null,
};
