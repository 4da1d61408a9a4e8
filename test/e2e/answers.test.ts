import { createHmac } from 'node:crypto';
import { PERFORMANCE_METRICS, PERFORMANCE_RULES } from '../../engine/outcome/performance';
import { DAY, HOUR, later, SECOND } from '../../engine/time';
import { deskInvitation } from '../../sandbox/deskInvitation';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import type { StoredOutcome } from '../../store/store';
import { DeskVisitor } from './deskVisitor';
import { PATHS } from './paths/channels';
import { PATIENCE_MS, startWorld, WORKSPACE, type World } from './world';

/**
 * What becomes of an answer, in the real n8n with the shipped workflows: a lead is written to as part of an experiment,
 * answers on its own channel, and later books a meeting; experiment, send-time history and the model's record know of it.
 */
const EXPERIMENT = 'answers';
const answerTo = (channel: string): string => `Yes, that sounds great, we are interested. Please send us the offer, our reference is ${channel}.`;

let started: World | undefined;
const world = (): World => {
	if (started === undefined) throw new Error('The world did not start');
	return started;
};
jest.setTimeout(150_000);

beforeAll(async () => {
	started = await startWorld(['05', '06']);
	const variants = [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }];
	await started.store.experiments.save([{ workspace: WORKSPACE, id: EXPERIMENT, name: 'Answers', status: 'running', metric: 'positive_reply', variants }]);
	for (const path of PATHS) {
		started.script(path.text, { score: path.score, status: path.status, reply: path.reply, confidence: 0.93 });
		await path.write(started, path);
	}
}, 600_000);
afterAll(async () => await started?.stop());

const sent: Record<string, { id: string; contactId: string; sentAt: number }> = {};
const answered = async (id: string): Promise<StoredOutcome[]> => await world().store.outcomes.list(WORKSPACE, { outboundId: id, events: ['replied'], limit: 9 });

describe.each(PATHS)('$channel', (path) => {
	const { channel, address, messageId } = path;

	it('an answer is an outcome of the message it answers, labelled, with the model that wrote that one', async () => {
		const row = await world().row(address, 'sent');
		sent[channel] = { id: row.id, contactId: row.contactId, sentAt: row.sentAt ?? 0 };
		expect(row.variant?.experimentId).toBe(EXPERIMENT);
		// Providers name whole seconds: an answer within the second of the send would count as written before it.
		await waitFor(() => Date.now() > (row.sentAt ?? 0) + SECOND, { what: 'the next second', timeoutMs: PATIENCE_MS });
		world().script(answerTo(channel), { score: path.score, status: path.status, reply: `Thank you. You will have the offer for ${channel} today.`, confidence: 0.93 });
		await path.write(world(), { ...path, messageId: messageId.replace(/e/, 'f'), text: answerTo(channel) });
		const outcomes = await waitFor(async () => ((await answered(row.id)).length > 0 ? await answered(row.id) : undefined), { what: `the answer on ${channel} on record`, timeoutMs: PATIENCE_MS });
		expect(outcomes).toMatchObject([{ event: 'replied', label: 'positive_reply', channel, contactId: row.contactId }]);
		expect(['thread', 'contact']).toContain(outcomes[0].attributed);
		expect(row.draft.modelId).toBe('sandbox-model');
	});

	it('the answer is in the send-time history, once', async () => {
		const { contactId } = sent[channel];
		const [events] = await world().store.answerTimes.events([{ workspace: WORKSPACE, channel, contactId }], { since: later(await world().store.clock.now(), -DAY), perContact: 50 });
		expect(events.filter(({ kind }) => kind === 'delivered').length).toBeGreaterThan(0);
		// What the lead wrote first, and the answer; the outcome of it is no third message.
		expect(events.filter(({ kind }) => kind === 'written')).toHaveLength(2);
	});

	it('a meeting that another system reports belongs to the same message', async () => {
		const { id } = sent[channel];
		const body = JSON.stringify({ event: 'meeting_booked', id: `meeting-${channel}`, draftId: id });
		const at = Math.floor(Date.now() / 1000);
		const headers = { 'content-type': 'application/json', 'x-timestamp': String(at), 'x-signature': createHmac('sha256', SANDBOX.webhookSecret).update(`${at}.${body}`).digest('hex') };
		expect((await fetch(world().sandbox.urlOf('06', 'Other System'), { method: 'POST', headers, body })).status).toBe(200);
		expect(await world().store.outcomes.list(WORKSPACE, { outboundId: id, events: ['meeting_booked'], limit: 9 })).toMatchObject([{ attributed: 'id' }]);
	});
});

it('the experiment counts every lead and every answer once', async () => {
	const asOf = later(await world().store.clock.now(), HOUR);
	const tallied = async (metric: 'positive_reply' | 'meeting') => {
		const [arms] = await world().store.experiments.tallies([{ workspace: WORKSPACE, experimentId: EXPERIMENT, metric, variantIds: ['a', 'b'], asOf }]);
		return arms.reduce(([exposures, conversions], arm) => [exposures + arm.exposures, conversions + arm.conversions], [0, 0]);
	};
	expect(await tallied('positive_reply')).toEqual([PATHS.length, PATHS.length]);
	expect(await tallied('meeting')).toEqual([PATHS.length, PATHS.length]);
});

it("the model's record shows what its messages brought", async () => {
	const { store } = world();
	const outcomes = (await Promise.all(Object.values(sent).map(async ({ id }) => await store.outcomes.list(WORKSPACE, { outboundId: id, events: ['replied', 'meeting_booked'], limit: 9 })))).flat();
	const sentAt = new Map(Object.values(sent).map((one) => [one.id, one.sentAt]));
	// A window that holds the slowest answer, once it is over for the youngest message.
	const windowMs = Math.max(...outcomes.map(({ outboundId = '', occurredAt }) => occurredAt - (sentAt.get(outboundId) ?? 0))) + 1;
	const now = await waitFor(async () => {
		const moment = await store.clock.now();
		return moment >= Math.max(...sentAt.values()) + windowMs ? moment : undefined;
	}, { what: 'the end of the window', timeoutMs: 120_000 });
	const metrics = PERFORMANCE_METRICS.map((metric) => ({ metric, windowMs, counts: PERFORMANCE_RULES[metric].counts }));
	const tallies = await store.performance.tallies(WORKSPACE, { by: ['model'], since: later(now, -DAY), metrics, dealWindowMs: DAY, limit: 10 });
	const own = tallies.find(({ keys }) => keys[0] === 'sandbox-model');
	expect(own?.sent).toBeGreaterThanOrEqual(PATHS.length);
	expect(own?.metrics.positive_reply?.hits).toBe(PATHS.length);
	expect(own?.metrics.meeting?.hits).toBe(PATHS.length);
});

describe('on the desk', () => {
	const who = SANDBOX.deskReviewer;
	const LEAD = { from: '+4915112345777', text: 'Hello, do you also build kitchens for offices?', reply: 'Yes, we build kitchens for offices as well. How many people are you?' };
	let desk: DeskVisitor;
	beforeAll(async () => {
		const url = world().sandbox.urlOf('05', 'Review Desk');
		desk = new DeskVisitor(url);
		await desk.accept(await deskInvitation(world().store, url), 'four words nobody else says');
	});

	it.each(PATHS)('stand the answer and the meeting of the lead on $channel', async ({ channel }) => {
		const page = await desk.page(`?tab=contacts&workspace=${WORKSPACE}&contact=${encodeURIComponent(sent[channel].contactId)}`);
		expect(page).toContain(`our reference is ${channel}`);
		expect(page).toContain('meeting booked');
		expect(page).toContain('answered');
	});

	it('a draft approved there is sent by the workflows, and is a review the confidence is fitted on', async () => {
		const { store } = world();
		const judged = async () => await store.reviews.judgedDrafts(WORKSPACE, 50);
		expect(await judged()).toEqual([]);
		await world().set({ mode: 'assist' });
		world().script(LEAD.text, { score: 50, status: 'CONTACTED', reply: LEAD.reply, confidence: 0.93 });
		await world().whatsApp({ from: LEAD.from, text: LEAD.text, name: 'Olga Ost' });
		const row = await world().row(LEAD.from, 'in_review');
		const [{ id }] = await world().reviewsOf(row);
		expect(await desk.submit(`?tab=review&workspace=${WORKSPACE}&id=${id}`, { action: 'decide', do: 'approve' })).toBe(303);
		await world().row(LEAD.from, 'sent');
		expect(world().received(LEAD.from).map(({ text }) => text)).toEqual([LEAD.reply]);
		expect(await judged()).toMatchObject([{ draftId: row.id, decision: 'approved', modelId: 'sandbox-model' }]);
		expect(await store.reviews.list(WORKSPACE, { open: false, limit: 9 })).toContainEqual(expect.objectContaining({ id, decision: 'approved', reviewer: who }));
		expect(await desk.page(`?tab=models&workspace=${WORKSPACE}`)).toContain('sandbox-model');
		expect(await desk.page(`?tab=outbox&workspace=${WORKSPACE}&state=sent`)).toContain('Olga Ost');
	});

	it('the figures count what was sent and answered', async () => {
		const page = await desk.page(`?tab=health&workspace=${WORKSPACE}`);
		expect(page).toContain('Accepted as they were');
		const experiments = await desk.page(`?tab=experiments&workspace=${WORKSPACE}`);
		expect(experiments).toContain('<h2>Answers</h2>');
	});
});
