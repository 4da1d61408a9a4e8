import type { VersionMove, Store } from '../../store/store';
import type { CanaryComparison } from './compareCanary';

export interface Steered {
	action: 'ramped' | 'promoted' | 'rolled_back' | 'retired' | 'none';
	/** False when somebody else was quicker: nothing was changed. */
	changed: boolean;
	sentence: string;
}

const steered = (action: Steered['action'], { changed, sentence }: VersionMove): Steered => ({ action: changed ? action : 'none', changed, sentence });

/** Does what the figures say: the next share, everybody, or nobody any more. Waits where they say to wait. */
export async function followComparison(store: Store, workspace: string, comparison: CanaryComparison, by: string): Promise<Steered> {
	const { verdict, candidate: { version }, share, nextShare, token, sentence } = comparison;
	const change = { workspace, version, by, sentence };
	switch (verdict) {
		case 'ramp':
			return nextShare === undefined ? { action: 'none', changed: false, sentence } : steered('ramped', await store.models.setShare({ ...change, from: share, to: nextShare }));
		case 'promote':
			return steered('promoted', await store.models.promote({ ...change, token }));
		case 'roll_back':
			return steered('rolled_back', await store.models.rollBack({ ...change, from: 'canary', to: 'rolled_back' }));
		case 'worse':
		case 'no_difference':
			return steered('retired', await store.models.rollBack({ ...change, from: 'canary', to: 'retired' }));
		default:
			return { action: 'none', changed: false, sentence };
	}
}
