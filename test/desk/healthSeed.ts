import { DAY, HOUR, later, MINUTE, type EpochMs } from '../../engine/time';
import type { StoreConfig } from '../../store/config';
import { Database } from '../../store/database';
import type { Store } from '../../store/store';
import { START } from '../store/fixtures';
import { FigureWorld } from '../store/figureWorld';
import { HOSTILE, seedBasics } from './deskWorld';

/** What the seeded month holds, counted by hand from the loops below. */
export const SEEDED = {
	/** 6 days of 20 and 19 days of 4. */
	email: 196,
	/** 25 days of 3. */
	whatsapp: 75,
	failed: 4,
	limited: 6,
	/** Of 60: every sixth edited, every twentieth rejected. */
	approved: 47,
	edited: 10,
	rejected: 3,
	calls: 60,
} as const;
const DAYS = 25;

const draftOf = (place: number) => {
	const raw = 0.5 + (place % 10) * 0.05;
	return { modelId: 'gpt-5-mini', promptVersion: 'a1b2c3d4e5f6', scoring: 's1', rawConfidence: raw, confidence: raw, decision: { autoSend: false, threshold: 0.85, source: 'fixed' as const, audited: false, sampling: 'full' as const } };
};

/** A month of messages, reviews and model calls that ends at `now`. */
export function fillMonth(world: FigureWorld, now: EpochMs): void {
	let email = 0;
	for (let ago = 0; ago < DAYS; ago += 1) {
		const contact = `c${ago}`;
		const day = later(now, -ago * DAY - HOUR);
		world.contact(contact, day - HOUR, { name: `Contact ${ago}` }).message(contact, day - 30 * MINUTE);
		for (let i = 0; i < (ago < 6 ? 20 : 4); i += 1) {
			const judged = email < 60;
			const sent = world.sending({ at: day - i * MINUTE, contact, draft: draftOf(email) });
			if (judged) {
				const decision = email % 20 === 3 ? 'rejected' : email % 6 === 0 ? 'edited' : 'approved';
				world.review(sent, decision, day - i * MINUTE, { edit_distance: decision === 'edited' ? 0.2 : null });
			}
			if (email < SEEDED.limited) world.move(sent, day - 2 * HOUR, 'Moved to Tue 09:00: the daily cap is reached');
			if (email < 3) world.outcome('bounced_hard', contact, day, { outbound_id: sent });
			email += 1;
		}
		for (let i = 0; i < 3; i += 1) world.sending({ at: day - i * MINUTE, contact, channel: 'whatsapp' });
		if (ago < SEEDED.failed) world.sending({ status: 'failed', at: day, contact, channel: 'whatsapp', errorCode: '131026' });
		if (ago % 3 === 0) world.message(contact, day + 10 * MINUTE);
	}
	for (let i = 0; i < SEEDED.calls; i += 1) world.call(later(now, -(i % 20) * DAY - HOUR), { model_id: 'gpt-5-mini', prompt_version: 'a1b2c3d4e5f6', latency_ms: 400 + 20 * i, cost_usd: 0.002, outcome: i % 30 === 0 ? 'failed' : 'ok' });
}

/** A month of an agency's workspace, with something for every alert. Hostile text wherever a provider or lead may write. */
export async function seedHealth(store: Store, config: StoreConfig): Promise<void> {
	await seedBasics(store);
	const world = new FigureWorld('acme');
	fillMonth(world, START);
	world.call(later(START, -HOUR), { model_id: HOSTILE, prompt_version: HOSTILE, purpose: HOSTILE, cost_usd: null });
	world.sending({ at: later(START, -40 * DAY), contact: 'c1', draft: { ...draftOf(1), modelId: HOSTILE, promptVersion: HOSTILE, scoring: HOSTILE } });
	world.outcome('deal_won', 'c3', later(START, -DAY), { value: 1_200, currency: 'EUR' }).outcome('deal_won', 'c4', later(START, -DAY), { value: 900.5, currency: 'USD' });
	world.review(null, null, null, { kind: 'uncertain_send', due_at: later(START, HOUR) });
	await world.write(config);
	await holdSenders(config);
	await store.settings.set('acme', { kind: 'account', id: 'hello@acme.example' }, { killSwitch: true }, 'deliverability breaker');
}

/** A refused token in both workspaces, and a campaign of a sender with a hostile name. */
export async function holdSenders(config: StoreConfig): Promise<void> {
	const database = new Database(config);
	const none = { template: '', code: '190', since: later(START, -HOUR), at: later(START, -MINUTE) };
	await database.write(async (session) =>
		await session.insert('sender_holds', [
			{ ...none, workspace: 'acme', kind: 'token', channel: 'whatsapp', account_id: '1000-acme', until: later(START, 15 * MINUTE), sentence: 'The access token has expired.' },
			{ ...none, workspace: 'beta', kind: 'token', channel: 'whatsapp', account_id: '1000-beta', until: later(START, 15 * MINUTE), sentence: 'The access token of beta has expired.' },
			{ ...none, workspace: 'acme', kind: 'campaign', channel: 'whatsapp', account_id: HOSTILE.replace('\u0000', ''), template: 'spring <b>offer</b>', until: later(START, DAY), sentence: HOSTILE.replace('\u0000', '') },
		]),
	);
	await database.close();
}
