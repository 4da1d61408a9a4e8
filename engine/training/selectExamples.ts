import { folded } from '../message/foldedText';
import { redactPii } from '../privacy/redactPii';
import { MEMORY_POLICY, type MemoryExample } from './memory';
import { likeness, termVectors, type TermVector } from './termVectors';
import type { TrainingExample } from './trainingExample';

export interface SelectOptions {
	/** Examples wanted, at most. */
	size?: number;
	/** 0–1; examples below are left out. */
	leastQuality?: number;
}

/** What became of the examples offered, for the manifest and the sentence. */
export interface Selection {
	examples: MemoryExample[];
	/** Offered, and how many of them could be learnt from. */
	seen: number;
	fit: number;
	/** Left out as near repeats of one that was taken. */
	repeats: number;
}

interface Candidate {
	example: TrainingExample;
	cell: string;
	/** 0–1 */
	worth: number;
}

/**
 * Whether a memory may learn from it: a person sent it as it was or changed it first, or nobody read it and the lead
 * answered well. What was rejected, or earned an objection, an opt-out or a complaint, is no model for anybody.
 */
export function isFit({ judgement, reward, quality, text }: TrainingExample, leastQuality: number): boolean {
	if (judgement === 'rejected' || reward < 0 || quality < leastQuality) return false;
	if (judgement === 'automatic' && reward <= 0) return false;
	return text.trim() !== '' && text.length <= MEMORY_POLICY.longestText;
}

/** 0–1: quality, and up to as much again by what came of it. A meeting is worth more than a reply, but not ten times. */
function worthOf({ quality, reward, weight }: TrainingExample): number {
	const outcome = reward > 0 ? Math.sqrt(Math.min(10, Math.max(0, weight)) / 10) : 0;
	return Math.max(0, Math.min(1, quality)) * (0.4 + 0.6 * outcome);
}

/** The worthier first; equals in an order that does not depend on how they came. */
const byWorth = (a: Candidate, b: Candidate): number => b.worth - a.worth || (a.example.outboundId < b.example.outboundId ? -1 : 1);

/** Gathers examples of any number in bounded memory: of each intent, channel and language the worthiest are kept. */
export interface ExamplePool {
	offer(example: TrainingExample): void;
	select(): Selection;
}

export function createExamplePool({ size = MEMORY_POLICY.size, leastQuality = MEMORY_POLICY.leastQuality }: SelectOptions = {}): ExamplePool {
	const cells = new Map<string, Candidate[]>();
	const counts = new Map<string, number>();
	let [seen, fit] = [0, 0];
	const trim = (cell: Candidate[]): void => {
		cell.sort(byWorth);
		cell.length = Math.min(cell.length, MEMORY_POLICY.poolPerCell);
	};
	return {
		offer(example) {
			seen += 1;
			if (!isFit(example, leastQuality)) return;
			fit += 1;
			const cell = JSON.stringify([example.intent, example.channel, example.language]);
			counts.set(cell, (counts.get(cell) ?? 0) + 1);
			const kept = cells.get(cell) ?? [];
			cells.set(cell, kept);
			kept.push({ example, cell, worth: worthOf(example) });
			if (kept.length >= 2 * MEMORY_POLICY.poolPerCell) trim(kept);
		},
		select() {
			const candidates = [...cells.values()].flatMap((cell) => (trim(cell), cell)).sort(byWorth);
			const { taken, repeats } = choose(candidates, quotas(counts, size), size);
			return { examples: taken.map(({ example }) => frozen(example)), seen, fit, repeats };
		},
	};
}

/** The examples of a memory: worth most, unlike each other, and of every kind. The same examples in any order give the same memory. */
export function selectExamples(examples: Iterable<TrainingExample>, options: SelectOptions = {}): Selection {
	const pool = createExamplePool(options);
	for (const example of examples) pool.offer(example);
	return pool.select();
}

/** Places by intent, channel and language: by the root of how often each occurs, so that the rare kinds have theirs (largest remainders; at least one). */
function quotas(counts: ReadonlyMap<string, number>, size: number): Map<string, number> {
	const sum = [...counts.values()].reduce((total, count) => total + Math.sqrt(count), 0);
	const exact = [...counts].map(([cell, count]) => ({ cell, places: (size * Math.sqrt(count)) / sum }));
	let left = size - exact.reduce((total, { places }) => total + Math.floor(places), 0);
	const byRemainder = exact.toSorted((a, b) => (b.places % 1) - (a.places % 1) || (a.cell < b.cell ? -1 : 1));
	return new Map(byRemainder.map(({ cell, places }) => [cell, Math.max(1, Math.floor(places) + (left-- > 0 ? 1 : 0))]));
}

/** Greedy choice by maximal marginal relevance; first within the quotas, then with what is left over. */
function choose(candidates: readonly Candidate[], quota: ReadonlyMap<string, number>, size: number): { taken: Candidate[]; repeats: number } {
	const vectors = termVectors(candidates.map(({ example }) => example.text));
	const open = candidates.map((candidate, place) => ({ candidate, vector: vectors[place], alike: 0, gone: false }));
	const taken: Candidate[] = [];
	const byCell = new Map<string, number>();
	const byContact = new Map<string, number>();
	let repeats = 0;
	const take = (vector: TermVector, candidate: Candidate): void => {
		taken.push(candidate);
		byCell.set(candidate.cell, (byCell.get(candidate.cell) ?? 0) + 1);
		byContact.set(candidate.example.contactId, (byContact.get(candidate.example.contactId) ?? 0) + 1);
		const text = folded(candidate.example.text);
		for (const other of open) {
			if (other.gone) continue;
			other.alike = Math.max(other.alike, likeness(vector, other.vector));
			if (other.alike < MEMORY_POLICY.duplicate && folded(other.candidate.example.text) !== text) continue;
			other.gone = true;
			repeats += 1;
		}
	};
	for (const withinQuota of [true, false]) {
		while (taken.length < size) {
			let best: (typeof open)[number] | undefined;
			let gain = -Infinity;
			for (const one of open) {
				if (one.gone || (byContact.get(one.candidate.example.contactId) ?? 0) >= MEMORY_POLICY.perContact) continue;
				if (withinQuota && (byCell.get(one.candidate.cell) ?? 0) >= (quota.get(one.candidate.cell) ?? 0)) continue;
				const own = MEMORY_POLICY.worthWeight * one.candidate.worth - (1 - MEMORY_POLICY.worthWeight) * one.alike;
				if (own > gain) [best, gain] = [one, own];
			}
			if (!best) break;
			best.gone = true;
			take(best.vector, best.candidate);
		}
	}
	return { taken, repeats };
}

/** What of an example is frozen: the last turns, shortened, without addresses and numbers. */
function frozen({ outboundId, contactId, channel, language, intent, conversation, text, subject, labels, reward, quality }: TrainingExample): MemoryExample {
	const plain = (written: string): string => redactPii(written, { language }).text;
	const turns = conversation.slice(-MEMORY_POLICY.turns).map((turn) => ({ from: turn.from, text: plain(turn.text).slice(0, MEMORY_POLICY.longestTurn) }));
	return { outboundId, contactId, channel, language, intent, conversation: turns, text: plain(text), ...(subject === undefined ? {} : { subject: plain(subject) }), labels: [...labels], reward, quality };
}
