import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { LABELLED_LANGUAGES, readLabelledReplies } from './labelledReplies';
import { frozenGateFile } from './frozen';
import { ownData, readJsonLines } from './jsonLines';

const DeepsetSchema = z.object({ text: z.string(), label: z.number().int() });
const TextSchema = z.object({ text: z.string() });
const MAIL_FILES = ['Ask0729-fixed.txt', 'testSet-qualifiedBatch-fixed.txt'];

export type Half = 'fit' | 'held';

/** Which half a text of somebody else's data belongs to: by its own hash, so that it never changes. */
export function halfOf(text: string): Half {
	return createHash('sha256').update(text).digest()[0] % 2 === 0 ? 'fit' : 'held';
}

export interface Labelled {
	text: string;
	/** Whether it is what is looked for. */
	wanted: boolean;
	/** Where it comes from: somebody else's set, our own rows, or ordinary mail and replies. */
	kind: 'deepset' | 'own' | 'other';
}

/** Rows of `prompt_injection_deepset` in one half. */
export function deepsetRows(folder: string, which: Half): Labelled[] {
	return readJsonLines(path.join(folder, 'prompt_injection_deepset/train.jsonl'), DeepsetSchema)
		.filter(({ text }) => halfOf(text) === which)
		.map(({ text, label }) => ({ text, wanted: label === 1, kind: 'deepset' as const }));
}

/** Sentences of business mail (`email_ask_parakweet`), all of them ordinary. */
export function businessMail(folder: string, which?: Half): string[] {
	return MAIL_FILES.flatMap((name) => readFileSync(path.join(folder, 'email_ask_parakweet', name), 'latin1').split('\n').filter(Boolean))
		.map((line) => line.split('\t')[1] ?? '')
		.filter((text) => which === undefined || halfOf(text) === which);
}

const texts = (name: string): string[] => readJsonLines(ownData(name), TextSchema).map(({ text }) => text);

/** A half of one of the gate's own sets; a test half only as it was frozen. */
const half = (set: string, which: 'dev' | 'test'): string => (which === 'test' ? frozenGateFile(`${set}.test.jsonl`) : `gate/${set}.dev.jsonl`);

/** The half of our own rows to show: an unseen one where there is one, else the tuning rows. */
export const shownHalf = (set: 'injection_attacks' | 'spam'): 'dev' | 'test' => (existsSync(ownData(`gate/${set}.test.jsonl`)) ? 'test' : 'dev');
/** What is said of figures of a half. */
export const worthOf = (which: 'dev' | 'test'): string =>
	which === 'test' ? 'Our own half is unseen.' : 'Development figures: our own unseen half is spent and was fitted on (its three runs: test/data/gate/testRuns.json), so what is found in our own rows shows the fit; a new half is needed.';

/** Our own attacks and harmless mentions. */
export function ownInjectionRows(which: 'dev' | 'test'): Labelled[] {
	return [
		...texts(half('injection_attacks', which)).map((text) => ({ text, wanted: true, kind: 'own' as const })),
		...texts(half('injection_benign', which)).map((text) => ({ text, wanted: false, kind: 'own' as const })),
	];
}

/** What customers write in nine languages; none of it is an attack. */
export function replyTexts(which: 'dev' | 'test'): string[] {
	return LABELLED_LANGUAGES.flatMap((language) => readLabelledReplies(language, which).map(({ text }) => text));
}

const SpamSchema = z.object({ text: z.string(), spam: z.boolean() });
const spamIn = (name: string): Labelled[] => readJsonLines(ownData(name), SpamSchema).map(({ text, spam }) => ({ text, wanted: spam, kind: 'own' }));

/** Our own spam and ordinary messages. */
export const ownSpamRows = (which: 'dev' | 'test'): Labelled[] => spamIn(half('spam', which));
/** The rows of the first measurement; both halves have been worked with since. */
const usedSpamRows = (): Labelled[] => [...spamIn('spam_dev.jsonl'), ...spamIn('spam_test.jsonl')];

const ordinary = (folder: string): Labelled[] => [...businessMail(folder, 'fit'), ...replyTexts('dev')].map((text) => ({ text, wanted: false, kind: 'other' }));
const asOthers = (list: readonly string[]): Labelled[] => list.map((text) => ({ text, wanted: false, kind: 'other' }));

/** All rows the weights for orders to a model are fitted on. */
export function injectionFittingRows(folder: string): Labelled[] {
	const harmless = [...texts('spam_dev.jsonl'), ...texts('gate/spam.dev.jsonl')];
	const mentions = texts('injection_benign.jsonl').map((text): Labelled => ({ text, wanted: false, kind: 'own' }));
	return [...deepsetRows(folder, 'fit'), ...ownInjectionRows('dev'), ...mentions, ...asOthers(harmless), ...ordinary(folder)];
}

/** All rows the weights for spam are fitted on. */
export function spamFittingRows(folder: string): Labelled[] {
	return [...ownSpamRows('dev'), ...usedSpamRows(), ...asOthers([...texts('injection_benign.jsonl'), ...texts('gate/injection_benign.dev.jsonl')]), ...ordinary(folder)];
}
