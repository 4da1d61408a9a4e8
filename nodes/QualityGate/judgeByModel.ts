import type { Gate } from '../../engine/gate/gate';
import { askableModelChecks, modelCheckPrompt, ModelJudgementSchema, tooLongForModel, withModelOutcome, type ModelOutcome, type ModelQuestion } from '../../engine/gate/modelCheck';
import type { ModelAccess } from '../../llm/modelAccess';
import type { Store } from '../../store/store';
import { modelFailure, type NodeModel } from '../shared/model';
import { byWorkspace } from './byWorkspace';

/** One item after its rules. */
export interface RuledItem {
	workspace: string;
	gate: Gate;
	question: ModelQuestion;
	/** The draft or message the call is noted with. */
	correlationId?: string;
}

async function ask({ question, correlationId }: RuledItem, access: ModelAccess | undefined, model: NodeModel): Promise<ModelOutcome> {
	if (!access) return { why: model.why ?? 'no model is set' };
	const tooLong = tooLongForModel(question);
	if (tooLong !== undefined) return { why: tooLong };
	const prompt = modelCheckPrompt(question);
	try {
		const { value } = await access.completeStructured({ system: prompt.system, messages: [{ role: 'user', content: prompt.user }], schemaName: 'judgement' }, ModelJudgementSchema, {
			purpose: 'moderate',
			correlationId,
			template: prompt.template,
			signal: model.signal,
		});
		return { judgement: { ...value, findings: value.findings.map(({ kind, quote }) => ({ kind, quote: prompt.restore(quote) })) } };
	} catch (error) {
		// The rules have decided already; that nobody else looked is said, not hidden.
		return { why: modelFailure(error).why };
	}
}

/** Has a model look at what the rules did not block. One gate an item, in order; without a model the rules' own. */
export async function judgeByModel(store: Store | undefined, model: NodeModel | undefined, items: readonly RuledItem[]): Promise<Gate[]> {
	const gates = items.map(({ gate }) => gate);
	if (!model) return gates;
	for (const [workspace, places] of byWorkspace(items)) {
		const [settings] = store ? await store.settings.effective([{ workspace }]) : [];
		const access = model.access(workspace, settings);
		await Promise.all(
			places.map(async (place) => {
				const item = items[place];
				const asks = item.gate.verdict !== 'block' && askableModelChecks(item.question).length > 0;
				gates[place] = withModelOutcome(item.gate, item.question, asks ? await ask(item, access, model) : undefined);
			}),
		);
	}
	return gates;
}
