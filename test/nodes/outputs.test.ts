import type { INode, INodeParameters, INodeType } from 'n8n-workflow';
import { NodeHelpers, Workflow } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { Outbox } from '../../nodes/Outbox/Outbox.node';

/** The outputs n8n shows for a node with these parameters. */
function outputNames(nodeType: INodeType, parameters: INodeParameters): (string | undefined)[] {
	const node: INode = { id: 'n', name: 'N', type: 'x', typeVersion: 1, position: [0, 0], parameters };
	const nodeTypes = { getByName: () => nodeType, getByNameAndVersion: () => nodeType, getKnownTypes: () => ({}) };
	const workflow = new Workflow({ nodes: [node], connections: {}, active: false, nodeTypes });
	return NodeHelpers.getNodeOutputs(workflow, node, nodeType.description).map((output) => (typeof output === 'string' ? output : output.displayName));
}

it.each([
	[new Outbox(), { operation: 'schedule' }, ['Scheduled', 'In Review', 'Blocked']],
	[new Outbox(), { operation: 'beginSend' }, ['Send', 'Do Not Send']],
	[new Outbox(), { operation: 'markSent' }, [undefined]],
	[new LeadAutopilot(), { resource: 'message', operation: 'record' }, ['Recorded', 'Already Decided']],
	[new LeadAutopilot(), { resource: 'message', operation: 'recordPayload' }, ['Recorded', 'Already Decided', 'Status', 'From Us']],
	[new LeadAutopilot(), { resource: 'contact', operation: 'get' }, [undefined]],
])('shows the outputs of the chosen operation', (nodeType, parameters, names) => {
	expect(outputNames(nodeType, parameters)).toEqual(names);
});
