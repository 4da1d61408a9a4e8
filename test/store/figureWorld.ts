import type { Draft } from '../../engine/draft/draft';
import { Database } from '../../store/database';
import type { StoreConfig } from '../../store/config';
import type { RowOf } from '../../store/schema';
import { draftOf } from './fixtures';

export const at = (time: string): number => Date.parse(time);

interface Sending {
	status?: string;
	/** When it was sent, or came to its end otherwise. */
	at: number;
	madeAt?: number;
	channel?: string;
	contact?: string;
	thread?: string;
	draft?: Partial<Draft>;
	sentence?: string;
	errorCode?: string;
	sendAt?: number;
	/** The messages it answers. */
	inbound?: string[];
	purpose?: string;
	/** The gate's verdict. */
	gate?: string;
}

/** Rows of one workspace as the nodes would leave them, written at once. */
export class FigureWorld {
	#next = 0;

	constructor(readonly workspace: string) {}

	private id(kind: string): string {
		return `${kind}-${String(this.#next++).padStart(6, '0')}`;
	}

	contact(id: string, createdAt: number, more: Partial<RowOf<'contacts'>> = {}): this {
		const none = { name: null, email: null, phone: null, company: null, timezone: null, country: null, language: null, best_contact_time: null, owner: null, pipeline_id: null, stage_id: null, stage_entered_at: null, stage_set_by: null, score: null, status: null, summary: null, summary_at: null, taken_over_until: null, taken_over_by: null, taken_over_at: null, last_taken_over_at: null };
		this.#contacts.push({ ...none, workspace: this.workspace, id, handles: '{}', attributes: '{}', consent: '{}', profiling: 1, created_at: createdAt, updated_at: createdAt, ...more });
		return this;
	}

	message(contact: string, time: number, more: Partial<RowOf<'messages'>> = {}): this {
		this.#messages.push({
			workspace: this.workspace, id: this.id('m'), contact_id: contact, account_id: null, channel: 'email', direction: 'inbound', source: 'channel', thread_id: `thread-${contact}`, provider_id: null, text: 'Hi',
			subject: null, language: null, attachments: '[]', timestamp: time, raw: null, received_at: time, seq: time * 1_000 + this.#messages.length, state: 'decided', decided_reason: null, decided_by: null, decided_at: null, answered_by: null,
			lease_until: null, lease_count: 0, reply: null, ...more,
		});
		return this;
	}

	sending({ status = 'sent', at: time, madeAt = time, channel = 'email', contact = 'anna', thread, draft = {}, sentence = 'Sent.', errorCode, sendAt, inbound = [], purpose = 'reply', gate }: Sending): string {
		const id = this.id('o');
		this.#outbound.push({
			workspace: this.workspace, id, status, version: 1, sentence, contact_id: contact, channel, to_address: 'a@x.example', account_id: null, thread_id: thread ?? null, inbound_ids: JSON.stringify(inbound), purpose,
			draft: JSON.stringify({ ...draftOf(id), ...draft }), gate: gate === undefined ? null : JSON.stringify({ verdict: gate, issues: [], skipped: [], sentence: '' }), variant: null, score: null, send_at: sendAt ?? null, attempts: 1, provider_id: null, sending_at: status === 'sent' ? time : null,
			sent_at: status === 'sent' ? time : null, lease_until: null, error_code: errorCode ?? null, created_at: madeAt, updated_at: time, schedule: null, spared: null, held: null,
			model_version: null, rollout_candidate: null, rollout_arm: null, rollout_propensity: null,
		});
		return id;
	}

	move(outboundId: string, time: number, reason: string): this {
		this.#transitions.push({ workspace: this.workspace, outbound_id: outboundId, version: ++this.#next, from_status: 'scheduled', to_status: 'scheduled', actor: 'dispatcher', reason, at: time });
		return this;
	}

	review(outboundId: string | null, decision: string | null, decidedAt: number | null, more: Partial<RowOf<'reviews'>> = {}): this {
		const id = this.id('r');
		this.#reviews.push({ workspace: this.workspace, id, kind: 'draft', subject: outboundId ?? id, outbound_id: outboundId, message_id: null, contact_id: null, sentence: 'Look.', due_at: decidedAt ?? 0, created_at: decidedAt ?? 0, decision, reviewer: null, edited_text: null, edit_distance: null, seconds_to_decide: null, decided_at: decidedAt, channel: null, assignee: null, resolution: null, reason: null, outcome: null, shown_text: null, shown_subject: null, edited_subject: null, gate: null, takeover_at: null, proposal: null, ...more });
		return this;
	}

	outcome(event: string, contact: string, time: number, more: Partial<RowOf<'outcomes'>> = {}): this {
		this.#outcomes.push({ workspace: this.workspace, id: this.id('x'), event, occurred_at: time, outbound_id: null, provider_id: null, event_id: null, thread_id: null, contact_id: contact, channel: 'email', error_code: null, value: null, currency: null, attributed: 'id', recorded_at: time, evidence: null, link: null, label: null, sentiment: null, message_id: null, ...more });
		return this;
	}

	activity(kind: string, contact: string, time: number, detail: object): this {
		this.#activities.push({ workspace: this.workspace, id: this.id('a'), contact_id: contact, kind, at: time, seq: 0, detail: JSON.stringify(detail) });
		return this;
	}

	call(time: number, more: Partial<RowOf<'llm_calls'>> = {}): this {
		this.#calls.push({ workspace: this.workspace, id: this.id('c'), purpose: 'draft', model_id: 'm', key_fingerprint: null, prompt_version: 'p', input_tokens: 1, output_tokens: 1, cost_usd: 0.01, latency_ms: 100, attempts: 1, outcome: 'ok', correlation_id: null, at: time, ...more });
		return this;
	}

	counted(scope: string, time: number): this {
		this.#entries.push({ workspace: this.workspace, scope, reservation_id: this.id('l'), at: time, expires_at: null });
		return this;
	}

	readonly #contacts: RowOf<'contacts'>[] = [];
	readonly #messages: RowOf<'messages'>[] = [];
	readonly #outbound: RowOf<'outbound'>[] = [];
	readonly #transitions: RowOf<'outbound_transitions'>[] = [];
	readonly #reviews: RowOf<'reviews'>[] = [];
	readonly #outcomes: RowOf<'outcomes'>[] = [];
	readonly #activities: RowOf<'activities'>[] = [];
	readonly #calls: RowOf<'llm_calls'>[] = [];
	readonly #entries: RowOf<'limit_entries'>[] = [];

	async write(config: StoreConfig): Promise<void> {
		const database = new Database(config);
		try {
			await database.write(async (session) => {
				await session.insert('contacts', this.#contacts);
				await session.insert('messages', this.#messages);
				await session.insert('outbound', this.#outbound);
				await session.insert('outbound_transitions', this.#transitions);
				await session.insert('reviews', this.#reviews);
				await session.insert('outcomes', this.#outcomes);
				await session.insert('activities', this.#activities);
				await session.insert('llm_calls', this.#calls);
				await session.insert('limit_entries', this.#entries);
			});
		} finally {
			await database.close();
		}
	}
}
