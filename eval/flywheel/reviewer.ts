import type { ReviewAction } from '../../engine/message/reviewAction';
import type { Random } from '../uniform';
import { isClumsy, withoutClumsy } from './texts';

/** How the simulated colleague decides. Whether a text brings answers, the colleague cannot see. Fixed beforehand. */
export const REVIEWER = {
	/** Share of the clumsy drafts they let pass. */
	overlooks: 0.1,
	/** Share of the clean drafts they change all the same. */
	taste: 0.04,
} as const;

/** The true chance that the colleague sends a draft unchanged. */
export const acceptance = (text: string): number => (isClumsy(text) ? REVIEWER.overlooks : 1 - REVIEWER.taste);

/** What the colleague does with a draft. */
export function reviewOf(text: string, rng: Random): ReviewAction {
	if (rng() < acceptance(text)) return { action: 'approve' };
	const better = isClumsy(text) ? withoutClumsy(text) : text.replace('Best regards', 'With best regards');
	return { action: 'edit', text: better };
}
