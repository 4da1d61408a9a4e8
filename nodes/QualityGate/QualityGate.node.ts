import { NodeConnectionTypes, type IExecuteFunctions, type INodeExecutionData, type INodeType, type INodeTypeDescription } from 'n8n-workflow';
import type { Gate } from '../../engine/gate/gate';
import { VERDICTS } from '../../engine/gate/gate';
import { epochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { executeBatch, settled, type Settled } from '../shared/batch';
import { openNodeModel, type NodeModel } from '../shared/model';
import { modelInput } from '../shared/modelParameters';
import { isToolRun } from '../shared/modelSource';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { qualityGateProperties } from './description';
import { gateInbound } from './gateInbound';
import { gateOutbound } from './gateOutbound';
import { readGateParameters, type GateParameters, type InboundParameters, type OutboundParameters } from './readGateParameters';

interface Result {
	verdict: Gate['verdict'];
	json: object;
}

async function decide(store: Store | undefined, items: GateParameters[], record: boolean, model: NodeModel | undefined): Promise<Settled<Result>[]> {
	const now = store ? await store.clock.now() : epochMs(Date.now());
	const outbound = items.filter((item): item is OutboundParameters => item.kind === 'outbound');
	const inbound = items.filter((item): item is InboundParameters => item.kind === 'inbound');
	const gates = (await gateOutbound(store, outbound, now, record, model)).map((result): Settled<Result> => (result.ok ? settled.ok({ verdict: result.value.verdict, json: { gate: result.value } }) : result));
	const verdicts = (await gateInbound(store, inbound, now, record, model)).map((result): Settled<Result> =>
		result.ok ? settled.ok({ verdict: result.value.inboundGate.verdict, json: { reply: result.value.reply, inboundGate: result.value.inboundGate } }) : result,
	);
	return items.map((item) => (item.kind === 'outbound' ? gates : verdicts).shift() ?? settled.failed(new Error('No verdict was reached')));
}

export class QualityGate implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Quality Gate',
		name: 'qualityGate',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: "={{ $parameter.check === 'inbound' ? 'Inbound message' : 'Outbound draft' }}",
		description: 'Checks what would be sent, or what a lead wrote, and tells whether it passes, needs a person, or must not go out',
		defaults: { name: 'Quality Gate' },
		inputs: [NodeConnectionTypes.Main, modelInput],
		outputs: [NodeConnectionTypes.Main, NodeConnectionTypes.Main, NodeConnectionTypes.Main],
		outputNames: ['Pass', 'Review', 'Block'],
		usableAsTool: true,
		credentials: [
			{ name: 'leadAutopilotModelApi', displayName: 'Model Credential (Optional)', required: false },
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
		],
		hints: [
			{
				message: 'Checks whose data is missing are listed under skipped in the result; they never pass silently.',
				displayCondition: "={{ $parameter.check === 'outbound' }}",
				whenToDisplay: 'beforeExecution',
				location: 'ndv',
				type: 'info',
			},
		],
		properties: qualityGateProperties,
	};

	methods = storeCredentialMethods;

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		// An agent's tool has one output and only looks: nothing is written.
		const tool = isToolRun(this);
		return await executeBatch<GateParameters, Result>(this, {
			outputs: tool ? 1 : VERDICTS.length,
			failedOutput: tool ? 0 : VERDICTS.indexOf('review'),
			read: (index, item) => readGateParameters(this, index, item),
			decide: async (items) =>
				await withStoreIfReachable(this, async (store, reason) => {
					if (!store) {
						const message = `Checked without the store (${reason ?? 'no reason given'}): opt-outs, mode and history were not looked up, and nothing was saved.`;
						this.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
					}
					const model = this.getNodeParameter('model', 0, 'none') === 'none' ? undefined : await openNodeModel(this, store);
					return await decide(store, items.map(({ params }) => params), !tool, model);
				}),
			write: ({ verdict, json }) => ({ output: tool ? 0 : VERDICTS.indexOf(verdict), json }),
		});
	}
}
