import { screenInbound } from '../engine/gate/screenInbound';
import { businessMail, ownSpamRows, shownHalf, worthOf } from './gateRows';
import type { Figure, Section } from './table';

const flagged = (text: string): boolean => screenInbound(text).spam.flagged;
const RECALL = { atLeast: 0.9 };
const FALSE_ALARMS = { atMost: 0.01 };

/** Our own rows alone: needs nobody else's data. */
export function ownSpamFigures(half: 'dev' | 'test'): Figure[] {
	const rows = ownSpamRows(half);
	const of = (wanted: boolean) => rows.filter((row) => row.wanted === wanted);
	return [
		{ name: `own ${half} half: recall`, hits: of(true).filter(({ text }) => flagged(text)).length, of: of(true).length, wanted: RECALL },
		{ name: `own ${half} half: false alarms`, hits: of(false).filter(({ text }) => flagged(text)).length, of: of(false).length, wanted: FALSE_ALARMS },
	];
}

/** Our own spam and ordinary messages, and business mail the weights have not seen. */
export function spamSection(folder: string): Section {
	const mail = businessMail(folder, 'held');
	const own = shownHalf('spam');
	return {
		title: 'Spam',
		note: `Machine-written, English and German with a few others, rows and lists by one author; business mail holds real advertising too, and its half was not fitted on. ${worthOf(own)}`,
		figures: [...ownSpamFigures(own), { name: 'business mail held half: false alarms', hits: mail.filter(flagged).length, of: mail.length, wanted: FALSE_ALARMS }],
	};
}
