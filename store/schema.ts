/**
 * Every table and column, once: the row types of the query builder and the column lists of the bulk statements come
 * from here. A trailing `?` allows null. Times are epoch milliseconds (`int`), JSON is text, booleans are 0 or 1.
 */
export const TABLES = {
	meta: { key: 'text', value: 'text' },
	accounts: { workspace: 'text', channel: 'text', external_id: 'text', name: 'text?', pipeline_id: 'text?', enabled: 'int' },
	contacts: {
		workspace: 'text', id: 'text', name: 'text?', email: 'text?', phone: 'text?', company: 'text?', handles: 'text', timezone: 'text?',
		country: 'text?', language: 'text?', best_contact_time: 'text?', attributes: 'text', consent: 'text', profiling: 'int', owner: 'text?',
		pipeline_id: 'text?', stage_id: 'text?', stage_entered_at: 'int?', stage_set_by: 'text?', score: 'real?', status: 'text?',
		summary: 'text?', summary_at: 'int?', taken_over_until: 'int?', taken_over_by: 'text?', created_at: 'int', updated_at: 'int', taken_over_at: 'int?', last_taken_over_at: 'int?',
	},
	contact_addresses: { workspace: 'text', kind: 'text', address: 'text', contact_id: 'text' },
	messages: {
		workspace: 'text', id: 'text', contact_id: 'text', account_id: 'text?', channel: 'text', direction: 'text', source: 'text',
		thread_id: 'text', provider_id: 'text?', text: 'text', subject: 'text?', language: 'text?', attachments: 'text', timestamp: 'int',
		raw: 'text?', received_at: 'int', seq: 'int', state: 'text', decided_reason: 'text?', decided_by: 'text?', decided_at: 'int?',
		answered_by: 'text?', lease_until: 'int?', lease_count: 'int', reply: 'text?',
	},
	outbound: {
		workspace: 'text', id: 'text', status: 'text', version: 'int', sentence: 'text', contact_id: 'text', channel: 'text', to_address: 'text',
		account_id: 'text?', thread_id: 'text?', inbound_ids: 'text', purpose: 'text', draft: 'text', gate: 'text?', variant: 'text?',
		score: 'real?', send_at: 'int?', attempts: 'int', provider_id: 'text?', sending_at: 'int?', sent_at: 'int?', lease_until: 'int?',
		error_code: 'text?', created_at: 'int', updated_at: 'int', schedule: 'text?', spared: 'int?', held: 'int?',
		model_version: 'text?', rollout_candidate: 'text?', rollout_arm: 'text?', rollout_propensity: 'real?',
	},
	outbound_transitions: {
		workspace: 'text', outbound_id: 'text', version: 'int', from_status: 'text?', to_status: 'text', actor: 'text', reason: 'text', at: 'int',
	},
	outbound_moves: { from_status: 'text', to_status: 'text' },
	reviews: {
		workspace: 'text', id: 'text', kind: 'text', subject: 'text', outbound_id: 'text?', message_id: 'text?', contact_id: 'text?',
		sentence: 'text', due_at: 'int', created_at: 'int', decision: 'text?', reviewer: 'text?', edited_text: 'text?', edit_distance: 'real?',
		seconds_to_decide: 'real?', decided_at: 'int?', channel: 'text?', assignee: 'text?', resolution: 'text?', reason: 'text?', outcome: 'text?',
		shown_text: 'text?', shown_subject: 'text?', edited_subject: 'text?', gate: 'text?', takeover_at: 'int?', proposal: 'text?',
	},
	settings: { workspace: 'text', kind: 'text', scope_id: 'text', patch: 'text', mode: 'text?', updated_at: 'int', updated_by: 'text', mode_at: 'int?', mode_by: 'text?', kill_at: 'int?', kill_by: 'text?', off_at: 'int?' },
	suppressions: { workspace: 'text', channel: 'text', subject: 'text', reason: 'text', actor: 'text', created_at: 'int' },
	reservations: {
		workspace: 'text', id: 'text', idempotency_key: 'text', state: 'text', outbound_id: 'text?', at: 'int', expires_at: 'int?',
		decision: 'text', created_at: 'int',
	},
	limit_entries: { workspace: 'text', scope: 'text', reservation_id: 'text', at: 'int', expires_at: 'int?' },
	limit_journal: { id: 'text', lapses_at: 'int', reservations: 'text' },
	limit_changes: { workspace: 'text', reservation_id: 'text', drain: 'int', changed_at: 'int' },
	experiments: {
		workspace: 'text', id: 'text', name: 'text', status: 'text', context: 'text?', metric: 'text', variants: 'text', winner: 'text?',
		created_at: 'int', updated_at: 'int', method: 'text?', horizon: 'int?', guardrails: 'text?', started_at: 'int?', resumed_at: 'int?', shares: 'text?',
		shares_at: 'int?',
	},
	exposures: {
		workspace: 'text', experiment_id: 'text', contact_id: 'text', variant_id: 'text', propensity: 'real', assigned_at: 'int',
		exposed_at: 'int?', outbound_id: 'text?', shares: 'text?',
	},
	outcomes: {
		workspace: 'text', id: 'text', event: 'text', occurred_at: 'int', outbound_id: 'text?', provider_id: 'text?', event_id: 'text?',
		thread_id: 'text?', contact_id: 'text?', channel: 'text?', error_code: 'text?', value: 'real?', currency: 'text?', attributed: 'text',
		recorded_at: 'int', evidence: 'text?', link: 'text?', label: 'text?', sentiment: 'real?', message_id: 'text?',
	},
	sender_holds: {
		workspace: 'text', kind: 'text', channel: 'text', account_id: 'text', template: 'text', until: 'int', since: 'int', at: 'int', code: 'text?', sentence: 'text',
	},
	sender_resumes: { workspace: 'text', kind: 'text', channel: 'text', account_id: 'text', at: 'int' },
	pipelines: { workspace: 'text', id: 'text', name: 'text', instructions: 'text?', stages: 'text', updated_at: 'int' },
	activities: { workspace: 'text', id: 'text', contact_id: 'text', kind: 'text', at: 'int', seq: 'int', detail: 'text' },
	model_keys: {
		fingerprint: 'text', limited_until: 'int?', invalid_until: 'int?', exhausted_until: 'int?', last_used_at: 'int?', spent_usd: 'real',
		spent_day: 'text?',
	},
	model_holds: { workspace: 'text', id: 'text', day: 'text', amount_usd: 'real', expires_at: 'int' },
	model_spend: { workspace: 'text', day: 'text', spent_usd: 'real' },
	llm_calls: {
		workspace: 'text', id: 'text', purpose: 'text', model_id: 'text', key_fingerprint: 'text?', prompt_version: 'text', input_tokens: 'int?',
		output_tokens: 'int?', cost_usd: 'real?', latency_ms: 'real', attempts: 'int', outcome: 'text', correlation_id: 'text?', at: 'int',
	},
	knowledge: {
		workspace: 'text', kind: 'text', id: 'text', title: 'text?', label: 'text?', hash: 'text', characters: 'int', chunk_count: 'int',
		created_at: 'int', updated_at: 'int',
	},
	chunks: {
		workspace: 'text', kind: 'text', document_id: 'text', place: 'int', text: 'text', terms: 'text', embedding_model: 'text?',
		embedding: 'text?',
	},
	labels: {
		workspace: 'text', id: 'text', contact_id: 'text', message_id: 'text?', field: 'text', from_value: 'text?', to_value: 'text', actor: 'text',
		at: 'int', seq: 'int',
	},
	lead_snapshots: {
		workspace: 'text', contact_id: 'text', at: 'int', seen: 'int', features: 'text', base_score: 'real', score: 'real',
	},
	score_models: {
		workspace: 'text', model: 'text?', conversions: 'int', examples: 'int', fitted_at: 'int?', tried_at: 'int',
	},
	shadow_decisions: {
		workspace: 'text', run: 'text', message_id: 'text', replay_id: 'text?', contact_id: 'text', channel: 'text', account_id: 'text?',
		thread_id: 'text?', at: 'int', seq: 'int', on_channel: 'int', outbound_id: 'text?', decision: 'text?', reason: 'text?', sentence: 'text?',
		send_at: 'int?', created_at: 'int', decided_at: 'int?',
	},
	runs: {
		workspace: 'text', id: 'text', kind: 'text', subject: 'text', state: 'text', options: 'text', requested_by: 'text', requested_at: 'int',
		started_at: 'int?', finished_at: 'int?', lease_until: 'int?', lease_count: 'int', cancelled_by: 'text?', total: 'int?', position: 'text?', error: 'text?',
	},
	run_items: {
		workspace: 'text', run_id: 'text', item_id: 'text', platform: 'text?', result: 'text', error: 'text?', code: 'text?', at: 'int',
	},
	model_versions: {
		workspace: 'text', version: 'text', major: 'int', minor: 'int', patch: 'int', parent: 'text?', backend: 'text', status: 'text', share: 'real', share_since: 'int?', started_at: 'int?',
		model_id: 'text?', base_model: 'text?', export_id: 'text?', request_key: 'text?', metric: 'text?', horizon: 'int?', sentence: 'text', decided_by: 'text?', created_at: 'int',
		deployed_at: 'int?', ended_at: 'int?',
	},
	model_examples: { workspace: 'text', version: 'text', outbound_id: 'text', contact_id: 'text', place: 'int', example: 'text' },
	model_looks: {
		workspace: 'text', version: 'text', token: 'text', look: 'int', at: 'int', share: 'real', verdict: 'text', sentence: 'text', figures: 'text',
	},
	training_exports: {
		workspace: 'text', id: 'text', version: 'text?', state: 'text', created_at: 'int', finished_at: 'int?', contacts: 'int', erased: 'int', erased_at: 'int?',
		manifest: 'text?', storage: 'text?', sentence: 'text',
	},
	training_export_contacts: { workspace: 'text', export_id: 'text', contact_id: 'text' },
	sequences: { workspace: 'text', id: 'text', version: 'int', definition: 'text', saved_at: 'int', saved_by: 'text' },
	enrolments: {
		workspace: 'text', id: 'text', sequence_id: 'text', version: 'int', contact_id: 'text', round: 'int', state: 'text', code: 'text?', sentence: 'text', since: 'int',
		next_at: 'int?', not_before: 'int?', held_by: 'text?', held_since: 'int?', leases: 'int', rev: 'int', status_then: 'text?', enrolled_at: 'int', enrolled_by: 'text', ended_at: 'int?',
	},
	enrolment_steps: { workspace: 'text', enrolment_id: 'text', step_id: 'text', contact_id: 'text', outbound_id: 'text', result: 'text', sentence: 'text', at: 'int' },
	call_allowances: { provider: 'text', subject: 'text', calls: 'text', blocked_until: 'int' },
	training_jobs: {
		workspace: 'text', id: 'text', version: 'text', backend: 'text', state: 'text', export_id: 'text?', export_hash: 'text', mark: 'text', base_model: 'text?', method: 'text', epochs: 'int?', server_url: 'text',
		file_id: 'text?', validation_file_id: 'text?', file_name: 'text?', file_bytes: 'int?', provider_job_id: 'text?', provider_state: 'text?', key_fingerprint: 'text?', model_id: 'text?', trained_tokens: 'int?',
		cost_usd: 'real?', error_code: 'text?', error: 'text?', stop: 'text?', stopped_by: 'text?', requested_by: 'text', created_at: 'int', submitted_at: 'int?', finished_at: 'int?', deadline_at: 'int',
		next_poll_at: 'int?', estimated_finish: 'int?', polls: 'int', failed_polls: 'int', lease_until: 'int?', lease_holder: 'text?',
	},
	reviewers: { desk: 'text', email: 'text', password_hash: 'text?', version: 'int', updated_at: 'int' },
	sign_in_tries: { desk: 'text', subject: 'text', tries: 'int', since: 'int' },
	analyses: { workspace: 'text', hash: 'text', contact_id: 'text?', classification: 'text', at: 'int' },
	execution_traces: { workspace: 'text', contact_id: 'text', instance: 'text', execution_id: 'text', workflow_id: 'text', at: 'int' },
	execution_deletions: {
		workspace: 'text', instance: 'text', execution_id: 'text', workflow_id: 'text', queued_at: 'int', tries: 'int', tried_at: 'int?', error: 'text?',
	},
} as const satisfies Record<string, Record<string, ColumnKind>>;

export type ColumnKind = 'text' | 'text?' | 'int' | 'int?' | 'real' | 'real?';
export type ColumnValue<K extends ColumnKind> = K extends 'text' ? string : K extends 'text?' ? string | null : K extends 'int' | 'real' ? number : number | null;
export type RowOfColumns<C extends Record<string, ColumnKind>> = { -readonly [K in keyof C]: ColumnValue<C[K]> };

export type TableName = keyof typeof TABLES;
export type RowOf<T extends TableName> = RowOfColumns<(typeof TABLES)[T]>;
/** The query builder's view of the database. */
export type Tables = { [T in TableName]: RowOf<T> };
