import type { StoreConfig } from '../store/config';
import { Database } from '../store/database';
import { openStore } from '../store/openStore';
import type { RowOf } from '../store/schema';
import type { Session } from '../store/session';
import { DAY, epochMs, HOUR, iso, later, type EpochMs } from '../engine/time';
import { draftOf } from '../test/store/fixtures';

export const TRAINING_WORKSPACE = 'bench';
/** The first message; one follows another by a second. */
export const FIRST_SENT = epochMs('2026-01-05T08:00:00Z');
const EVERY_MS = 1_000;
/** Each message: delivered, opened, answered, and what came after it. */
export const OUTCOMES_A_MESSAGE = 4;
const MESSAGES_A_CONTACT = 5;
const BATCH = 5_000;

const WORDS = 'offer price team trial import data plan month support menu card setting account report export user invoice answer start change button list page mail number call week order file part room door light water paper stone river field cloud train market garden letter window summer winter morning evening coffee bread sugar table chair house street bridge tower forest island desert'.split(' ');
const FIRST_NAMES = ['Anna', 'Berta', 'Carla', 'Dora', 'Emil', 'Franz', 'Gustav', 'Hans'];
const LAST_NAMES = ['Bergmann', 'Talheim', 'Hofmeister', 'Feldkamp', 'Steinbach'];

export const sentAt = (message: number): EpochMs => later(FIRST_SENT, message * EVERY_MS);

/** So many words that no two messages share a framework: every one of them is written to a file. */
function sentence(seed: number, length: number): string {
	let state = (seed * 2_654_435_761 + 97) >>> 0;
	return Array.from({ length }, () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return `${WORDS[(state >>> 16) % WORDS.length]}${state % 5 === 0 ? state % 90 : ''}`;
	}).join(' ');
}

const nameOf = (contact: number): string => `${FIRST_NAMES[contact % FIRST_NAMES.length]} ${LAST_NAMES[contact % LAST_NAMES.length]}`;
const contactOf = (message: number): number => Math.floor(message / MESSAGES_A_CONTACT);

/** Fills a store with so many outcomes of sent messages: contacts, what they asked, what was sent, reviewed and answered. */
export async function seedTraining(config: StoreConfig, outcomes: number): Promise<void> {
	await (await openStore(config)).close();
	const database = new Database(config);
	try {
		const messages = outcomes / OUTCOMES_A_MESSAGE;
		for (let from = 0; from < messages; from += BATCH) {
			const numbers = Array.from({ length: Math.min(BATCH, messages - from) }, (_, at) => from + at);
			await database.write(async (session) => await insertAll(session, numbers));
		}
	} finally {
		await database.close();
	}
}

async function insertAll(session: Session, numbers: readonly number[]): Promise<void> {
	const contacts = [...new Set(numbers.map(contactOf))].filter((contact) => contact * MESSAGES_A_CONTACT >= numbers[0]);
	await session.insert('contacts', contacts.map(contactRow));
	await session.insert('contact_addresses', contacts.map((contact) => ({ workspace: TRAINING_WORKSPACE, kind: 'email', address: `lead${contact}@mail${contact}.example`, contact_id: `c${contact}` })));
	await session.insert('messages', numbers.map(inboundRow));
	await session.insert('outbound', numbers.map(outboundRow));
	await session.insert('reviews', numbers.filter((number) => number % 5 === 0).map(reviewRow));
	await session.insert('outcomes', numbers.flatMap((number) => [outcomeRow(number, 'delivered'), outcomeRow(number, 'opened'), outcomeRow(number, 'replied'), outcomeRow(number, number % 10 === 0 ? 'deal_won' : 'meeting_booked')]));
}

function contactRow(contact: number): RowOf<'contacts'> {
	const none = { phone: null, company: null, timezone: null, country: null, language: null, best_contact_time: null, owner: null, pipeline_id: null, stage_id: null, stage_entered_at: null, stage_set_by: null, score: null, status: null, summary: null, summary_at: null, taken_over_until: null, taken_over_by: null, taken_over_at: null, last_taken_over_at: null };
	return { ...none, workspace: TRAINING_WORKSPACE, id: `c${contact}`, name: nameOf(contact), email: `lead${contact}@mail${contact}.example`, handles: '{}', attributes: '{"industry":"dental"}', consent: '{}', profiling: 1, created_at: FIRST_SENT, updated_at: FIRST_SENT };
}

function inboundRow(number: number): RowOf<'messages'> {
	const at = sentAt(number) - HOUR;
	const reply = JSON.stringify({ intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true });
	return {
		workspace: TRAINING_WORKSPACE, id: `in-${number}`, contact_id: `c${contactOf(number)}`, account_id: null, channel: 'email', direction: 'inbound', source: 'channel', thread_id: `t-${contactOf(number)}`, provider_id: null,
		text: `This is ${nameOf(contactOf(number))}, lead${contactOf(number)}@mail${contactOf(number)}.example. ${sentence(number, 25)}?`, subject: null, language: 'en', attachments: '[]', timestamp: at, raw: null, received_at: at, seq: number,
		state: 'decided', decided_reason: null, decided_by: null, decided_at: null, answered_by: null, lease_until: null, lease_count: 0, reply,
	};
}

function outboundRow(number: number): RowOf<'outbound'> {
	const id = `out-${String(number).padStart(9, '0')}`;
	const at = sentAt(number);
	const draft = { ...draftOf(id, `Dear ${nameOf(contactOf(number)).split(' ')[0]}, ${sentence(number * 7 + 1, 35)}.`), facts: [sentence(number % 50, 20)] };
	return {
		workspace: TRAINING_WORKSPACE, id, status: 'sent', version: 1, sentence: 'Sent.', contact_id: `c${contactOf(number)}`, channel: 'email', to_address: `lead${contactOf(number)}@mail${contactOf(number)}.example`, account_id: null, thread_id: `t-${contactOf(number)}`,
		inbound_ids: JSON.stringify([`in-${number}`]), purpose: 'reply', draft: JSON.stringify(draft), gate: '{"verdict":"pass","issues":[],"skipped":[],"sentence":""}', variant: null, score: null, send_at: null, attempts: 1, provider_id: null, sending_at: at, sent_at: at,
		lease_until: null, error_code: null, created_at: at - HOUR / 2, updated_at: at, schedule: null, spared: null, held: null, model_version: null, rollout_candidate: null, rollout_arm: null, rollout_propensity: null,
	};
}

function reviewRow(number: number): RowOf<'reviews'> {
	const outbound = `out-${String(number).padStart(9, '0')}`;
	const none = { message_id: null, contact_id: null, edited_text: null, seconds_to_decide: null, channel: null, assignee: null, resolution: null, reason: null, outcome: null, shown_subject: null, edited_subject: null, gate: null, takeover_at: null, proposal: null };
	return { ...none, workspace: TRAINING_WORKSPACE, id: `r-${number}`, kind: 'draft', subject: outbound, outbound_id: outbound, sentence: 'Look.', due_at: sentAt(number), created_at: sentAt(number), decision: 'edited', reviewer: 'mia', edit_distance: 0.3, decided_at: sentAt(number), shown_text: sentence(number * 3 + 2, 30) };
}

function outcomeRow(number: number, event: string): RowOf<'outcomes'> {
	const none = { provider_id: null, event_id: null, thread_id: null, channel: 'email', error_code: null, value: null, currency: null, evidence: null, link: null, message_id: null };
	const at = later(sentAt(number), event === 'replied' ? HOUR : DAY);
	return { ...none, workspace: TRAINING_WORKSPACE, id: `${event}-${number}`, event, occurred_at: at, outbound_id: `out-${String(number).padStart(9, '0')}`, contact_id: `c${contactOf(number)}`, attributed: 'id', recorded_at: at, label: event === 'replied' ? 'positive_reply' : null, sentiment: event === 'replied' ? 0.5 : null };
}

/** What a run of an export is told and what it tells. */
export interface ExportRun {
	config: StoreConfig;
	outcomes: number;
	now: string;
}
export interface ExportRunResult {
	/** Messages read and examples written. */
	read: number;
	written: number;
	bytes: number;
	seconds: number;
	/** Of the process that exported nothing yet, and at its highest, MB. */
	startMb: number;
	peakMb: number;
}

export const runAt = (outcomes: number): string => iso(later(sentAt(outcomes / OUTCOMES_A_MESSAGE), 100 * DAY));
