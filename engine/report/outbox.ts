import { z } from 'zod';
import type { OutboundStatus } from '../message/outbound';
import { dateOf } from './period';

/** What did not leave in the period: how its sentence begins tells why. */
export interface NotSentCount {
	status: OutboundStatus;
	errorCode?: string;
	/** The first letters of the row's sentence. */
	begins: string;
	count: number;
}
export interface OutboxRows {
	/** Rows by where they stand now. */
	standing: { status: OutboundStatus; count: number }[];
	/** Planned messages by local day and channel. */
	planned: { day: number; channel: string; count: number }[];
	/** Left in the period. */
	sent: number;
	notSent: NotSentCount[];
}

/** Sentences are grouped by this many of their first letters. */
export const REASON_LETTERS = 40;

/** Why a message did not leave, by how the sentence about it begins; the first that fits. */
const REASONS: readonly { begins: string; reason: string; name: string }[] = [
	{ begins: 'Not sent: the quality gate blocked it', reason: 'gate', name: 'Blocked by the quality gate' },
	{ begins: 'Not sent: the mode is off', reason: 'mode_off', name: 'The mode is off' },
	{ begins: 'Not sent: a newer message arrived', reason: 'superseded', name: 'The contact wrote again' },
	{ begins: 'Not sent: the contact has written', reason: 'superseded', name: 'The contact wrote again' },
	{ begins: 'Superseded by a newer reply', reason: 'superseded', name: 'The contact wrote again' },
	{ begins: 'Cancelled: opted out', reason: 'opted_out', name: 'The contact opted out' },
	{ begins: 'Cancelled: a colleague answered', reason: 'colleague', name: 'A colleague answered' },
	{ begins: 'Shadow mode', reason: 'shadow', name: 'Shadow mode' },
	{ begins: 'Rejected', reason: 'rejected', name: 'Rejected in review' },
];

/** Why it did not leave, as a stable name and in words. */
export function notSentReason({ status, begins, errorCode }: Omit<NotSentCount, 'count'>): { reason: string; name: string } {
	if (status === 'uncertain') return { reason: 'uncertain', name: 'Nobody can tell whether it left' };
	if (status === 'failed') return { reason: errorCode === undefined ? 'failed' : `failed:${errorCode}`, name: errorCode === undefined ? 'Failed' : `Failed with code ${errorCode}` };
	const known = REASONS.find((one) => begins.startsWith(one.begins.slice(0, REASON_LETTERS)));
	if (known) return { reason: known.reason, name: known.name };
	// Besides the gate only an opt-out blocks.
	return status === 'blocked' ? { reason: 'opted_out', name: 'The contact opted out' } : { reason: 'other', name: 'Cancelled otherwise' };
}

export const OutboxFiguresSchema = z.object({
	standing: z.array(z.object({ status: z.string(), count: z.number(), sentence: z.string() })),
	planned: z.array(z.object({ date: z.string(), channel: z.string(), count: z.number(), sentence: z.string() })),
	sent: z.number(),
	notSent: z.array(z.object({ reason: z.string(), name: z.string(), status: z.string(), count: z.number(), sentence: z.string() })),
	sentence: z.string(),
});
export type OutboxFigures = z.infer<typeof OutboxFiguresSchema>;

const messages = (count: number): string => `${count} ${count === 1 ? 'message' : 'messages'}`;

export function outboxFigures({ standing, planned, sent, notSent }: OutboxRows): OutboxFigures {
	const groups = new Map<string, OutboxFigures['notSent'][number]>();
	for (const row of notSent) {
		const { reason, name } = notSentReason(row);
		const count = row.count + (groups.get(`${row.status} ${reason}`)?.count ?? 0);
		groups.set(`${row.status} ${reason}`, { reason, name, status: row.status, count, sentence: `${name}: ${messages(count)}.` });
	}
	const stopped = notSent.reduce((sum, { count }) => sum + count, 0);
	const waiting = planned.reduce((sum, { count }) => sum + count, 0);
	return {
		standing: standing.map((row) => ({ ...row, sentence: `${row.status.replaceAll('_', ' ')}: ${messages(row.count)}.` })),
		planned: planned.toSorted((a, b) => a.day - b.day || (a.channel < b.channel ? -1 : 1)).map(({ day, channel, count }) => ({ date: dateOf(day), channel, count, sentence: `${dateOf(day)}, ${channel}: ${messages(count)} planned.` })),
		sent,
		notSent: [...groups.values()].sort((a, b) => b.count - a.count || (a.reason < b.reason ? -1 : 1)),
		sentence: `${messages(waiting)} planned; in the period ${sent} sent, ${stopped} not.`,
	};
}
