import { graphFailure, usageOf } from '../../../engine/channels/graphReading';
import { firstPosition, isWhole, keepInView, readPosition, wantedOf } from '../../../engine/runs/conversationSync';
import { runSentence } from '../../../engine/runs/run';
import { epochMs, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-03-02T12:00:00Z');
const at = (minutesAgo: number) => ({ updatedAt: epochMs(NOW - minutesAgo * MINUTE) });

describe('where a sync begins and ends', () => {
	const first = firstPosition({ pageId: '4', own: ['4'], size: 50, last: undefined, now: NOW });

	it('reads everything the first time, and the next time back to ten minutes before the last began', () => {
		expect(first).toMatchObject({ size: 50, watermark: NOW - 10 * MINUTE, readAll: false, pending: [] });
		expect(first.since).toBeUndefined();
		expect(firstPosition({ pageId: '4', own: [], size: 50, last: first, now: epochMs(NOW + 60 * MINUTE) }).since).toBe(NOW - 10 * MINUTE);
	});

	it('looks again at a conversation that could not be read', () => {
		expect(keepInView(first, epochMs(NOW - 60 * MINUTE)).watermark).toBe(NOW - 60 * MINUTE - 1);
		expect(keepInView(first, NOW).watermark).toBe(first.watermark);
	});

	it('builds only on a sync that saw everything', () => {
		expect([isWhole(first, {}), isWhole({ ...first, readAll: true }, {}), isWhole({ ...first, readAll: true }, { limit: 9 }), isWhole({ ...first, readAll: true }, { skip: 1 })]).toEqual([false, true, false, false]);
	});

	it('survives being kept as text, and nothing else', () => {
		expect(readPosition(JSON.stringify({ ...first, pending: ['a'], after: 'x' }))).toEqual({ ...first, pending: ['a'], after: 'x' });
		for (const cursor of [undefined, '', '{', '[]', '{"size":0}']) expect(readPosition(cursor)).toBeUndefined();
	});

	it.each([
		['all of a first sync', { seen: 0 }, {}, 4, false, false],
		['only what is newer than the last', { seen: 0, since: NOW - 25 * MINUTE }, {}, 2, true, false],
		['what is behind the skipped', { seen: 0 }, { skip: 3 }, 1, false, false],
		['nothing while all is skipped', { seen: 0 }, { skip: 4 }, 0, false, false],
		['up to the limit over pages', { seen: 5 }, { skip: 1, limit: 6 }, 2, false, true],
	])('wants %s', (_, position, options, count, reachedOld, reachedLimit) => {
		const found = wantedOf([at(10), at(20), at(30), at(40)], position, options);
		expect([found.wanted.length, found.reachedOld, found.reachedLimit]).toEqual([count, reachedOld, reachedLimit]);
	});
});

describe('what Meta answers', () => {
	const failed = (code: number, status = 400, more: object = {}, headers: Record<string, unknown> = {}) => graphFailure({ status, headers, body: { error: { code, message: 'm', ...more } } });

	it.each([
		[190, 'token'], [102, 'token'], [463, 'token'], [4, 'limit'], [17, 'limit'], [32, 'limit'], [613, 'limit'], [80001, 'limit'], [80006, 'limit'], [10, 'permission'], [3, 'permission'], [200, 'permission'], [299, 'permission'], [1, 'passing'], [2, 'passing'], [-3, 'passing'], [100, 'request'], [803, 'request'],
	])('with code %i is %s', (code, kind) => expect(failed(code)?.kind).toBe(kind));

	it('names the subcode, and waits as long as Meta says', () => {
		expect(failed(190, 401, { error_subcode: 463 })).toEqual({ kind: 'token', code: '190/463', message: 'm' });
		const usage = { 'x-business-use-case-usage': JSON.stringify({ 4: [{ call_count: 100, estimated_time_to_regain_access: 19 }] }) };
		expect(failed(32, 403, {}, usage)).toMatchObject({ kind: 'limit', waitMs: 19 * MINUTE });
	});

	it('without a code goes by the status; a good one is none', () => {
		const bare = (status: number, body: unknown) => graphFailure({ status, headers: {}, body })?.kind;
		expect([bare(502, '<html>'), bare(429, ''), bare(401, {}), bare(404, {}), bare(200, 'It works!'), bare(200, { data: [] })]).toEqual(['passing', 'limit', 'token', 'request', 'request', undefined]);
	});

	it('tells how much is used, whatever stands in the headers', () => {
		expect(usageOf({ 'x-app-usage': '{"call_count":28,"total_time":95,"total_cputime":3}' }).usedShare).toBe(95);
		for (const wrong of ['', '{', '[]', '7', '{"4":"x"}', undefined, 7]) expect(usageOf({ 'x-app-usage': wrong, 'x-business-use-case-usage': wrong })).toEqual({ usedShare: 0 });
	});
});

it('says until when it waits, and for what', () => {
	const counts = { done: 50, skipped: 0, failed: 0 };
	expect(runSentence({ kind: 'sync', state: 'waiting', counts, requestedBy: 'mia', error: "Meta's hourly limit", waitsUntil: '2026-03-02T14:05:30.000Z' })).toBe("Conversation sync waits until 14:05 UTC for Meta's hourly limit, then goes on by itself: 50 seen.");
});
