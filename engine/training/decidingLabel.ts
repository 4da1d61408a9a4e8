import { LABEL_RULES, OUTCOME_LABELS, type OutcomeLabel } from '../outcome/labels';

/** Whoever asked not to be written to again was driven away by the text, whatever else came of it. */
export const DROVE_AWAY: readonly OutcomeLabel[] = ['complaint', 'opt_out'];

const directionOrder = (label: OutcomeLabel): number => {
	if (DROVE_AWAY.includes(label)) return 0;
	return { '1': 1, '-1': 2, '0': 3, none: 4 }[`${LABEL_RULES[label].valence ?? 'none'}`];
};

/** All labels, the one that decides first: driven away, then what was gained by its weight, then what was lost, then the rest. */
export const BY_DECISION: readonly OutcomeLabel[] = OUTCOME_LABELS.toSorted((a, b) => directionOrder(a) - directionOrder(b) || LABEL_RULES[b].weight - LABEL_RULES[a].weight);

/** Of several labels of one message the one that says most about its text; undefined of none. */
export function decidingLabel(labels: readonly OutcomeLabel[]): OutcomeLabel | undefined {
	return BY_DECISION.find((label) => labels.includes(label));
}
