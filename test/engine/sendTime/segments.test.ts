import { answerHistory, type KnownEvent } from '../../../engine/sendTime/answerHistory';
import type { SendTimeEvent } from '../../../engine/sendTime/answerEvidence';
import { fitSendTime } from '../../../engine/sendTime/fitSendTime';
import { segmentPriors, type Peer } from '../../../engine/sendTime/segments';
import { DAY, epochMs, HOUR, MINUTE } from '../../../engine/time';

const NOW = epochMs('2026-11-20T12:00:00Z');
const at = (day: number, hour: number, minute = 0): number => Date.UTC(2026, 10, 20) - day * DAY + hour * HOUR + minute * MINUTE;

/** One send a day at ten without an answer, one at `hour` with one; and what else may be on record. */
function peer(contact: string, hour: number, answers: number, group?: string, timezone = 'UTC'): Peer {
	const events = Array.from({ length: answers }, (_, day): SendTimeEvent[] => [
		{ at: at(day + 1, 10), kind: 'delivered' },
		{ at: at(day + 1, hour), kind: 'delivered' },
		{ at: at(day + 1, hour, 10), kind: day % 2 === 0 ? 'reply' : 'open' },
		{ at: at(day + 1, 4), kind: 'click' },
	]);
	return { contact, group, timezone, events: events.flat() };
}
/** The same by fitting all of them together, which the sums must equal. */
const together = (peers: Peer[]) => fitSendTime({ events: peers.flatMap(({ contact, timezone, events }) => events.map((event) => ({ ...event, contact, timezone }))), timezone: 'UTC', now: NOW });
const close = (a: readonly number[] = [], b: readonly number[] = []): void => a.forEach((value, hour) => expect(value).toBeCloseTo(b[hour], 9));

describe('what is believed of a contact by the others', () => {
	const peers = [...[1, 2, 3, 4, 5, 6].map((name) => peer(`hotel${name}`, 20 + (name % 2), 4, 'hotels', name % 2 ? 'Asia/Tokyo' : 'UTC')), ...[1, 2, 3].map((name) => peer(`bank${name}`, 8, 9, 'banks'))];
	const prior = segmentPriors(peers, NOW);

	it('is what its group shows, when that is enough', () => {
		const hotels = together(peers.slice(0, 6));
		expect(prior('stranger', 'hotels')).toMatchObject({ answers: hotels.answers, priorAnswers: 0 });
		close(prior('stranger', 'hotels')?.relative, hotels.relative);
	});

	it('is what everybody shows, when its group is too small or none', () => {
		const all = together(peers);
		for (const group of ['banks', 'farms', undefined]) close(prior('stranger', group)?.relative, all.relative);
	});

	it('never holds its own events', () => {
		close(prior('hotel3', 'hotels')?.relative, together(peers.filter(({ contact, group }) => group === 'hotels' && contact !== 'hotel3')).relative);
		close(prior('bank1', 'banks')?.relative, together(peers.filter(({ contact }) => contact !== 'bank1')).relative);
	});

	it('is nothing while few have answered, or seldom', () => {
		const few = (contacts: number, answers: number) => segmentPriors(Array.from({ length: contacts }, (_, name) => peer(`c${name}`, 20, answers)), NOW)('stranger');
		expect([few(0, 0), few(4, 50), few(30, 0)]).toEqual([undefined, undefined, undefined]);
		expect(few(5, 2)?.answers).toBe(20);
		// Without its own events the group is one short.
		expect(segmentPriors(Array.from({ length: 5 }, (_, name) => peer(`c${name}`, 20, 9)), NOW)('c0')).toBeUndefined();
	});

	it('counts a contact once, however often it is named', () => expect(segmentPriors([...peers, ...peers], NOW)('stranger')?.answers).toBe(prior('stranger')?.answers));
});

describe('a history of what is on record', () => {
	const kinds = (known: KnownEvent[]): string[] => answerHistory(known).map(({ at: moment, kind }) => `${kind} ${(moment as number) / MINUTE}`);
	const event = (minute: number, kind: KnownEvent['kind']): KnownEvent => ({ at: epochMs(minute * MINUTE), kind });

	it('is in order, and takes a burst of messages for one answer', () => {
		expect(kinds([event(30, 'written'), event(10, 'written'), event(0, 'delivered'), event(75, 'written'), event(200, 'written')])).toEqual(['delivered 0', 'reply 10', 'reply 200']);
	});

	it('takes what is written after the next send for an answer to that', () => {
		expect(kinds([event(0, 'delivered'), event(5, 'written'), event(6, 'delivered'), event(7, 'written'), event(8, 'written')])).toEqual(['delivered 0', 'reply 5', 'delivered 6', 'reply 7']);
	});

	it('takes a reported reply for the message it reports, before it or after', () => {
		expect(kinds([event(100, 'written'), event(130, 'reply'), event(50, 'reply'), event(300, 'reply'), event(101, 'open')])).toEqual(['reply 100', 'open 101', 'reply 300']);
		expect(kinds([event(0, 'delivered'), event(9, 'reply'), event(9, 'machineOpen')])).toEqual(['delivered 0', 'reply 9', 'machineOpen 9']);
		expect(kinds([])).toEqual([]);
	});
});
