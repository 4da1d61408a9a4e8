import type { Status } from '../message/contact';
import { bandOf } from './bands';
import { LEAD_INTENTS, type Classification } from './classification';

/** What a person can correct of what was read or decided. */
export const LABEL_FIELDS = ['intent', 'score', 'status', 'stage', 'reply_intent'] as const;
export type LabelField = (typeof LABEL_FIELDS)[number];

/** The score a lead gets when a person names an intent only and the old score belongs to another: the middle of its band. */
const MIDDLE: Readonly<Record<Classification['intent'], number>> = { hot: 70, warm: 45, cold: 15 };

export interface Correction {
	labels: { field: LabelField; from?: string; to: string }[];
	/** 0–100. */
	score?: number;
	status?: Status;
	sentence: string;
}

const isIntent = (text: string): text is Classification['intent'] => LEAD_INTENTS.some((intent) => intent === text);

/** Whether a text names one of hot, warm and cold; case is forgiven. */
export function parseLeadIntent(text: string): Classification['intent'] | undefined {
	const wanted = text.trim().toLowerCase();
	return isIntent(wanted) ? wanted : undefined;
}

/**
 * What a person's correction changes. Intent and score never contradict each other: a score given decides the intent, an
 * intent alone moves the score to the middle of its band unless it lies in it already. `undefined` when nothing differs from what is known.
 */
export function correctionOf(
	known: { score?: number; status?: Status; replyIntent?: string },
	wanted: { intent?: Classification['intent']; score?: number; status?: Status; replyIntent?: string },
	actor: string,
): Correction | undefined {
	const before = known.score === undefined ? undefined : bandOf(known.score).intent;
	const score = wanted.score ?? (wanted.intent === undefined || wanted.intent === before ? undefined : MIDDLE[wanted.intent]);
	const intent = score === undefined ? wanted.intent : bandOf(score).intent;
	const labels: Correction['labels'] = [];
	const label = (field: LabelField, from: string | number | undefined, to: string | number | undefined): void => {
		if (to !== undefined && `${to}` !== `${from}`) labels.push({ field, ...(from === undefined ? {} : { from: `${from}` }), to: `${to}` });
	};
	label('intent', before, intent);
	label('score', known.score, score);
	label('status', known.status, wanted.status);
	label('reply_intent', known.replyIntent, wanted.replyIntent);
	if (labels.length === 0) return undefined;
	const changes = labels.map(({ field, from, to }) => `${field.replace('_', ' ')} ${from === undefined ? '' : `${from} → `}${to}`);
	return { labels, ...(score === undefined ? {} : { score }), ...(wanted.status === undefined ? {} : { status: wanted.status }), sentence: `Corrected by ${actor}: ${changes.join(', ')}.` };
}
