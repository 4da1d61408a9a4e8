import type { Migration } from './migration';

/** Every table of the first version. The same types mean the same in both databases: BIGINT and DOUBLE PRECISION have integer and real affinity in SQLite. */
export const initial: Migration = {
	id: 1,
	name: 'initial',
	async up({ run, dialect, table }) {
		// Not `without rowid`: SQLite would then rather walk a whole workspace by the primary key than use a second index.
		const create = async (name: string, columns: string, key: string) => await run(`create table ${table(name)} (${columns}, primary key (${key}))`);
		const index = async (name: string, on: string, columns: string, options: { unique?: boolean; where?: string } = {}) => {
			await run(`create ${options.unique ? 'unique ' : ''}index ${name} on ${table(on)} (${columns})${options.where ? ` where ${options.where}` : ''}`);
		};
		const ws = 'workspace text not null';

		await create('meta', 'key text not null, value text not null', 'key');
		await create('accounts', `${ws}, channel text not null, external_id text not null, name text, pipeline_id text, enabled bigint not null`, 'workspace, channel, external_id');
		// One workspace at a time answers for an account: the account is what tells an inbound message's workspace.
		await index('accounts_owner', 'accounts', 'channel, external_id', { unique: true, where: 'enabled = 1' });

		await create(
			'contacts',
			`${ws}, id text not null, name text, email text, phone text, company text, handles text not null, timezone text, country text, language text,
			best_contact_time text, attributes text not null, consent text not null, profiling bigint not null, owner text, pipeline_id text, stage_id text,
			stage_entered_at bigint, stage_set_by text, score double precision, status text, summary text, summary_at bigint, taken_over_until bigint,
			taken_over_by text, created_at bigint not null, updated_at bigint not null`,
			'workspace, id',
		);
		await create('contact_addresses', `${ws}, kind text not null, address text not null, contact_id text not null`, 'workspace, kind, address');
		await index('contact_addresses_any', 'contact_addresses', 'workspace, address');
		await index('contact_addresses_contact', 'contact_addresses', 'workspace, contact_id');

		await create(
			'messages',
			`${ws}, id text not null, contact_id text not null, account_id text, channel text not null, direction text not null, source text not null,
			thread_id text not null, provider_id text, text text not null, subject text, language text, attachments text not null, timestamp bigint not null,
			raw text, received_at bigint not null, seq bigint not null, state text not null, decided_reason text, decided_by text, decided_at bigint,
			answered_by text, lease_until bigint, lease_count bigint not null, reply text`,
			'workspace, id',
		);
		await index('messages_provider', 'messages', 'workspace, channel, provider_id', { unique: true, where: 'provider_id is not null' });
		await index('messages_open', 'messages', 'workspace, channel, thread_id, received_at', { where: "state = 'received'" });
		await index('messages_thread', 'messages', 'workspace, channel, thread_id, seq');
		await index('messages_seq', 'messages', 'workspace, seq');
		await index('messages_contact', 'messages', 'workspace, contact_id, timestamp');

		await create(
			'outbound',
			`${ws}, id text not null, status text not null, version bigint not null, sentence text not null, contact_id text not null, channel text not null,
			to_address text not null, account_id text, thread_id text, inbound_ids text not null, purpose text not null, draft text not null, gate text,
			variant text, score double precision, send_at bigint, attempts bigint not null, provider_id text, sending_at bigint, sent_at bigint,
			lease_until bigint, error_code text, created_at bigint not null, updated_at bigint not null`,
			'workspace, id',
		);
		await index('outbound_due', 'outbound', 'send_at', { where: "status = 'scheduled'" });
		await index('outbound_leased', 'outbound', 'lease_until', { where: "status in ('claimed', 'sending')" });
		await index('outbound_status', 'outbound', 'workspace, status, updated_at');
		await index('outbound_contact', 'outbound', 'workspace, contact_id, status, sent_at');
		await index('outbound_sent', 'outbound', 'workspace, sent_at', { where: "status = 'sent'" });
		await index('outbound_thread', 'outbound', 'workspace, channel, thread_id', { where: "status in ('sending', 'claimed', 'scheduled', 'in_review', 'drafted')" });
		await index('outbound_provider', 'outbound', 'workspace, provider_id', { where: 'provider_id is not null' });
		await create(
			'outbound_transitions',
			`${ws}, outbound_id text not null, version bigint not null, from_status text, to_status text not null, actor text not null, reason text not null, at bigint not null`,
			'workspace, outbound_id, version',
		);
		await create('outbound_moves', 'from_status text not null, to_status text not null', 'from_status, to_status');

		await create(
			'reviews',
			`${ws}, id text not null, kind text not null, subject text not null, outbound_id text, message_id text, contact_id text, sentence text not null,
			due_at bigint not null, created_at bigint not null, decision text, reviewer text, edited_text text, edit_distance double precision,
			seconds_to_decide double precision, decided_at bigint`,
			'workspace, id',
		);
		await index('reviews_open', 'reviews', 'workspace, kind, subject', { unique: true, where: 'decided_at is null' });
		await index('reviews_outbound', 'reviews', 'workspace, kind, outbound_id', { where: 'outbound_id is not null' });
		await index('reviews_due', 'reviews', 'workspace, due_at');

		await create('settings', `${ws}, kind text not null, scope_id text not null, patch text not null, mode text, updated_at bigint not null, updated_by text not null`, 'workspace, kind, scope_id');
		await create('suppressions', `${ws}, channel text not null, subject text not null, reason text not null, actor text not null, created_at bigint not null`, 'workspace, subject, channel');
		await create(
			'reservations',
			`${ws}, id text not null, idempotency_key text not null, state text not null, outbound_id text, at bigint not null, expires_at bigint, decision text not null, created_at bigint not null`,
			'workspace, id',
		);
		await index('reservations_key', 'reservations', 'workspace, idempotency_key', { unique: true });
		await index('reservations_job', 'reservations', 'workspace, outbound_id', { where: 'outbound_id is not null' });
		await index('reservations_lapse', 'reservations', 'expires_at', { where: 'expires_at is not null' });
		await create('limit_entries', `${ws}, scope text not null, at bigint not null, reservation_id text not null, expires_at bigint`, 'workspace, scope, at, reservation_id');
		await index('limit_entries_reservation', 'limit_entries', 'workspace, reservation_id');

		await create(
			'experiments',
			`${ws}, id text not null, name text not null, status text not null, context text, metric text not null, variants text not null, winner text, created_at bigint not null, updated_at bigint not null`,
			'workspace, id',
		);
		await create(
			'exposures',
			`${ws}, experiment_id text not null, contact_id text not null, variant_id text not null, propensity double precision not null, assigned_at bigint not null, exposed_at bigint, outbound_id text`,
			'workspace, experiment_id, contact_id',
		);
		await create(
			'outcomes',
			`${ws}, id text not null, event text not null, occurred_at bigint not null, outbound_id text, provider_id text, event_id text, thread_id text,
			contact_id text, channel text, error_code text, value double precision, currency text, attributed text not null, recorded_at bigint not null`,
			'workspace, id',
		);
		await index('outcomes_outbound', 'outcomes', 'workspace, outbound_id, event');
		await index('outcomes_contact', 'outcomes', 'workspace, contact_id, occurred_at');

		await create('pipelines', `${ws}, id text not null, name text not null, instructions text, stages text not null, updated_at bigint not null`, 'workspace, id');
		await create('activities', `${ws}, id text not null, contact_id text not null, kind text not null, at bigint not null, seq bigint not null, detail text not null`, 'workspace, id');
		await index('activities_contact', 'activities', 'workspace, contact_id, at');

		await create(
			'model_keys',
			'fingerprint text not null, limited_until bigint, invalid_until bigint, exhausted_until bigint, last_used_at bigint, spent_usd double precision not null, spent_day text',
			'fingerprint',
		);
		await create('model_holds', `${ws}, id text not null, day text not null, amount_usd double precision not null, expires_at bigint not null`, 'workspace, id');
		await create('model_spend', `${ws}, day text not null, spent_usd double precision not null`, 'workspace, day');
		await create(
			'llm_calls',
			`${ws}, id text not null, purpose text not null, model_id text not null, key_fingerprint text, prompt_version text not null, input_tokens bigint,
			output_tokens bigint, cost_usd double precision, latency_ms double precision not null, attempts bigint not null, outcome text not null,
			correlation_id text, at bigint not null`,
			'workspace, id',
		);
		await create('analyses', `${ws}, hash text not null, contact_id text, classification text not null, at bigint not null`, 'workspace, hash');

		// The last line of defence: whatever code runs, the database refuses a status change the table does not have.
		if (dialect === 'sqlite') {
			await run(`create trigger outbound_guard before update of status on outbound begin
				select raise(abort, 'this change of an outbound row''s status is not in the transition table')
				where not exists (select 1 from outbound_moves where from_status = old.status and to_status = new.status);
			end`);
		} else {
			await run(`create function ${table('outbound_guard')}() returns trigger language plpgsql as $$
				begin
					if not exists (select 1 from ${table('outbound_moves')} where from_status = old.status and to_status = new.status) then
						raise exception 'this change of an outbound row''s status is not in the transition table' using errcode = 'check_violation';
					end if;
					return new;
				end $$`);
			await run(`create trigger outbound_guard before update of status on ${table('outbound')} for each row execute function ${table('outbound_guard')}()`);
		}
	},
};
