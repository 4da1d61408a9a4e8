import { z } from 'zod';
import { readVersion } from '../../../engine/training/versionNumber';
import { compareCanary } from '../../versions/compareCanary';
import { defineAction } from '../tab';
import type { ModelsWords } from './en';

const VersionSchema = z.string().max(40).refine((text) => readVersion(text) !== undefined);
/** `token` stands for the figures the page showed. */
const PromoteSchema = z.object({ version: VersionSchema, token: z.string().regex(/^[0-9a-f]{16}$/) });
const RollBackSchema = z.object({ version: VersionSchema, from: z.enum(['canary', 'deployed']), reason: z.string().trim().max(300).optional() });

const invalid = (words: ModelsWords): string => words.versions.unreadable;

export const promote = defineAction<ModelsWords, z.infer<typeof PromoteSchema>>({
	role: 'admin',
	schema: PromoteSchema,
	invalid,
	async run({ store, workspace, reviewer }, { version, token }, { versions: words }) {
		const comparison = await compareCanary(store, workspace, { keep: true });
		if (comparison?.candidate.version !== version) return { refused: words.quicker };
		// What is promoted on are the figures that were seen, not those of a moment later.
		if (comparison.token !== token) return { refused: words.changedMeanwhile };
		const sentence = `${reviewer.email} promoted ${version} to everybody.`;
		const { changed } = await store.models.promote({ workspace, version, token, by: reviewer.email, sentence });
		if (!changed) return { refused: words.quicker };
		return { notice: words.promoted(version), decided: [{ kind: 'model_promoted', workspace, facts: { version, replaced: comparison.control.version, verdict: comparison.verdict, token }, sentence }] };
	},
});

export const rollBack = defineAction<ModelsWords, z.infer<typeof RollBackSchema>>({
	role: 'admin',
	schema: RollBackSchema,
	invalid,
	async run({ store, workspace, reviewer }, { version, from, reason = '' }, { versions: words }) {
		const sentence = `${reviewer.email} rolled ${version} back${reason === '' ? '' : `: ${reason.replace(/\.$/, '')}`}.`;
		const { changed } = await store.models.rollBack({ workspace, version, from, to: 'rolled_back', by: reviewer.email, sentence });
		if (!changed) return { refused: words.quicker };
		return { notice: words.rolledBack(version), decided: [{ kind: 'model_rolled_back', workspace, facts: { version, from, reason: reason === '' ? undefined : reason }, sentence }] };
	},
});
