import type { IExecuteFunctions } from 'n8n-workflow';
import type { Draft } from '../../engine/draft/draft';
import type { ModelAccess } from '../../llm/modelAccess';
import type { NewDraft, OutboundRow, Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { addressOn } from '../shared/leadFromItem';
import { openNodeModel, type NodeModel } from '../shared/model';
import { perWorkspace } from '../shared/perWorkspace';
import { draftSaver } from './draftSaver';
import { learnOnce, type Learner } from './learnOnce';
import { loadRequests, type LoadedRequest } from './loadRequests';
import type { DraftRequest } from './readDraftRequest';
import { withKnowledge } from './withKnowledge';
import { withServingVersion } from './withServingVersion';
import { withWinningStrategies } from './withWinningStrategies';
import { writeDraft } from './writeDraft';

type Save = (draft: NewDraft) => Promise<OutboundRow>;

function newDraft({ request, about, contactId }: LoadedRequest, draft: Draft): NewDraft {
	const { workspace, id, channel, message, purpose, variant } = request;
	const score = request.score ?? about.score;
	return {
		workspace,
		id,
		contactId,
		channel,
		to: addressOn(channel, about),
		...(message?.accountId !== undefined && { accountId: message.accountId }),
		...(message && { threadId: message.threadId }),
		inboundIds: purpose === 'reply' && message ? [...new Set([message.id, ...(message.mergedIds ?? [])])] : [],
		purpose,
		draft,
		...(variant && { variant }),
		...(score !== undefined && { score }),
	};
}

async function generate(loaded: LoadedRequest, access: ModelAccess | undefined, model: NodeModel, learner: Learner, save: Save | undefined): Promise<Settled<Draft>> {
	try {
		if (loaded.existing) return settled.ok(loaded.existing.draft);
		const missing = loaded.serving?.missing;
		if (missing !== undefined) throw new ItemInputError(`There is no model version '${missing}'`, "Look it up with Model Trainer's Leaderboard, or choose 'Deployed' under 'Model Version'.");
		const draft = await writeDraft(loaded, access, model, learner);
		return settled.ok(save ? (await save(newDraft(loaded, draft))).draft : draft);
	} catch (error) {
		return settled.failed(error);
	}
}

/** Drafts a batch: what was drafted before is returned, the rest is written and stored as it arrives. One result an item, in order. */
export async function generateDrafts(context: IExecuteFunctions, store: Store | undefined, items: ReadItem<DraftRequest>[]): Promise<Settled<Draft>[]> {
	const model = await openNodeModel(context, store);
	const save = store && draftSaver(store);
	return await perWorkspace(
		items,
		({ params }) => params.workspace,
		async (workspace, group) => {
			const known = await withKnowledge(store, workspace, await withWinningStrategies(store, workspace, await loadRequests(store, workspace, group.map(({ params }) => params))));
			const loaded = await withServingVersion(context, store, workspace, model, known);
			const accessTo = ({ serving }: LoadedRequest): ModelAccess | undefined => model.access(workspace, loaded[0].settings, serving?.version?.modelId);
			const learner = learnOnce(store, workspace);
			const drafts = new Map<string, Promise<Settled<Draft>>>();
			for (const one of loaded) {
				// The same message twice in one batch is one draft, paid for once.
				if (!drafts.has(one.request.id)) drafts.set(one.request.id, generate(one, accessTo(one), model, learner, save));
			}
			return await Promise.all(loaded.map(async ({ request }) => (await drafts.get(request.id)) ?? settled.failed(new Error('The draft was not written.'))));
		},
	);
}
