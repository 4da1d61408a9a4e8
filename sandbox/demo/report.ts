import type { DemoLead } from './leads';
import type { Answer } from './feed';
import type { MessageRecord } from './records';

export type Outcome = 'sent' | 'planned' | 'review' | 'blocked' | 'no answer' | 'refused' | 'open';

export interface ReportRow {
	lead: DemoLead;
	outcome: Outcome;
	/** The decision's own words. */
	sentence: string;
	score?: number;
	channel: string;
	/** Why the score, where one was given. */
	reading?: string;
}

const OF_STATUS: Readonly<Record<string, Outcome>> = { sent: 'sent', in_review: 'review', uncertain: 'review', blocked: 'blocked', cancelled: 'blocked', failed: 'blocked', scheduled: 'planned' };

/** Rows for each lead: one a message on record that stands for itself, one a refused row. */
export function reportRows(lead: DemoLead, answer: Answer, records: readonly MessageRecord[], now: number): ReportRow[] {
	const rows = oneAnAnswer(recordsOf(lead, records)).map((record) => rowOf(lead, record, now));
	const refused = answer.refused.map(({ channel, reason }): ReportRow => ({ lead, outcome: 'refused', sentence: reason, channel: channel || lead.delivery.by }));
	const all = [...refused, ...merged(rows)];
	return all.length > 0 ? all : [{ lead, outcome: 'open', sentence: 'Not on record yet.', channel: lead.delivery.by }];
}

function recordsOf({ delivery }: DemoLead, records: readonly MessageRecord[]): MessageRecord[] {
	const bare = (id: string | undefined): string => (id ?? '').replace(/^<|>$/g, '');
	const emails = delivery.by === 'form' ? [delivery.email] : delivery.by === 'csv' ? delivery.emails : [];
	if (emails.length > 0) return records.filter(({ email }) => email !== undefined && emails.includes(email));
	const ids = 'ids' in delivery ? delivery.ids : 'id' in delivery ? [delivery.id] : [];
	const known = new Set(ids.map(bare));
	return records.filter(({ providerId }) => known.has(bare(providerId)));
}

/** Of the messages that have the same answer, the first. */
function oneAnAnswer(records: readonly MessageRecord[]): MessageRecord[] {
	return records.filter(({ answer }, at) => answer?.id === undefined || records.findIndex((other) => other.answer?.id === answer.id) === at);
}

/** A burst has one answer: its messages are one row. */
function merged(rows: readonly ReportRow[]): ReportRow[] {
	const [first, ...rest] = rows;
	return first !== undefined && rest.every(({ sentence }) => sentence === first.sentence) ? [first] : [...rows];
}

function rowOf(lead: DemoLead, record: MessageRecord, now: number): ReportRow {
	const { answer, reason, review, score, reading, channel } = record;
	const row = { lead, channel, score, reading };
	if (answer) {
		const due = answer.status === 'scheduled' && (answer.sendAt ?? 0) <= now + SOON_MS;
		// A review's own sentence says again what the draft says of its confidence.
		const repeated = answer.draft === undefined || (answer.status === 'in_review' && answer.draft.includes('confidence'));
		const sentence = repeated ? answer.sentence : `${answer.draft} → ${answer.sentence}`;
		const quoting = answer.fact === undefined ? sentence : `${sentence} → It quotes what is known: "${answer.fact}"`;
		return { ...row, outcome: due ? 'open' : (OF_STATUS[answer.status] ?? 'open'), sentence: quoting };
	}
	if (review !== undefined) return { ...row, outcome: 'review', sentence: review };
	return { ...row, outcome: record.state === 'decided' ? 'no answer' : 'open', sentence: reason ?? 'Being worked on.' };
}

/** What is planned within this time is waited for. */
export const SOON_MS = 45_000;

const ORDER: readonly Outcome[] = ['sent', 'planned', 'review', 'blocked', 'no answer', 'refused', 'open'];

/** The table `npm start` prints: one line of facts a lead, and below it why. */
export function reportTable(rows: readonly ReportRow[], width = 100): string {
	const title = Math.max(...rows.map(({ lead }) => lead.title.length), 4);
	const lines = rows.flatMap(({ lead, channel, outcome, score, reading, sentence }) => {
		const head = `${lead.title.padEnd(title)}  ${channel.padEnd(9)}  ${outcome.padEnd(9)}  ${score === undefined ? '  –' : String(Math.round(score)).padStart(3)}`;
		const why = [reading, sentence].filter((part) => part !== undefined && part !== '').join(' → ');
		return [head, ...wrapped(why, width).map((line) => `    ${line}`)];
	});
	const counts = ORDER.flatMap((outcome) => {
		const count = rows.filter((row) => row.outcome === outcome).length;
		return count === 0 ? [] : [`${count} ${outcome}`];
	});
	return [`${'Lead'.padEnd(title)}  ${'Channel'.padEnd(9)}  ${'Outcome'.padEnd(9)}  Score`, '─'.repeat(width), ...lines, '─'.repeat(width), `${rows.length} in all: ${counts.join(', ')}.`].join('\n');
}

function wrapped(text: string, width: number): string[] {
	const lines: string[] = [];
	let line = '';
	for (const word of text.replace(/\s+/g, ' ').trim().split(' ')) {
		if (line !== '' && line.length + word.length + 1 > width - 4) {
			lines.push(line);
			line = '';
		}
		line = line === '' ? word : `${line} ${word}`;
	}
	return line === '' ? lines : [...lines, line];
}
