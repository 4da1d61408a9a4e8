import { weighedInjection } from '../engine/gate/injectionPieces';
import { screenInbound } from '../engine/gate/screenInbound';
import { businessMail, deepsetRows, ownInjectionRows, shownHalf, worthOf, type Labelled } from './gateRows';
import type { Figure, Section } from './table';

const flagged = (text: string): boolean => screenInbound(text).injection.flagged;
/** The weights without the listed phrases, which were once fitted on all of deepset. */
const weighed = (text: string): boolean => weighedInjection(text).share >= 0.5;

const RECALL = { atLeast: 0.75 };
const FALSE_ALARMS = { atMost: 0.03 };

function figuresOf(name: string, rows: readonly Labelled[], calls: (text: string) => boolean): Figure[] {
	const of = (wanted: boolean) => rows.filter((row) => row.wanted === wanted);
	return [
		{ name: `${name}: recall`, hits: of(true).filter(({ text }) => calls(text)).length, of: of(true).length, wanted: RECALL },
		{ name: `${name}: false alarms`, hits: of(false).filter(({ text }) => calls(text)).length, of: of(false).length, wanted: FALSE_ALARMS },
	];
}

/** Our own rows alone: needs nobody else's data. */
export const ownInjectionFigures = (half: 'dev' | 'test'): Figure[] => figuresOf(`own ${half} half`, ownInjectionRows(half), flagged);

/** Attempts to steer the model, and harmless texts that mention the same words. */
export function injectionSection(folder: string): Section {
	const held = deepsetRows(folder, 'held');
	const mail = businessMail(folder, 'held');
	const own = shownHalf('injection_attacks');
	return {
		title: 'Prompt injection',
		note: `Weights were fitted on the other halves of deepset and business mail. deepset holds near-copies of one row in both halves, and its phrases were listed in view of all of it, so the weights alone are shown too; half of it asks for opinions no lead asks for. ${worthOf(own)}`,
		figures: [
			...figuresOf('deepset held half', held, flagged),
			...figuresOf('deepset held half, weights alone', held, weighed),
			...ownInjectionFigures(own),
			...figuresOf(`own ${own} half, weights alone`, ownInjectionRows(own), weighed),
			{ name: 'business mail held half: false alarms', hits: mail.filter(flagged).length, of: mail.length, wanted: FALSE_ALARMS },
		],
	};
}
