import { lookOf } from '../../engine/report/experiments';
import { sharedCounters } from '../../engine/report/limitUse';
import { lastDays, periodOf, type Period } from '../../engine/report/period';
import { DAY, epochMs, HOUR, later, MINUTE } from '../../engine/time';
import type { FigureScope } from '../../store/store';
import { at, FigureWorld } from './figureWorld';
import { DIALECTS, openTestStore, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

/** A week after the clocks went forward in Berlin. */
const NOW = epochMs('2026-04-06T10:00:00Z');
const MARCH = periodOf({ since: epochMs('2026-03-23T00:00:00+01:00'), until: later(NOW, 1), zone: 'Europe/Berlin' });
const dayNumber = (date: string): number => Date.parse(`${date}T00:00:00Z`) / DAY;

describe.each(DIALECTS)('figures on %s', (dialect) => {
	let test: TestStore;
	let world: FigureWorld;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		test.clock.time = NOW;
		world = new FigureWorld('acme');
	});
	afterEach(async () => await test.close());
	const scope = (more: Partial<FigureScope> = {}, period: Period = MARCH): FigureScope => ({ workspace: 'acme', ...period, ...more });
	const health = async (more: Partial<FigureScope> = {}, period?: Period) => {
		await world.write(test.place.config);
		return await test.store.figures.health(scope(more, period));
	};

	it('of an empty workspace are empty', async () => {
		const { figures } = test.store;
		expect(await health()).toEqual({
			now: NOW,
			counts: [],
			funnel: { contacts: 0, contacted: 0, replied: 0, meetings: 0, deals: 0 },
			responses: { answered: 0, open: 0, ranked: [] },
			cohorts: [],
			drafts: { made: 0, fallback: 0 },
			classifications: { made: 0, fallback: 0 },
			judged: [],
			costs: [],
			revenue: [],
			sends: { sent: 0, contacts: 0, replied: 0, optedOut: 0, bounced: 0, complained: 0 },
			queues: { reviews: 0, overdueReviews: 0, dueJobs: 0, undecided: 0 },
		});
		expect(await figures.models(scope())).toEqual({ drafts: [], calls: [] });
		expect(await figures.pipelines(scope())).toEqual({ pipelines: [], standing: [], stays: [], moves: [], reviews: { open: 0, decided: 0 }, held: { needsReview: 0, protected: 0 } });
		expect(await figures.outbox(scope())).toEqual({ standing: [], planned: [], sent: 0, notSent: [] });
		expect(await figures.limits('acme', sharedCounters)).toMatchObject({ caps: {}, today: 0, busiestContact: 0, contactsAtCap: 0, spentUsd: 0, heldUsd: 0 });
		expect(await figures.experiments('acme', lookOf)).toEqual([]);
		expect(await figures.sendTimes('acme', ['email'], { since: later(NOW, -DAY), sends: 9, contacts: 9, perContact: 9 })).toEqual([{ channel: 'email', contacts: [] }]);
		expect(await figures.readiness(scope())).toEqual({ contacted: 0, consented: 0, optOuts: 0, sentAfterOptOut: 0, caps: {}, killSwitchTried: false, killSwitchOn: false });
	});

	it('count messages by the local day, on the day of the clock change and after it', async () => {
		// 00:30 in winter time; 23:30 in summer time; 00:30 of the next day; and the same instants for another workspace.
		for (const one of [world, new FigureWorld('other')]) {
			one.sending({ at: at('2026-03-28T23:30:00Z') });
			one.sending({ at: at('2026-03-29T21:30:00Z') });
			one.sending({ at: at('2026-03-29T22:30:00Z') });
			if (one !== world) await one.write(test.place.config);
		}
		world.sending({ at: MARCH.since - 1 });
		world.sending({ at: NOW + 1 });
		expect((await health()).counts.toSorted((a, b) => a.day - b.day)).toEqual([
			{ day: dayNumber('2026-03-29'), channel: 'email', what: 'sent', count: 2 },
			{ day: dayNumber('2026-03-30'), channel: 'email', what: 'sent', count: 1 },
		]);
		const utc = await test.store.figures.health(scope({}, periodOf({ ...MARCH, zone: 'UTC' })));
		expect(utc.counts.toSorted((a, b) => a.day - b.day).map(({ day, count }) => [day - dayNumber('2026-03-28'), count])).toEqual([[0, 1], [1, 2]]);
	});

	it('tell what was sent, failed, limited, blocked, cancelled and decided a channel', async () => {
		const time = at('2026-04-01T10:00:00Z');
		const id = world.sending({ at: time });
		world.sending({ at: time, channel: 'whatsapp' });
		world.sending({ at: time, status: 'failed' });
		world.sending({ at: time, status: 'uncertain' });
		world.sending({ at: time, status: 'blocked' });
		world.sending({ at: time, status: 'cancelled' });
		const moved = world.sending({ at: time, status: 'scheduled' });
		const cap = "Moved to 2026-04-02 10:00 UTC: the contact's daily cap is reached (5 of 5 sent today).";
		world.move(moved, time, cap).move(moved, time + HOUR, cap).move(id, time, 'Moved to 2026-04-02 08:00 UTC: quiet hours.');
		world.review(id, 'approved', time).review(moved, 'edited', time, { edit_distance: 0.25 }).review(moved, 'rejected', time + 1).review(id, null, time);
		const rows = await health();
		expect(Object.fromEntries(rows.counts.map(({ channel, what, count }) => [`${channel} ${what}`, count]))).toEqual({ 'email sent': 1, 'whatsapp sent': 1, 'email failed': 1, 'email uncertain': 1, 'email blocked': 1, 'email cancelled': 1, 'email limited': 1, 'email approved': 1, 'email edited': 1, 'email rejected': 1 });
		expect(rows.editDistance).toBe(0.25);
		expect((await test.store.figures.health(scope({ channel: 'whatsapp' }))).counts).toMatchObject([{ channel: 'whatsapp', what: 'sent', count: 1 }]);
	});

	it('follow new contacts to the deal, each step within the one before', async () => {
		const time = at('2026-04-01T10:00:00Z');
		for (const id of ['a', 'b', 'c', 'd', 'e', 'asked']) world.contact(id, time);
		world.contact('old', MARCH.since - 1);
		for (const contact of ['a', 'b', 'c', 'd', 'old']) world.sending({ at: time + HOUR, contact });
		// a replied, b is only out of office, c met without a word, d bought, e was never written to, asked wrote first.
		world.message('a', time + 2 * HOUR).message('b', time + 2 * HOUR, { reply: JSON.stringify({ intent: 'out_of_office' }) }).message('asked', time);
		world.outcome('meeting_booked', 'c', time + 3 * HOUR).outcome('deal_won', 'd', time + 3 * HOUR).outcome('deal_won', 'e', time).outcome('replied', 'b', time);
		expect((await health()).funnel).toEqual({ contacts: 6, contacted: 4, replied: 3, meetings: 2, deals: 1 });
	});

	it('measure the wait for the first answer, by whomever, of contacts who first wrote in the period', async () => {
		const time = at('2026-04-01T10:00:00Z');
		// Waits of 1, 2, 3, 4 and 10 minutes; one answered by a colleague; one not at all; one who had written before.
		[1, 2, 3, 10].forEach((minutes, place) => {
			world.message(`c${place}`, time).sending({ at: time + minutes * MINUTE, contact: `c${place}` });
		});
		world.message('colleague', time).message('colleague', time + 4 * MINUTE, { direction: 'person' }).sending({ at: time + HOUR, contact: 'colleague' });
		world.message('open', time).message('known', MARCH.since - DAY).message('known', time).sending({ at: time + 1, contact: 'known' });
		const { responses } = await health();
		expect(responses).toMatchObject({ answered: 5, open: 1 });
		// Of 5 the median is the third; nine tenths lie between the fourth and the fifth.
		expect(responses.ranked.toSorted((a, b) => a.rank - b.rank)).toEqual([1, 3, 4, 5].map((rank) => ({ rank, value: [1, 2, 3, 4, 10][rank - 1] * MINUTE })));
	});

	it('judge cohorts by contacts whose window is over only', async () => {
		// Two weeks: one long ago (all windows over), one 15 days ago (only replies).
		const old = at('2025-12-03T10:00:00Z');
		const recent = NOW - 15 * DAY;
		for (const id of ['a', 'b', 'c']) world.sending({ at: old, contact: id });
		world.sending({ at: old + 60 * DAY, contact: 'a' });
		world.message('a', old + 13 * DAY).message('b', old + 15 * DAY).outcome('deal_won', 'b', old + 89 * DAY).outcome('deal_won', 'c', old + 91 * DAY).outcome('meeting_held', 'a', old + 2 * DAY).message('c', old - DAY);
		world.sending({ at: recent, contact: 'new' });
		world.message('new', recent + DAY).outcome('meeting_booked', 'new', recent + DAY);
		world.sending({ at: NOW - DAY, contact: 'newest' });
		expect((await health()).cohorts.toSorted((a, b) => a.week - b.week)).toEqual([
			{ week: dayNumber('2025-12-01'), contacts: 3, replyOf: 3, replied: 1, meetingOf: 3, meetings: 1, dealOf: 3, deals: 1 },
			{ week: dayNumber('2026-03-16'), contacts: 1, replyOf: 1, replied: 1, meetingOf: 0, meetings: 0, dealOf: 0, deals: 0 },
			{ week: dayNumber('2026-03-30'), contacts: 1, replyOf: 0, replied: 0, meetingOf: 0, meetings: 0, dealOf: 0, deals: 0 },
		]);
	});

	it('count fallbacks, costs, revenue a currency, and what a replay never was', async () => {
		const time = at('2026-04-01T10:00:00Z');
		world.sending({ at: time, draft: { usedFallback: true } });
		world.sending({ at: time });
		world.sending({ at: NOW, madeAt: MARCH.since - 1, draft: { usedFallback: true } });
		world.activity('classification', 'a', time, { classification: { usedFallback: true } }).activity('classification', 'a', time, { classification: { usedFallback: false } }).activity('stage', 'a', time, {});
		world.call(time).call(time, { cost_usd: null }).call(time + DAY, { cost_usd: 0.5 });
		world.outcome('deal_won', 'a', time, { value: 100, currency: 'EUR' }).outcome('deal_won', 'a', time, { value: 50, currency: 'eur', attributed: 'none' }).outcome('deal_won', 'a', time, { value: 70, currency: 'USD' }).outcome('deal_won', 'a', time).outcome('deal_lost', 'a', time, { value: 9, currency: 'EUR' });
		const rows = await health();
		expect(rows.drafts).toEqual({ made: 2, fallback: 1 });
		expect(rows.classifications).toEqual({ made: 2, fallback: 1 });
		expect(rows.costs.toSorted((a, b) => a.day - b.day)).toEqual([{ day: dayNumber('2026-04-01'), calls: 2, unpriced: 1, usd: 0.01 }, { day: dayNumber('2026-04-02'), calls: 1, unpriced: 0, usd: 0.5 }]);
		expect(rows.revenue.toSorted((a, b) => b.value - a.value)).toEqual([
			{ currency: 'EUR', deals: 2, valued: 2, value: 150, attributed: 100 },
			{ currency: 'USD', deals: 1, valued: 1, value: 70, attributed: 70 },
			{ deals: 1, valued: 0, value: 0, attributed: 0 },
		]);
	});

	it('count harm once a message and once a person', async () => {
		const time = at('2026-04-01T10:00:00Z');
		const first = world.sending({ at: time, contact: 'a' });
		world.sending({ at: time + HOUR, contact: 'a' });
		world.sending({ at: time, contact: 'b' });
		world.outcome('complaint', 'a', time + 1, { outbound_id: first }).outcome('complaint', 'a', time + 2, { outbound_id: first }).outcome('bounced_hard', 'b', time, { outbound_id: 'gone' });
		world.activity('opt_out', 'a', time + DAY, {}).activity('opt_out', 'a', time + 2 * DAY, {}).activity('opt_out', 'stranger', time, {}).activity('opt_out', 'b', time - DAY, {});
		world.message('b', time + HOUR).message('a', time - HOUR);
		expect((await health()).sends).toEqual({ sent: 3, contacts: 2, replied: 1, optedOut: 1, bounced: 0, complained: 1 });
	});

	it('tell what waits now, however old', async () => {
		const long = NOW - 90 * DAY;
		world.review(null, null, null, { created_at: long, due_at: long }).review(world.sending({ at: long, status: 'in_review' }), null, null, { created_at: long + 1, due_at: NOW + 1 });
		world.sending({ at: long, status: 'scheduled', sendAt: NOW - HOUR });
		world.sending({ at: long, status: 'scheduled', sendAt: NOW + HOUR });
		world.message('a', long, { state: 'received' });
		expect((await health()).queues).toEqual({ reviews: 2, overdueReviews: 1, oldestReviewAt: long, dueJobs: 1, oldestJobAt: NOW - HOUR, undecided: 1, oldestUndecidedAt: long });
		expect((await test.store.figures.health(scope({ channel: 'sms' }))).queues).toEqual({ reviews: 0, overdueReviews: 0, dueJobs: 0, undecided: 0 });
	});

	it('compare models by what became of their drafts, and their calls by what they took', async () => {
		const time = at('2026-04-01T10:00:00Z');
		const draft = { modelId: 'good', promptVersion: 'p1' };
		const [one, two, three] = ['a', 'b', 'c'].map((contact) => world.sending({ at: time, contact, draft }));
		world.sending({ at: time, status: 'drafted', draft: { ...draft, usedFallback: true } });
		world.sending({ at: time, draft: { usedFallback: true } });
		world.review(one, 'edited', time, { edit_distance: 0.5 }).review(one, 'approved', time + 1).review(two, 'approved', time).review(three, 'rejected', time);
		world.message('a', time + DAY).message('b', time + 15 * DAY).message('c', time - DAY).outcome('replied', 'c', time + DAY, { outbound_id: three });
		[100, 200, 300, 400].forEach((latency_ms) => world.call(time, { model_id: 'good', prompt_version: 'p1', latency_ms, cost_usd: 0.02, outcome: latency_ms === 400 ? 'limited' : 'ok' }));
		world.call(time, { model_id: 'good', prompt_version: 'p1', purpose: 'classify', cost_usd: null });
		await world.write(test.place.config);
		const { drafts, calls } = await test.store.figures.models(scope());
		expect(drafts.toSorted((a, b) => b.drafts - a.drafts)).toEqual([
			{ modelId: 'good', promptVersion: 'p1', drafts: 4, fallback: 1, reviewed: 3, accepted: 1, editDistance: 0.5, sent: 3, replied: 2 },
			{ drafts: 1, fallback: 1, reviewed: 0, accepted: 0, sent: 1, replied: 0 },
		]);
		const [most, least] = calls.toSorted((a, b) => b.calls - a.calls);
		expect(most).toMatchObject({ modelId: 'good', promptVersion: 'p1', purpose: 'draft', calls: 4, failed: 1, unpriced: 0 });
		expect(most.usd).toBeCloseTo(0.08, 12);
		expect(most.ranked.toSorted((a, b) => a.rank - b.rank)).toEqual([1, 2, 3, 4].map((rank) => ({ rank, value: rank * 100 })));
		expect(least).toEqual({ modelId: 'good', promptVersion: 'p1', purpose: 'classify', calls: 1, failed: 0, unpriced: 1, usd: 0, ranked: [{ rank: 1, value: 100 }] });
	});

	it('tell where contacts stand, how they moved and what was held back', async () => {
		const time = at('2026-04-01T10:00:00Z');
		const standing = { pipeline_id: 'p', stage_id: 'new' };
		world.contact('a', time, { ...standing, stage_entered_at: NOW - 2 * DAY }).contact('b', time, { ...standing, stage_entered_at: NOW - 4 * DAY }).contact('c', time, standing).contact('d', time);
		const move = { rule: 'score_range', setBy: 'model', pipelineId: 'p', stageId: 'next', previousStageId: 'new' };
		world.activity('stage', 'a', time, { ...move, previousStageMs: DAY }).activity('stage', 'b', time, { ...move, previousStageMs: 3 * DAY }).activity('stage', 'c', time, { rule: 'person', setBy: 'person', pipelineId: 'p', stageId: 'new' }).activity('stage', 'c', time, { ...move, stageId: 'new' });
		world.activity('stage_held', 'a', time, { rule: 'downgrade_protection' }).activity('stage_held', 'a', time, { rule: 'low_confidence' }).activity('stage_held', 'a', MARCH.since - 1, { rule: 'low_confidence' });
		world.review(null, null, null, { kind: 'stage' }).review(null, 'approved', time, { kind: 'stage' }).review(null, 'approved', MARCH.since - 1, { kind: 'stage' });
		await world.write(test.place.config);
		const found = await test.store.figures.pipelines(scope());
		expect(found.standing.find(({ stageId }) => stageId === 'new')).toEqual({ pipelineId: 'p', stageId: 'new', total: 3, ranked: expect.arrayContaining([{ rank: 1, value: 2 * DAY }, { rank: 2, value: 4 * DAY }]) });
		expect(found.standing.find(({ stageId }) => stageId === undefined)).toMatchObject({ total: 1, ranked: [] });
		expect(found.stays).toEqual([{ pipelineId: 'p', stageId: 'new', total: 2, ranked: [{ rank: 1, value: DAY }, { rank: 2, value: 3 * DAY }] }]);
		expect(found.moves.toSorted((a, b) => b.count - a.count)).toEqual([{ rule: 'score_range', setBy: 'model', count: 3 }, { rule: 'person', setBy: 'person', count: 1 }]);
		expect(found).toMatchObject({ reviews: { open: 1, decided: 1 }, held: { needsReview: 2, protected: 1 } });
	});

	it('list the outbox: what stands where, what is planned, why something was not sent', async () => {
		const time = at('2026-04-01T10:00:00Z');
		world.sending({ at: time });
		world.sending({ at: time, status: 'scheduled', sendAt: at('2026-04-06T22:30:00Z') });
		world.sending({ at: time, status: 'failed', errorCode: '131026', sentence: 'Failed for good: no such number (code 131026)' });
		for (const to of ['one', 'another']) world.sending({ at: time, status: 'cancelled', sentence: `Superseded by a newer reply on the same thread (${to}).` });
		await world.write(test.place.config);
		const found = await test.store.figures.outbox(scope());
		expect(found.standing).toEqual([{ status: 'cancelled', count: 2 }, { status: 'failed', count: 1 }, { status: 'scheduled', count: 1 }, { status: 'sent', count: 1 }]);
		expect(found.planned).toEqual([{ day: dayNumber('2026-04-07'), channel: 'email', count: 1 }]);
		expect(found.sent).toBe(1);
		expect(found.notSent.toSorted((a, b) => b.count - a.count)).toEqual([
			{ status: 'cancelled', begins: 'Superseded by a newer reply on the same ', count: 2 },
			{ status: 'failed', errorCode: '131026', begins: 'Failed for good: no such number (code 13', count: 1 },
		]);
	});

	it('tell what is used of caps and shared counters, and never whose', async () => {
		await test.store.settings.set('acme', { kind: 'workspace' }, { workspaceDailyCap: 10, contactDailyCap: 2, modelSpendCapUsd: 5 }, 'test');
		for (const contact of ['a', 'a', 'b']) world.sending({ at: NOW - HOUR, contact });
		world.sending({ at: NOW - 11 * HOUR, contact: 'a' });
		world.counted('sender:default', NOW - HOUR).counted('sender:default', NOW - 25 * HOUR).counted('sender:default', NOW + HOUR).counted('contact:+49151:whatsapp', NOW - HOUR);
		await world.write(test.place.config);
		const ledger = test.store.modelCalls.spendLedger();
		const held = await ledger.reserve({ workspace: 'acme', day: '2026-04-06', amountUsd: 0.5, capUsd: 5, expiresAt: NOW + HOUR });
		if (held.granted) await ledger.settle(held.reservationId, 0.25);
		await ledger.reserve({ workspace: 'acme', day: '2026-04-06', amountUsd: 1, capUsd: 5, expiresAt: NOW + HOUR });
		const found = await test.store.figures.limits('acme', sharedCounters);
		// The one of 23:00 UTC the day before counts for the contact, not for the day.
		expect(found).toMatchObject({ caps: { workspaceDaily: 10, contactDaily: 2, modelSpendUsd: 5 }, today: 3, busiestContact: 3, contactsAtCap: 1, spentUsd: 0.25, heldUsd: 1 });
		expect(found.counters.filter(({ used }) => used > 0)).toEqual([{ scope: 'sender:default', windowMs: DAY, used: 1 }]);
	});

	it('read experiments with what their last look saw', async () => {
		const arms = ['a', 'b'].map((id) => ({ id, name: id.toUpperCase(), weight: 1 }));
		await test.store.experiments.save([{ workspace: 'acme', id: 'e', name: 'Subject', status: 'running', metric: 'reply', variants: arms }, { workspace: 'acme', id: 'odd', name: 'Odd', status: 'running', metric: 'no such metric', variants: arms }]);
		const found = await test.store.figures.experiments('acme', lookOf);
		expect(Object.fromEntries(found.map(({ experiment, atLook, live }) => [experiment.id, [atLook.length, live.length]]))).toEqual({ e: [2, 2], odd: [0, 0] });
		expect(await test.store.figures.experiments('other', lookOf)).toEqual([]);
	});

	it('hand out histories a channel, in the order asked', async () => {
		world.contact('a', NOW, { timezone: 'Asia/Tokyo' }).contact('b', NOW).contact('private', NOW, { profiling: 0 });
		for (const contact of ['a', 'private']) world.sending({ at: NOW - DAY, contact });
		world.sending({ at: NOW - DAY, contact: 'b', channel: 'whatsapp' });
		world.message('a', NOW - DAY + HOUR);
		await world.write(test.place.config);
		const found = await test.store.figures.sendTimes('acme', ['whatsapp', 'email', 'sms'], { since: later(NOW, -30 * DAY), sends: 10, contacts: 10, perContact: 10 });
		expect(found.map(({ channel, contacts }) => [channel, contacts.map(({ contactId, timezone, events }) => [contactId, timezone, events.length])])).toEqual([['whatsapp', [['b', undefined, 1]]], ['email', [['a', 'Asia/Tokyo', 2]]], ['sms', []]]);
	});

	it('find grounds, opt-outs that were passed over, caps and the kill switch', async () => {
		const time = NOW - DAY;
		world.contact('given', time, { consent: JSON.stringify({ email: { basis: 'opt_in' } }) }).contact('elsewhere', time, { consent: JSON.stringify({ sms: { basis: 'opt_in' } }) }).contact('wrote', time);
		for (const contact of ['given', 'elsewhere', 'wrote', 'stranger']) world.sending({ at: time, contact });
		world.message('wrote', time - HOUR).message('elsewhere', time + HOUR);
		await world.write(test.place.config);
		expect(await test.store.figures.readiness(scope())).toEqual({ contacted: 4, consented: 2, optOuts: 0, sentAfterOptOut: 0, caps: {}, killSwitchTried: false, killSwitchOn: false });
		await test.store.settings.set('acme', { kind: 'workspace' }, { killSwitch: false, workspaceDailyCap: 9 }, 'test');
		test.clock.time = later(NOW, -2 * DAY);
		await test.store.suppressions.optOut([{ workspace: 'acme', contactId: 'given', channel: 'email', allChannels: false, reason: 'STOP', actor: 'person' }]);
		test.clock.time = NOW;
		await test.store.suppressions.optOut([{ workspace: 'acme', contactId: 'wrote', channel: 'email', allChannels: true, reason: 'STOP', actor: 'person' }]);
		const after = await test.store.figures.readiness(scope());
		expect(after).toMatchObject({ sentAfterOptOut: 1, caps: { workspaceDaily: 9 }, killSwitchTried: true, killSwitchOn: false });
		expect(after.optOuts).toBeGreaterThanOrEqual(2);
	});

	it('take any zone name for UTC that is none', async () => {
		world.sending({ at: at('2026-04-01T23:30:00Z') });
		const period = lastDays(NOW, 14, "Mars/Olympus'; drop table outbound; --");
		expect(period).toMatchObject({ zone: 'UTC', unknownZone: "Mars/Olympus'; drop table outbound; --" });
		expect((await health({}, period)).counts).toEqual([{ day: dayNumber('2026-04-01'), channel: 'email', what: 'sent', count: 1 }]);
	});
});
