/** How a fact reads in a reason; `value` undoes what `leadFeatures` did to the number. */
const FACTS: Readonly<Record<string, { name: string; value?: (stored: number) => string }>> = {
	leadMessages: { name: 'messages of the lead', value: (x) => `${Math.round(Math.expm1(x))}` },
	ourMessages: { name: 'messages of ours', value: (x) => `${Math.round(Math.expm1(x))}` },
	wordsAMessage: { name: 'words a message', value: (x) => `${Math.round(Math.expm1(x))}` },
	buyingWords: { name: 'buying words', value: (x) => `${x}` },
	responseShare: { name: 'share of our messages answered', value: (x) => `${Math.round(100 * x)} %` },
	daysSinceLast: { name: 'days since the last message', value: (x) => `${Math.round(Math.expm1(x))}` },
	daysSinceFirst: { name: 'days since the first message', value: (x) => `${Math.round(Math.expm1(x))}` },
	asksQuestion: { name: 'ends with a question', value: yesNo },
	rulesScore: { name: "rules' score", value: (x) => `${Math.round(100 * x)}` },
	company: { name: 'company known', value: yesNo },
	phone: { name: 'phone number known', value: yesNo },
	sentiment: { name: 'mood of the last message', value: (x) => x.toFixed(1) },
	needsAnswer: { name: 'waits for an answer', value: yesNo },
	icpScore: { name: 'fit with the ideal customer', value: (x) => `${Math.round(100 * x)}` },
	'icpScore:known': { name: 'fit with the ideal customer known', value: yesNo },
};

function yesNo(stored: number): string {
	return stored > 0 ? 'yes' : 'no';
}

function said(feature: string, stored: number): string {
	const fact = FACTS[feature];
	if (fact) return `${fact.name}${fact.value ? ` (${fact.value(stored)})` : ''}`;
	const [kind, value] = feature.split(/:(.*)/s);
	return value === undefined ? kind : `${kind} ${value.replaceAll('_', ' ')}${stored > 0 ? '' : ': no'}`;
}

export const FACTOR_POLICY = {
	/** Named of each sign. */
	most: 2,
	/** Log-odds a factor must move to be worth a word: about a tenth more or less. */
	weakest: 0.1,
} as const;

/** The strongest factors as plus and minus, plus first: `+ buying words (4)`, `− days since the last message (12)`. */
export function factorReasons(reasons: readonly { feature: string; effect: number }[], features: Readonly<Record<string, number>>): string[] {
	const strongest = [...reasons].filter(({ effect }) => Math.abs(effect) >= FACTOR_POLICY.weakest).sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect));
	// What a lead has not got is a reason only if it is a number: "not in banking" tells nobody anything.
	const telling = strongest.filter(({ feature }) => !feature.includes(':') || (features[feature] ?? 0) > 0);
	const named = (sign: '+' | '−', some: typeof telling): string[] => some.slice(0, FACTOR_POLICY.most).map(({ feature }) => `${sign} ${said(feature, features[feature] ?? 0)}`);
	return [...named('+', telling.filter(({ effect }) => effect > 0)), ...named('−', telling.filter(({ effect }) => effect < 0))];
}
