import { readFileSync } from 'node:fs';
import path from 'node:path';
import { screenInbound } from '../engine/gate/screenInbound';
import { readReply } from '../engine/reply/readReply';
import type { Section } from './table';

const FILES = ['Ask0729-fixed.txt', 'testSet-qualifiedBatch-fixed.txt'];

/** False alarms and "needs an answer" on real mail sentences (`email_ask_parakweet`). */
export function businessMailSection(folder: string): Section {
	const rows = FILES.flatMap((name) => readFileSync(path.join(folder, 'email_ask_parakweet', name), 'latin1').split('\n').filter(Boolean)).map((line) => line.split('\t'));
	const count = { spam: 0, injection: 0, optOut: 0, asks: 0, found: 0, claimed: 0 };
	for (const [label, text = ''] of rows) {
		const screening = screenInbound(text);
		const reading = readReply(text, { language: 'en' });
		if (screening.spam.flagged) count.spam++;
		if (screening.injection.flagged) count.injection++;
		if (reading.optOut.wanted) count.optOut++;
		if (reading.needsAnswer) count.claimed++;
		if (label === 'Yes') count.asks++;
		if (label === 'Yes' && reading.needsAnswer) count.found++;
	}
	return {
		title: 'Ordinary business mail (email_ask_parakweet)',
		note: 'Single sentences; the set holds advertising and "click here to unsubscribe" too, so false alarms are an upper figure.',
		figures: [
			{ name: 'spam false alarms', hits: count.spam, of: rows.length, wanted: { atMost: 0.01 } },
			{ name: 'injection false alarms', hits: count.injection, of: rows.length, wanted: { atMost: 0.03 } },
			{ name: 'read as an opt-out', hits: count.optOut, of: rows.length },
			{ name: 'needs an answer: recall', hits: count.found, of: count.asks },
			{ name: 'needs an answer: precision', hits: count.found, of: count.claimed },
		],
	};
}
