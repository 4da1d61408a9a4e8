/**
 * A process of its own for the tests with several: `node --import tsx worker.ts <task> <config as JSON> <name>`.
 * Prints one JSON line for everything worth knowing.
 */
import { derivedId } from '../../engine/message/spine';
import { settleReview } from '../../engine/message/settleReview';
import { DAY, epochMs, later } from '../../engine/time';
import { closeAllStores, openStore } from '../../store/openStore';
import type { StoreConfig } from '../../store/config';
import type { Store } from '../../store/store';
import { endWithParent } from '../services/nodeProcess';
import { push } from './limitCrowd';
import { inbound, newDraft, PASS, sendNow, toReview } from './fixtures';

const say = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);

/** Many claimants at once in this process, until nothing is due. */
async function claim(store: Store, claimants: number): Promise<void> {
	const ids = await Promise.all(
		Array.from({ length: claimants }, async () => {
			const mine: string[] = [];
			for (;;) {
				const { claimed } = await store.outbound.claimDue({ limit: 3, leaseMs: 300_000 }, sendNow);
				if (claimed.length === 0) return mine;
				mine.push(...claimed.map(({ id }) => id));
			}
		}),
	);
	say({ claimed: ids });
}

/** Decides on everything that is open, the oldest deadline first, until nothing is; prints what became of each. */
async function review(store: Store, by: string): Promise<void> {
	say('reviewing');
	const results: { result: string; id: string }[] = [];
	for (;;) {
		const { items } = await store.reviews.search({ workspaces: ['acme'], limit: 20 });
		if (items.length === 0) break;
		for (const { review: { id }, draftHash } of items) {
			const { result } = await store.reviews.decide({ workspace: 'acme', reviewId: id, by, action: { action: 'edit', text: `Signed by ${by}` }, shownHash: draftHash }, settleReview);
			results.push({ result, id });
		}
	}
	say(results);
}

/** Every kind of write, over and over, until killed. */
async function write(store: Store, name: string): Promise<void> {
	say('writing');
	for (let round = 0; ; round++) {
		const workspace = `w${round % 2}`;
		const keys = [0, 1, 2, 3].map((part) => `${name}-${round}-${part}`);
		const recorded = await store.messages.record(workspace, keys.map((key, at) => inbound({ providerId: key, threadId: `t-${round % 5}-${at}`, contact: { phone: `+49${1000000 + round % 7}${at}`, name: key } })));
		const now = await store.clock.now();
		const ever = { from: epochMs(0), to: later(now, DAY) };
		const reserved = await store.limits.reserve(
			keys.map((key) => ({ workspace, idempotencyKey: key, at: now, scopes: [{ key: 'all', ...ever }, { key: `c:${key}`, ...ever }], decide: () => ({ allowed: true }) })),
			900_000,
		);
		const drafts = recorded.map(({ message, contact }, at) =>
			newDraft({ workspace, contactId: contact.id, inboundIds: [message.id], threadId: message.threadId, variant: { experimentId: 'e', variantId: `v${at % 2}`, name: 'V', propensity: 0.5, sticky: false, sentence: 'V.' } }),
		);
		await store.outbound.saveDrafts(drafts);
		await store.outbound.recordGates(workspace, drafts.map(({ id }) => ({ draftId: id, gate: PASS })));
		await store.outbound.plan(drafts.map(({ id }, at) => ({ workspace, draftId: id, reservationId: reserved[at].reservationId })), (facts) => (facts.row.id === drafts[3].id ? toReview(facts) : sendNow(facts)));
		const { claimed } = await store.outbound.claimDue({ workspaces: [workspace], limit: 3, leaseMs: 300_000 }, sendNow);
		const begun = (await store.outbound.beginSend(workspace, claimed.map(({ id }) => id))).filter(({ ok }) => ok);
		await store.outbound.markSent(begun.slice(0, 1).map(({ id }) => ({ workspace, id, providerId: `p-${id}` })));
		await store.outbound.markFailed(begun.slice(1).map(({ id }, at) => ({ workspace, id, failure: { kind: at === 0 ? ('not_sent' as const) : ('unknown' as const), message: 'no' } })));
		await store.outcomes.record(begun.map(({ id }) => ({ workspace, event: 'delivered' as const, occurredAt: now, outboundId: id, eventId: derivedId(id) })));
		if (round % 4 === 3) await store.suppressions.optOut([{ workspace, contactId: recorded[0].contact.id, channel: 'whatsapp', allChannels: round % 8 === 7, reason: 'asked', actor: 'engine' }]);
		if (round % 5 === 4) await store.messages.recordFromPerson(workspace, [{ ...inbound({ providerId: `${name}-${round}-p`, threadId: `t-${round % 5}-1`, contact: { phone: '+4910000001' } }), takeOverMs: 1000 }]);
		await store.pipelines.changeStages([{ workspace, contactId: recorded[1].contact.id, pipelineId: 'p', stageId: `s${round % 3}`, expectedStageId: (await store.contacts.find(workspace, [recorded[1].contact.id]))[0]?.stageId, setBy: 'model', log: { rule: 'score', actor: 'test', sentence: 'Moved.' } }]);
	}
}

async function main(): Promise<void> {
	endWithParent();
	const [task, config, name] = process.argv.slice(2);
	const parsed: StoreConfig = JSON.parse(config);
	const store = await openStore(parsed);
	if (task === 'claim') await claim(store, Number(name));
	else if (task === 'write') await write(store, name);
	else if (task === 'review') await review(store, name);
	else if (task === 'limits') say(await push(store, JSON.parse(name)));
	else if (task === 'leave') return void say((await push(store, { calls: 1, callers: 1, seed: 1 })).calls);
	else say('open');
	await store.close();
	await closeAllStores();
}

main().catch(async (error: unknown) => {
	say({ error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
	process.exitCode = 1;
	await closeAllStores();
});
