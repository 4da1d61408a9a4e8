import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { OtherWorkspaceError } from '../../desk/access/workspaceStore';
import { createDesk } from '../../desk/createDesk';
import type { DeskDecision } from '../../desk/http/request';
import { asLanguage } from '../../desk/shell/language';
import { TABS } from '../../desk/tabs';
import { fieldsOf } from '../../engine/message/intake/parsed';
import { StoreBusyError, StoreUnavailableError } from '../../store/errors';
import { openStore } from '../../store/openStore';
import { readDeskCredential } from '../shared/deskCredential';
import { storeConfig } from '../shared/openNodeStore';
import { readDeskRequest } from './readDeskRequest';

/** What the workflow is told of a decision, after it is committed. */
function toItem({ kind, workspace, facts, sentence }: DeskDecision): IDataObject {
	return { desk: { kind, workspace, ...Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)), sentence } };
}

const OWN_FAULTS = [OtherWorkspaceError, StoreBusyError, StoreUnavailableError];

/** What the log is told of a fault while a request was answered. A message may quote what a lead wrote; the place never does. */
function faultOf(error: unknown): { reason: string; at?: string } {
	if (!(error instanceof Error)) return { reason: 'unknown' };
	if (OWN_FAULTS.some((known) => error instanceof known)) return { reason: error.message };
	const { name, message, stack = '' } = error;
	const at = stack.slice(stack.indexOf(message) + message.length).split('\n').find((line) => /^\s+at /.test(line))?.trim();
	return { reason: name, ...(at === undefined ? {} : { at }) };
}

/** Answers with the desk's page by itself, and starts the workflow when something was decided. */
export async function serveDesk(context: IWebhookFunctions): Promise<IWebhookResponseData> {
	const response = context.getResponseObject();
	const { defaultWorkspace } = fieldsOf(context.getNodeParameter('options', {}));
	const log = (fault: IDataObject): void => context.logger.error('autopilot_desk_failed', { node: context.getNode().name, ...fault });
	let desk;
	try {
		desk = createDesk({
			access: readDeskCredential(await context.getCredentials('leadAutopilotDeskApi')),
			openStore: async () => await openStore(await storeConfig(context)),
			tabs: TABS,
			language: asLanguage(context.getNodeParameter('language', 'en')) ?? 'en',
			...(typeof defaultWorkspace === 'string' && defaultWorkspace.trim() !== '' ? { defaultWorkspace: defaultWorkspace.trim() } : {}),
			onFault: (error) => log(faultOf(error)),
		});
	} catch (error) {
		log({ reason: error instanceof Error ? error.message : 'unknown' });
		response.setHeader('Content-Security-Policy', "default-src 'none'");
		response.status(503).type('text/plain').send('The desk is not set up: see autopilot_desk_failed in the n8n log.');
		return { noWebhookResponse: true };
	}
	const answer = await desk.handle(await readDeskRequest(context));
	for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, typeof value === 'string' ? value : [...value]);
	response.status(answer.status);
	if (answer.body === '') response.end();
	else response.send(answer.body);
	return answer.decided.length === 0 ? { noWebhookResponse: true } : { noWebhookResponse: true, workflowData: [answer.decided.map((decision) => ({ json: toItem(decision) }))] };
}
