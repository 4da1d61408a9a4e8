import { z } from 'zod';
import { valueFigure, type Figure } from './figure';
import type { DayCost, RevenueCounts } from './healthRows';
import { dateOf } from './period';

export const CostDaySchema = z.object({ date: z.string(), calls: z.number(), unpriced: z.number(), usd: z.number(), sentence: z.string() });
export type CostDay = z.infer<typeof CostDaySchema>;
export const RevenueSchema = z.object({
	/** ISO 4217; absent where the report named none. */
	currency: z.string().optional(),
	deals: z.number(),
	value: z.number(),
	/** The part that came of a message of ours. */
	attributed: z.number(),
	sentence: z.string(),
});
export type Revenue = z.infer<typeof RevenueSchema>;

export function costDays(costs: readonly DayCost[]): CostDay[] {
	return costs.toSorted((a, b) => a.day - b.day).map(({ day, calls, unpriced, usd }) => ({ date: dateOf(day), calls, unpriced, usd, sentence: `${dateOf(day)}: ${usd.toFixed(2)} USD for ${calls} model ${calls === 1 ? 'call' : 'calls'}${unpriced > 0 ? `, ${unpriced} of unknown price not counted` : ''}.` }));
}

/** What models cost in all, a message that left, and a contact that replied. */
export function costFigures(costs: readonly DayCost[], { sent, replies }: { sent: number; replies: number }): Figure[] {
	const calls = costs.reduce((sum, one) => sum + one.calls, 0);
	const unpriced = costs.reduce((sum, one) => sum + one.unpriced, 0);
	const usd = costs.reduce((sum, one) => sum + one.usd, 0);
	const known = calls > unpriced;
	const missing = unpriced > 0 ? `, ${unpriced} of unknown price not counted` : '';
	const per = (count: number): number | undefined => (count > 0 && known ? usd / count : undefined);
	return [
		valueFigure('modelCost', 'Model cost', { value: known || calls === 0 ? usd : undefined, unit: 'usd', of: calls, detail: `${calls} calls${missing}` }),
		valueFigure('costPerSent', 'Model cost a sent message', { value: per(sent), unit: 'usd', of: sent, detail: `${sent} sent` }),
		valueFigure('costPerReply', 'Model cost a contact that replied', { value: per(replies), unit: 'usd', of: replies, detail: `${replies} replied` }),
	];
}

const amount = (value: number, currency: string | undefined): string => `${Number(value.toFixed(2))} ${currency ?? 'of no named currency'}`;

/** A line a currency; sums of different currencies are never made. */
export function revenueByCurrency(rows: readonly RevenueCounts[]): Revenue[] {
	return rows
		.toSorted((a, b) => b.deals - a.deals || ((a.currency ?? '') < (b.currency ?? '') ? -1 : 1))
		.map(({ currency, deals, valued, value, attributed }) => {
			const unvalued = deals > valued ? `, ${deals - valued} without a value` : '';
			const sentence = `${deals} ${deals === 1 ? 'deal' : 'deals'} won: ${amount(value, currency)}${unvalued}; ${amount(attributed, currency)} of it came of our messages.`;
			return { ...(currency === undefined ? {} : { currency }), deals, value, attributed, sentence };
		});
}
