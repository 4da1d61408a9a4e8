import { isDeepStrictEqual } from 'node:util';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { pageId, STARTER_LANGUAGES, starterPack, TRADES, type StarterPack } from '../../engine/starter/starterPack';
import type { Store } from '../../store/store';
import { commitIsolated, executeBatch, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { readOptionalText, readText } from '../shared/readParameter';
import { documentInput } from './addKnowledge';

interface ApplyParams {
	workspace: string;
	pack: StarterPack;
	pipelineId: string;
	overwrite: boolean;
	by: string;
}

/** added: was not there. unchanged: was there like this. kept: is there, differs, and was left alone. replaced: the same, overwritten. */
type Done = 'added' | 'unchanged' | 'kept' | 'replaced';
interface Part {
	part: 'pipeline' | 'replies' | 'sequence' | 'knowledge';
	name: string;
	done: Done;
}

/** What is done about a part, by what is there. `same` is undefined when nothing is. */
function doneTo(same: boolean | undefined, overwrite: boolean): Done {
	if (same === undefined) return 'added';
	if (same) return 'unchanged';
	return overwrite ? 'replaced' : 'kept';
}
const writes = (done: Done): boolean => done === 'added' || done === 'replaced';

async function applyPipeline(store: Store, { workspace, pack, pipelineId, overwrite }: ApplyParams): Promise<Part> {
	const wanted = { id: pipelineId, ...pack.pipeline };
	const [known] = await store.pipelines.find(workspace, [pipelineId]);
	const done = doneTo(known && isDeepStrictEqual(known, wanted), overwrite);
	if (writes(done)) await store.pipelines.save(workspace, [wanted]);
	return { part: 'pipeline', name: pack.pipeline.name, done };
}

async function applyReplies(store: Store, { workspace, pack, overwrite, by }: ApplyParams): Promise<Part> {
	const wanted = { language: pack.language, bodies: pack.replies };
	const known = (await store.settings.scopes(workspace, 1)).find(({ kind }) => kind === 'workspace')?.patch.replyTemplates;
	const done = doneTo(known && isDeepStrictEqual(known, wanted), overwrite);
	if (writes(done)) await store.settings.set(workspace, { kind: 'workspace' }, { replyTemplates: wanted }, by);
	return { part: 'replies', name: `${Object.keys(pack.replies).length} reply templates`, done };
}

async function applySequence(store: Store, { workspace, pack, overwrite, by }: ApplyParams): Promise<Part> {
	const [known] = await store.sequences.find(workspace, [pack.sequence.id]);
	const done = doneTo(known && isDeepStrictEqual(known.sequence, pack.sequence), overwrite);
	if (writes(done)) await store.sequences.save(workspace, [pack.sequence], { by });
	return { part: 'sequence', name: pack.sequence.name, done };
}

async function applyKnowledge(store: Store, { workspace, pack, overwrite }: ApplyParams): Promise<Part[]> {
	const pages = pack.knowledge.map(({ id, title, text }) => documentInput(text, { title, id: pageId(pack, id) }));
	const hashes = await store.knowledge.hashes(workspace, 'document', pages.map(({ id }) => id));
	const parts = pages.map((page, place): Part => ({ part: 'knowledge', name: page.title ?? page.id, done: doneTo(hashes[place] === undefined ? undefined : hashes[place] === page.hash, overwrite) }));
	await store.knowledge.put(workspace, pages.filter((_, place) => writes(parts[place].done)));
	return parts;
}

async function apply(store: Store, params: ApplyParams): Promise<object> {
	const { pack } = params;
	const parts = [await applyPipeline(store, params), await applyReplies(store, params), await applySequence(store, params), ...(await applyKnowledge(store, params))];
	const count = (done: Done): number => parts.filter((part) => part.done === done).length;
	const said = (['added', 'replaced', 'unchanged', 'kept'] as const).flatMap((done) => (count(done) === 0 ? [] : [`${count(done)} ${done === 'kept' ? 'kept as you have them' : done}`]));
	const sentence = `${pack.name} (${pack.language}): ${said.join(', ')}.${count('kept') > 0 ? ' Overwrite replaces those, too.' : ''} Fill in what stands in [[double brackets]] first.`;
	const pages = pack.knowledge.map(({ id, title }) => ({ sourceId: pageId(pack, id), title }));
	return { starterPack: { trade: pack.id, language: pack.language, name: pack.name, parts, pages, compliance: pack.compliance, changeFirst: pack.changeFirst, sentence } };
}

/** Apply Starter Pack: each part is written where nothing is, and left alone where a person changed it. Doing it again changes nothing. */
export async function applyStarterPack(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<ApplyParams, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const trade = TRADES.find((one) => one === readOptionalText(context, 'trade', index));
			const language = STARTER_LANGUAGES.find((one) => one === readOptionalText(context, 'packLanguage', index));
			if (!trade || !language) throw new ItemInputError("'Trade' or 'Pack Language' is not known", `Use one of: ${TRADES.join(', ')}; ${STARTER_LANGUAGES.join(' or ')}.`);
			return {
				workspace: readText(context, 'workspace', index, 'Workspace'),
				pack: starterPack(trade, language),
				pipelineId: readText(context, 'packPipeline', index, 'Pipeline ID'),
				overwrite: context.getNodeParameter('overwrite', index, false) === true,
				by: readOptionalText(context, 'changedBy', index) ?? 'workflow',
			};
		},
		decide: async (items) =>
			await withStore(context, async (store) => {
				const results: Settled<object>[] = [];
				// One after the other: what the first item added is there for the second.
				for (const { params } of items) results.push(...(await commitIsolated([params], async ([one]) => [await apply(store, one)])));
				return results;
			}),
		write: (json) => ({ output: 0, json }),
	});
}
