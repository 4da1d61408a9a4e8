import { decideRoute } from '../../../engine/message/route';
import type { RouteFacts } from '../../../engine/message/routeFacts';
import { limitUses, sharedCounters } from '../../../engine/report/limitUse';
import { modelFigures } from '../../../engine/report/models';
import { notSentReason, outboxFigures, REASON_LETTERS } from '../../../engine/report/outbox';
import { pipelineFigures } from '../../../engine/report/pipelines';
import { readinessForAuto, ReadinessSchema, type ReadinessInput } from '../../../engine/report/readiness';
import { sendTimeFigures } from '../../../engine/report/sendTimes';
import { shareFigure, valueFigure } from '../../../engine/report/figure';
import { scopeKey } from '../../../engine/limit/scopes';
import { GMAIL_RULES, INSTAGRAM_RULES } from '../../../engine/limit/ruleTable';
import { DEFAULT_SETTINGS } from '../../../engine/message/settings';
import { DAY, epochMs, HOUR, later } from '../../../engine/time';
import { draftOf, PASS } from '../../store/fixtures';

const NOW = epochMs('2026-03-04T10:00:00Z');

describe('why something was not sent', () => {
	const facts = (more: Partial<RouteFacts>): RouteFacts => ({
		row: { workspace: 'acme', id: 'd', status: 'drafted', sentence: '', contactId: 'c', channel: 'email', to: 'a@x.example', inboundIds: [], purpose: 'reply', draft: draftOf('d'), gate: PASS, attempts: 0, createdAt: NOW },
		settings: { ...DEFAULT_SETTINGS, mode: 'auto' }, newerInbound: false, givenToPerson: false, sentToContactToday: 0, sentByWorkspaceToday: 0, approved: false, now: NOW, ...more,
	} as RouteFacts);
	const reasonOf = (more: Partial<RouteFacts>): string => {
		const { status, sentence } = decideRoute(facts(more));
		return notSentReason({ status, begins: sentence.slice(0, REASON_LETTERS) }).reason;
	};

	// Worded by the routing decision itself: a change of its words must not make them "other".
	it('is read from the sentence the decision left', () => {
		const gate = { ...PASS, verdict: 'block' as const, issues: [{ check: 'spam', severity: 'block' as const, reason: 'Shouting.' }] };
		expect(reasonOf({ suppressed: 'Opted out of email: STOP' })).toBe('opted_out');
		expect(reasonOf({ settings: { ...DEFAULT_SETTINGS, mode: 'off' } })).toBe('mode_off');
		expect(reasonOf({ newerInbound: true })).toBe('superseded');
		expect(reasonOf({ row: { ...facts({}).row, gate } })).toBe('gate');
		expect(reasonOf({ settings: { ...DEFAULT_SETTINGS, mode: 'shadow' } })).toBe('shadow');
		expect(notSentReason({ status: 'failed', begins: 'x', errorCode: '131026' })).toEqual({ reason: 'failed:131026', name: 'Failed with code 131026' });
		expect(notSentReason({ status: 'cancelled', begins: 'Because.' }).reason).toBe('other');
	});

	it('is summed up over sentences that say the same', () => {
		const { notSent, sentence } = outboxFigures({ standing: [], planned: [{ day: 20_516, channel: 'email', count: 2 }], sent: 5, notSent: [{ status: 'cancelled', begins: 'Superseded by a newer reply on the same ', count: 2 }, { status: 'cancelled', begins: 'Not sent: a newer message arrived in the', count: 1 }] });
		expect(notSent).toEqual([{ reason: 'superseded', name: 'The contact wrote again', status: 'cancelled', count: 3, sentence: 'The contact wrote again: 3 messages.' }]);
		expect(sentence).toBe('2 messages planned; in the period 5 sent, 3 not.');
	});
});

describe('limits', () => {
	const rows = { caps: { workspaceDaily: 10 }, today: 12, busiestContact: 3, contactsAtCap: 0, spentUsd: 0.25, heldUsd: 1, counters: [] };
	it('tell used and free, never less than nothing, and where none is set', () => {
		expect(limitUses(rows).map(({ rule, used, limit, free }) => [rule, used, limit, free])).toEqual([['workspaceDailyCap', 12, 10, 0], ['contactDailyCap', 3, undefined, undefined], ['modelSpendCapUsd', 1.25, undefined, undefined]]);
	});
	it('name counters as the limits count them', () => {
		const scopes = sharedCounters(['shop:1']).map(({ scope }) => scope);
		const request = { contact: 'a@gmail.com', channel: 'instagram' as const, at: NOW, sender: 'shop:1' };
		expect(scopes).toContain(scopeKey(INSTAGRAM_RULES[1], request));
		expect(scopes).toContain(scopeKey(GMAIL_RULES[0], { ...request, channel: 'email' }));
		for (const scope of ['workspace', 'channel', 'sender'] as const) expect(scopes).toContain(scopeKey({ id: 'own', name: 'own', scope, window: { kind: 'day' }, limit: 1 }, request));
		expect(scopes.filter((scope) => scope.startsWith('contact:'))).toEqual([]);
	});
});

describe('models', () => {
	it('are told by what people accepted, and by what calls took', () => {
		const { drafts, calls } = modelFigures({
			drafts: [{ modelId: 'm', promptVersion: 'abcdefghij', drafts: 20, fallback: 0, reviewed: 10, accepted: 9, sent: 4, replied: 1 }, { drafts: 30, fallback: 30, reviewed: 0, accepted: 0, sent: 0, replied: 0 }],
			calls: [{ modelId: 'm', promptVersion: 'p', purpose: 'draft', calls: 2, failed: 1, unpriced: 1, usd: 0.5, ranked: [{ rank: 1, value: 100 }, { rank: 2, value: 300 }] }],
		});
		expect(drafts.map(({ sentence }) => sentence)).toEqual(['No model (templates): 30 drafts, 0 decided, accepted unknown, replied unknown of 0 sent.', 'm, prompt abcdefgh: 20 drafts, 10 decided, accepted 90 %, replied 25 % of 4 sent.']);
		expect(drafts[1].accepted).toMatchObject({ part: 9, of: 10, verdict: 'unsure' });
		expect(calls[0]).toMatchObject({ medianMs: 200, p95Ms: 290, usdPerCall: 0.5, failed: { value: 0.5 } });
	});
});

describe('the pipeline', () => {
	it('shows every stage in its order, also the empty ones, and contacts that stand nowhere', () => {
		const { stages, sentence } = pipelineFigures({
			pipelines: [{ id: 'p', name: 'Sales', stages: [{ id: 'b', name: 'Later', type: 'IN_PROGRESS', order: 2 }, { id: 'a', name: 'First', type: 'LEAD', order: 1 }] }],
			standing: [{ pipelineId: 'p', stageId: 'b', total: 2, ranked: [{ rank: 1, value: DAY }, { rank: 2, value: 3 * DAY }] }, { total: 4, ranked: [] }],
			stays: [{ pipelineId: 'p', stageId: 'a', total: 1, ranked: [{ rank: 1, value: 2 * DAY }] }], moves: [{ rule: 'status', setBy: 'status', count: 1 }], reviews: { open: 1, decided: 0 }, held: { needsReview: 2, protected: 1 },
		});
		expect(stages.map(({ pipeline, stage, contacts, medianStandingMs, left, medianStayMs }) => [pipeline, stage, contacts, medianStandingMs, left, medianStayMs])).toEqual([['Sales', 'First', 0, undefined, 1, 2 * DAY], ['Sales', 'Later', 2, 2 * DAY, 0, undefined], ['No pipeline', 'no stage', 4, undefined, 0, undefined]]);
		expect(sentence).toBe('1 move in the period; 2 held back for a person, 1 of them to protect the contact; 1 stage reviews open.');
	});
});

describe('send times', () => {
	const written = (hour: number, count: number) => Array.from({ length: count }, (_, at) => {
		// Mondays, one a week back each; answered within the hour.
		const sent = later(epochMs('2026-03-02T00:00:00Z'), hour * HOUR - at * 7 * DAY);
		return [{ at: sent, kind: 'delivered' as const }, { at: later(sent, HOUR / 2), kind: 'written' as const }];
	}).flat();

	it('say what is believed while too little is known', () => {
		const [email] = sendTimeFigures([{ channel: 'email', contacts: [] }], { now: NOW });
		expect(email).toMatchObject({ contacts: 0, sends: 0, answers: 0, learnt: false });
		expect(email.best[0]).toMatchObject({ hour: 10, part: 0, of: 0 });
		expect(email.hours.reduce((sum, { worth }) => sum + worth, 0)).toBeCloseTo(168, 6);
	});

	it('find the hour at which contacts answer, by their own clock', () => {
		// Sent at 15:00 UTC and always answered; at 09:00 UTC never. Half the contacts live an hour ahead.
		const contacts = Array.from({ length: 6 }, (_, at) => ({ contactId: `c${at}`, timezone: 'Europe/Berlin', events: [...written(15, 4), ...Array.from({ length: 4 }, (_, week) => ({ at: later(epochMs('2026-03-03T09:00:00Z'), -week * 7 * DAY), kind: 'delivered' as const }))] }));
		const [email] = sendTimeFigures([{ channel: 'email', contacts }], { now: NOW });
		expect(email).toMatchObject({ sends: 48, answers: 24, learnt: true });
		// Monday 16:00 in Berlin, Tuesday 10:00 in Berlin.
		expect(email.hours[16]).toMatchObject({ weekday: 'Monday', hour: 16, part: 24, of: 24, share: 1 });
		expect(email.hours[24 + 10]).toMatchObject({ weekday: 'Tuesday', hour: 10, part: 0, of: 24, share: 0 });
		expect(email.best.map(({ hour }) => hour)).toContain(16);
		expect(email.hours[16].worth).toBeGreaterThan(email.hours[24 + 10].worth);
	});
});

describe('readiness for auto', () => {
	const ready: ReadinessInput = {
		figures: [shareFigure('acceptedShare', 'Accepted', { part: 99, of: 100, what: 'drafts' }), valueFigure('calibrationError', 'Calibration error', { value: 0.03, unit: 'distance' }), valueFigure('overdueReviews', 'Overdue reviews', { value: 0, unit: 'count' })],
		deliverability: [], sentAfterOptOut: 0, optOuts: 3, contacted: 20, consented: 19, caps: { contactDaily: 2, workspaceDaily: 50, modelSpendUsd: 5 }, killSwitchTried: true, killSwitchOn: false,
	};
	const open = (more: Partial<ReadinessInput>) => readinessForAuto({ ...ready, ...more }).lines.filter(({ met }) => !met).map(({ key }) => key);

	it('holds when every condition does, and then asks for nothing', () => {
		const all = readinessForAuto(ready);
		expect(all).toMatchObject({ ready: true, sentence: 'Ready for auto: all 9 conditions hold.' });
		expect(all.lines.filter((one) => 'whatToDo' in one)).toEqual([]);
		expect(ReadinessSchema.parse(all)).toEqual(all);
	});

	it('wants proof, not luck: 90 of 100 accepted is surely no more than 82.4 %', () => {
		const figures = [shareFigure('acceptedShare', 'Accepted', { part: 90, of: 100, what: 'drafts' }), ...ready.figures.slice(1)];
		expect(open({ figures })).toEqual(['accepted']);
		expect(readinessForAuto({ ...ready, figures }).lines.find(({ key }) => key === 'accepted')).toMatchObject({ measured: '90 %, surely 82.4 %', whatToDo: expect.stringContaining('reviewing') });
	});

	it('fails one by one', () => {
		expect(open({ figures: [] })).toEqual(['reviews', 'accepted', 'calibration', 'overdue']);
		expect(open({ sentAfterOptOut: 1 })).toEqual(['optOuts']);
		expect(open({ caps: { contactDaily: 0, workspaceDaily: 5, modelSpendUsd: 1 } })).toEqual(['caps']);
		expect(open({ killSwitchTried: false })).toEqual(['killSwitch']);
		expect(open({ killSwitchOn: true })).toEqual(['killSwitch']);
		expect(open({ consented: 18 })).toEqual(['consent']);
		expect(open({ contacted: 0, consented: 0 })).toEqual(['consent']);
		expect(open({ deliverability: [{ workspace: 'a', accountId: 'x', sent: 500, hardBounces: 50, complaints: 0, verdict: 'stop', sentence: '' }] })).toEqual(['deliverability']);
	});
});
