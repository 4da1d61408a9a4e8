const EPOCHS = 14;
const RATE = 0.1;
const DECAY = 1e-3;
/** Share of a row's features left out each time it is seen, so that no answer hangs on one word. */
const LEFT_OUT = 0.5;
/** A feature of one row alone says nothing. */
const FEWEST_ROWS = 2;
const FIRST_SQUARE = 1e-2;
const SEED = 20261120;

/** A row to fit on. */
export interface Sample {
	features: readonly [string, number][];
	/** Which answer is right. */
	answer: number;
	/** How much a mistake on it costs. */
	cost: number;
}

function randomOf(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return state / 0x7fffffff;
	};
}

function shuffle(order: number[], random: () => number): void {
	for (let i = order.length - 1; i > 0; i--) {
		const j = Math.floor(random() * (i + 1));
		[order[i], order[j]] = [order[j], order[i]];
	}
}

function placesOf(samples: readonly Sample[]): Map<string, number> {
	const counts = new Map<string, number>();
	for (const { features } of samples) for (const [feature] of features) counts.set(feature, (counts.get(feature) ?? 0) + 1);
	const places = new Map<string, number>();
	for (const [feature, count] of counts) if (count >= FEWEST_ROWS) places.set(feature, places.size);
	return places;
}

function toShares(scores: Float64Array): void {
	const top = Math.max(...scores);
	let sum = 0;
	for (let k = 0; k < scores.length; k++) sum += scores[k] = Math.exp(scores[k] - top);
	for (let k = 0; k < scores.length; k++) scores[k] /= sum;
}

/**
 * Multinomial logistic regression by adaptive gradient descent (AdaGrad) with weight decay and features left out at random
 * (Srivastava et al. 2014); the weights are the mean over the second half of the epochs. Deterministic.
 */
export function fitShares(samples: readonly Sample[], answers: number): Map<string, number[]> {
	const places = placesOf(samples);
	const known = samples.map(({ features }) => features.flatMap(([feature, amount]) => {
		const place = places.get(feature);
		return place === undefined ? [] : [{ at: place * answers, amount }];
	}));
	const weights = new Float64Array(places.size * answers);
	const squares = new Float64Array(weights.length).fill(FIRST_SQUARE);
	const sums = new Float64Array(weights.length);
	const random = randomOf(SEED);
	const order = samples.map((_, i) => i);
	const scores = new Float64Array(answers);
	for (let epoch = 0; epoch < EPOCHS; epoch++) {
		shuffle(order, random);
		for (const i of order) {
			const seen = known[i].filter(() => random() >= LEFT_OUT);
			scores.fill(0);
			for (const { at, amount } of seen) for (let k = 0; k < answers; k++) scores[k] += (weights[at + k] * amount) / (1 - LEFT_OUT);
			toShares(scores);
			scores[samples[i].answer] -= 1;
			for (const { at, amount } of seen) {
				const force = (amount / (1 - LEFT_OUT)) * samples[i].cost;
				for (let k = 0; k < answers; k++) {
					const gradient = scores[k] * force + DECAY * weights[at + k];
					squares[at + k] += gradient * gradient;
					weights[at + k] -= (RATE * gradient) / Math.sqrt(squares[at + k]);
				}
			}
		}
		if (epoch >= EPOCHS / 2) for (let at = 0; at < sums.length; at++) sums[at] += weights[at];
	}
	const counted = Math.floor(EPOCHS / 2);
	return new Map([...places].map(([feature, place]) => [feature, Array.from({ length: answers }, (_, k) => sums[place * answers + k] / counted)]));
}
