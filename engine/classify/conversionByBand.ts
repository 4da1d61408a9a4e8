import { shareInterval } from '../statistics/binomial';
import { bandOf, SCORE_BANDS } from './bands';

export interface BandConversion {
	/** cold, warm, hot or ready to close. */
	band: string;
	/** Lowest and highest score of the band, 0–100. */
	from: number;
	to: number;
	/** Whose window is over. */
	contacts: number;
	conversions: number;
	/** 0–1, with its exact two-sided 95 % interval; absent without contacts. */
	share?: number;
	low?: number;
	high?: number;
	sentence: string;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** What share of the leads of each score band converted, the highest band first. Interval: Clopper & Pearson 1934. */
export function conversionByBand(scores: readonly { score: number; contacts: number; conversions: number }[]): BandConversion[] {
	return SCORE_BANDS.map(({ from, name }, place) => {
		const own = scores.filter(({ score }) => bandOf(score).from === from);
		const contacts = own.reduce((sum, one) => sum + one.contacts, 0);
		const conversions = own.reduce((sum, one) => sum + one.conversions, 0);
		const to = place === 0 ? 100 : SCORE_BANDS[place - 1].from - 1;
		const base = { band: name, from, to, contacts, conversions };
		if (contacts === 0) return { ...base, sentence: `No lead scored ${from}–${to} (${name}) has had its time yet.` };
		const share = conversions / contacts;
		const { low, high } = shareInterval(conversions, contacts);
		return { ...base, share, low, high, sentence: `Of ${contacts} leads scored ${from}–${to} (${name}), ${conversions} converted: ${percent(share)}, between ${percent(low)} and ${percent(high)} with 95 % certainty.` };
	});
}
