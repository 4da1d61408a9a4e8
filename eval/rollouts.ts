import { PLAN_POLICY } from '../engine/experiment/plan';
import { rolloutLives, type RolloutLife, type RolloutWorld } from './rolloutWorld';
import type { Figure, Section } from './table';
import { uniform } from './uniform';

const SEED = 17;
/** Cold outreach, a warm list, and reviews of a small team. */
const BASES = { 'base 3.43 %': { perWeek: 1_000, rate: 0.0343 }, 'base 20 %': { perWeek: 1_000, rate: 0.2 }, 'approvals 70 %, 300 a week': { perWeek: 300, rate: 0.7 } } as const;

interface Asked {
	name: string;
	world: RolloutWorld;
	/** Share of the runs that the section as a whole makes. */
	part: number;
	count: (life: RolloutLife) => boolean;
	wanted?: Figure['wanted'];
}

const promoted = ({ end }: RolloutLife): boolean => end === 'promote';
const rolledBack = ({ end }: RolloutLife): boolean => end === 'roll_back';
const reachedHalf = ({ share }: RolloutLife): boolean => share >= 0.5;

/** What is asked of each world; worlds that are asked twice are simulated once. */
const ASKED: readonly Asked[] = [
	...Object.entries(BASES).flatMap(([name, base]): Asked[] => {
		const world = { ...base, ratio: 1 };
		return [
			{ name: `identical, ${name}: promoted`, world, part: 1, count: promoted, wanted: { atMost: 0.05 } },
			{ name: `identical, ${name}: rolled back for harm`, world, part: 1, count: rolledBack, wanted: { atMost: 0.05 } },
			{ name: `identical, ${name}: reaches 50 % of contacts`, world, part: 1, count: reachedHalf },
		];
	}),
	...Object.entries(BASES).map(([name, base]): Asked => ({ name: `20 % worse, ${name}: ever reaches 50 % of contacts`, world: { ...base, ratio: 0.8 }, part: 0.5, count: reachedHalf })),
	{ name: '25 % better, base 8 %: promoted', world: { perWeek: 1_000, rate: 0.08, ratio: 1.25 }, part: 0.5, count: promoted },
	{ name: 'twice the opt-outs and rejections (1 %, 10 %): rolled back', world: { ...BASES['base 20 %'], ratio: 1, harmRatio: 2 }, part: 0.5, count: rolledBack },
	{ name: 'three times the opt-outs and rejections: rolled back', world: { ...BASES['base 20 %'], ratio: 1, harmRatio: 3 }, part: 0.5, count: rolledBack },
	{ name: 'identical, falling 5 % a week from 20 %: promoted', world: { ...BASES['base 20 %'], ratio: 1, drift: 0.95 }, part: 0.5, count: promoted, wanted: { atMost: 0.05 } },
];

/** Weeks until half of those that ended so had ended. */
function medianWeek(lives: readonly RolloutLife[]): number | undefined {
	const weeks = lives.map(({ week }) => week).sort((a, b) => a - b);
	return weeks.at(Math.floor(weeks.length / 2));
}

/** Rollouts of candidates whose worth is known. */
export function rolloutsSection(runs = 100): Section {
	const simulated = new Map<string, RolloutLife[]>();
	const livesOf = ({ world, part }: Asked): RolloutLife[] => {
		const key = JSON.stringify(world);
		const lives = simulated.get(key) ?? rolloutLives(world, Math.ceil(runs * part), uniform(SEED + simulated.size));
		simulated.set(key, lives);
		return lives;
	};
	const figures = ASKED.map((asked): Figure => {
		const lives = livesOf(asked);
		return { name: asked.name, hits: lives.filter(asked.count).length, of: lives.length, ...(asked.wanted ? { wanted: asked.wanted } : {}) };
	});
	const rows = ASKED.filter(({ count, world }) => count !== reachedHalf && (world.ratio > 1 || world.harmRatio !== undefined)).map((asked) => `${asked.name}: half of them by week ${medianWeek(livesOf(asked).filter(asked.count)) ?? '–'}`);
	return { title: 'Rollouts (simulated)', note: `10 → 25 → 50 → 100 % by what compareVersions says, ${PLAN_POLICY.horizon} weekly looks, outcomes two weeks late, 1,000 contacts a week unless told otherwise. Seeds fixed.`, figures, rows };
}
