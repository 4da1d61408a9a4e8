import { createHash } from 'node:crypto';
import { DAY, iso, type EpochMs } from '../time';
import { decidingLabel } from './decidingLabel';
import { QUALITY_POLICY } from './exampleQuality';
import type { TrainingExclusion, TrainingFileName, TrainingManifest } from './manifest';
import { NearCopies } from './nearCopies';
import type { TrainingExample } from './trainingExample';
import { personExclusion, type ConsentRule, type TrainingPerson } from './trainingPerson';
import { TRAINING_POLICY } from './trainingPolicy';
import { rowsOf } from './trainingRows';
import { TEST_SHARE, trainingSplit, type TrainingSplit } from './trainingSplit';

export interface TrainingSetPlan {
	id: string;
	workspace: string;
	/** The workspace's own key for hashes of its contacts. */
	salt: string;
	since: EpochMs;
	until: EpochMs;
	leastQuality: number;
	consent: ConsentRule;
	createdAt: EpochMs;
	packVersion: string;
}

/** An example that is fit for the files, not yet in them. */
export interface ReadyExample {
	outboundId: string;
	contactId: string;
	split: TrainingSplit;
	lines: { file: TrainingFileName; line: string }[];
	counted: { label: string; channel: string; language: string; judgement: string };
}

/** What is known of a file when it is closed. */
export interface WrittenFile {
	rows: number;
	bytes: number;
	sha256: string;
	estimatedTokens: number;
}

const saltHash = (salt: string): string => createHash('sha256').update(`split ${salt}`).digest('hex').slice(0, 16);

/**
 * Decides, example after example in a fixed order, what goes into the files of an export, and counts what does not and why.
 * What it remembers has a fixed size. The same examples in the same order give the same files.
 */
export class TrainingSet {
	readonly #copies = new NearCopies();
	readonly #counts = { exclusions: new Map<string, number>(), label: new Map<string, number>(), channel: new Map<string, number>(), language: new Map<string, number>(), judgement: new Map<string, number>(), split: new Map<string, number>() };
	#read = 0;
	#written = 0;

	constructor(private readonly plan: TrainingSetPlan) {}

	/** What an example gives for the files; undefined, and counted, when it gives nothing. */
	take(example: TrainingExample, person: TrainingPerson): ReadyExample | undefined {
		this.#read += 1;
		const ready = this.judge(example, person);
		if (typeof ready !== 'string') return ready;
		add(this.#counts.exclusions, ready);
		return undefined;
	}

	private judge(example: TrainingExample, person: TrainingPerson): ReadyExample | TrainingExclusion {
		const { outboundId, contactId, channel, language, judgement } = example;
		const objection = personExclusion(person, channel, this.plan.consent);
		if (objection) return objection;
		if (judgement === 'rejected' ? example.instead === undefined : example.quality < this.plan.leastQuality) return 'low_quality';
		if (this.#written >= TRAINING_POLICY.mostExamples) return 'over_limit';
		const rows = rowsOf(example, person.identifiers, person.attributes);
		if ('excluded' in rows) return rows.excluded;
		const split = trainingSplit(contactId, this.plan.salt);
		const copy = this.#copies.take(split, rows);
		if (copy) return copy;
		const suffix = split === 'train' ? 'Train' : 'Test';
		const lines: ReadyExample['lines'] = [];
		if (rows.chat !== undefined) lines.push({ file: `sft${suffix}`, line: rows.chat });
		if (rows.pair !== undefined) lines.push({ file: `pairs${suffix}`, line: rows.pair });
		return { outboundId, contactId, split, lines, counted: { label: decidingLabel(example.labels) ?? 'none', channel, language, judgement } };
	}

	/** Says that an example was written to the files. */
	wrote({ split, counted }: ReadyExample): void {
		this.#written += 1;
		add(this.#counts.split, split);
		add(this.#counts.label, counted.label);
		add(this.#counts.channel, counted.channel);
		add(this.#counts.language, counted.language);
		add(this.#counts.judgement, counted.judgement);
	}

	/** Says that an example may not be written any more: its person was erased, or objected, since it was read. */
	withdrew(): void {
		add(this.#counts.exclusions, 'erased');
	}

	manifest(files: Readonly<Record<TrainingFileName, WrittenFile>>): TrainingManifest {
		const { id, workspace, salt, since, until, leastQuality, consent, createdAt, packVersion } = this.plan;
		const counts = this.#counts;
		return {
			format: 1,
			id,
			workspace,
			createdAt: iso(createdAt),
			packVersion,
			window: { since: iso(since), until: iso(until), maturityDays: TRAINING_POLICY.maturityMs / DAY },
			filters: { leastQuality, consent, mostTokensARow: TRAINING_POLICY.mostTokensARow },
			split: { by: 'contact', testShare: TEST_SHARE, saltHash: saltHash(salt) },
			read: this.#read,
			written: this.#written,
			exclusions: sorted(counts.exclusions),
			byLabel: sorted(counts.label),
			byChannel: sorted(counts.channel),
			byLanguage: sorted(counts.language),
			byJudgement: sorted(counts.judgement),
			bySplit: { train: counts.split.get('train') ?? 0, test: counts.split.get('test') ?? 0 },
			files: { ...files },
			sentence: this.sentence(files),
		};
	}

	private sentence({ sftTrain, sftTest, pairsTrain, pairsTest }: Readonly<Record<TrainingFileName, WrittenFile>>): string {
		const [most] = [...this.#counts.exclusions].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
		const left = most ? ` Most of what was left out: ${most[1]} × ${most[0].replaceAll('_', ' ')}.` : '';
		return `${sftTrain.rows} examples to train on and ${sftTest.rows} to test with, ${pairsTrain.rows} and ${pairsTest.rows} preference pairs, from ${this.#read} messages.${left}`;
	}
}

/** The least quality an export takes unless told otherwise. */
export const DEFAULT_LEAST_QUALITY = QUALITY_POLICY.least;

function add(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): Record<string, number> => Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
