import type { WorkflowJson } from './n8n/importing';

/**
 * The production address of a node that n8n listens for.
 * @throws Error when the workflow is not there or the node has no address.
 */
export function webhookUrl(n8nUrl: string, workflow: WorkflowJson | undefined, nodeName: string): string {
	const node = workflow?.nodes.find(({ name }) => name === nodeName);
	if (workflow === undefined || node?.webhookId === undefined) throw new Error(`There is no webhook '${nodeName}' in ${workflow?.name ?? 'a workflow that was not imported'}`);
	const { type, webhookId, parameters } = node;
	if (type === 'n8n-nodes-base.webhook') return `${n8nUrl}/webhook/${String(parameters.path ?? webhookId)}`;
	if (type === 'n8n-nodes-base.formTrigger') return `${n8nUrl}/form/${webhookId}`;
	if (type.endsWith('.reviewDeskTrigger')) return `${n8nUrl}/webhook/${webhookId}/desk`;
	return `${n8nUrl}/webhook/${webhookId}/webhook`;
}
