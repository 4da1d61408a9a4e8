import type { ModelBackend } from './modelVersion';

/** What stands before anything was learnt: the node's own model without examples. The control of the first rollout. */
export const BASELINE_VERSION = 'v1.0.0';

export interface VersionNumber {
	major: number;
	minor: number;
	patch: number;
}

const WRITTEN = /^v(\d{1,6})\.(\d{1,6})\.(\d{1,6})$/;

/** The parts of `v2.1.0`; undefined for anything else. */
export function readVersion(text: string): VersionNumber | undefined {
	const parts = WRITTEN.exec(text.trim());
	return parts ? { major: Number(parts[1]), minor: Number(parts[2]), patch: Number(parts[3]) } : undefined;
}

export const writeVersion = ({ major, minor, patch }: VersionNumber): string => `v${major}.${minor}.${patch}`;

/** Older before newer. */
export const compareNumbers = (a: VersionNumber, b: VersionNumber): number => a.major - b.major || a.minor - b.minor || a.patch - b.patch;

/** What a number is given for. */
export interface NumberedVersion extends VersionNumber {
	backend: ModelBackend;
	/** What is trained on top of; the node's own model when absent. */
	baseModel?: string;
}

/**
 * The number of the next version. A training is a minor step, v2.1.0 → v2.2.0. Another backend or base model is a major
 * one: its drafts cannot be told apart by what it learnt. The same training made anew (examples frozen again after one was
 * withdrawn, a repaired upload) is a patch of the version it `repairs`.
 * @param all every version the workspace has had, in any order
 */
export function nextVersion(all: readonly NumberedVersion[], wanted: Pick<NumberedVersion, 'backend' | 'baseModel'>, repairs?: VersionNumber): VersionNumber {
	const sorted = all.toSorted(compareNumbers);
	if (repairs) {
		const { major, minor } = repairs;
		const patches = sorted.filter((one) => one.major === major && one.minor === minor).map(({ patch }) => patch);
		return { major, minor, patch: Math.max(repairs.patch, ...patches) + 1 };
	}
	const last = sorted.at(-1);
	if (!last) return { major: 1, minor: 0, patch: 0 };
	// The baseline was trained by nobody: the first training goes on from it.
	const same = writeVersion(last) === BASELINE_VERSION ? wanted.backend === 'example_memory' : last.backend === wanted.backend && last.baseModel === wanted.baseModel;
	return same ? { major: last.major, minor: last.minor + 1, patch: 0 } : { major: last.major + 1, minor: 0, patch: 0 };
}
