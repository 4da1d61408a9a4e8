import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { contactOperation } from './contactOperations';
import { applyStarterPack } from './applyStarterPack';
import { correctContact } from './correctContact';
import { leadAutopilotProperties } from './description';
import { addKnowledge } from './addKnowledge';
import { listKnowledge, removeKnowledge, searchKnowledgeBase } from './knowledgeOperations';
import { outputsOf } from '../shared/outputs';
import { eraseContact, exportContact } from './personalDataOperations';
import { confirmExecutions, executionsToDelete } from './executionOperations';
import { inviteReviewer } from './inviteReviewer';
import { recordMessages } from './recordMessages';
import { recordPayloads } from './recordPayloads';
import { reportOperations } from './reportOperations';
import { enrolContacts, getSequences, listEnrolments, saveSequences, SEQUENCE_OUTPUTS, stopContacts } from './sequenceOperations';
import { setStage } from './setStage';
import { resumeSender } from './resumeSender';
import { savePipeline, setAccount, settingsOperation } from './settingsOperations';
import { deskCredentialMethods } from '../shared/deskCredential';
import { storeCredentialMethods } from '../shared/storeCredentialTest';
import { readConversations } from './readConversations';
import { requestRuns } from './requestRuns';
import { contactsOfRun, finishRun, isCancelled, noteProgress, startRun, SYNC_OUTPUTS } from './syncOperations';
import { chosenName } from '../shared/subtitle';

/** Operations with named outputs, by resource and operation; all others have one output. */
const NAMED_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
	'message.record': ['Recorded', 'Already Decided'],
	'message.recordPayload': ['Recorded', 'Already Decided', 'Status', 'From Us'],
	...SEQUENCE_OUTPUTS,
	...SYNC_OUTPUTS,
};

type Run = (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>;

const SPECIAL: Readonly<Record<string, Run>> = {
	'message.record': async (context) => await recordMessages(context, false),
	'message.recordFromPerson': async (context) => await recordMessages(context, true),
	'message.recordPayload': recordPayloads,
	'contact.correct': correctContact,
	'contact.erase': eraseContact,
	'contact.export': exportContact,
	'contact.setStage': setStage,
	'desk.invite': inviteReviewer,
	'knowledge.add': addKnowledge,
	'knowledge.list': listKnowledge,
	'knowledge.remove': removeKnowledge,
	'knowledge.search': searchKnowledgeBase,
	'sequence.enrol': enrolContacts,
	'sequence.get': getSequences,
	'sequence.listEnrolments': listEnrolments,
	'sequence.save': saveSequences,
	'sequence.stop': stopContacts,
	'privacy.confirmExecutions': confirmExecutions,
	'privacy.getExecutions': executionsToDelete,
	'settings.applyStarterPack': applyStarterPack,
	'settings.get': async (context) => await settingsOperation(context, 'get'),
	'settings.set': async (context) => await settingsOperation(context, 'set'),
	'settings.resumeSender': resumeSender,
	'settings.setAccount': setAccount,
	'settings.savePipeline': savePipeline,
	'sync.finish': finishRun,
	'sync.getContacts': contactsOfRun,
	'sync.isCancelled': isCancelled,
	'sync.progress': noteProgress,
	'sync.readConversations': readConversations,
	'sync.request': requestRuns,
	'sync.start': startRun,
	...reportOperations,
};

export class LeadAutopilot implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Lead Autopilot',
		name: 'leadAutopilot',
		icon: { light: 'file:icon.svg', dark: 'file:icon.dark.svg' },
		group: ['transform'],
		version: 1,
		// Messages are what it is mostly used for, and the canvas cuts long subtitles.
		subtitle: `={{ ($parameter.resource === 'message' ? '' : ${chosenName(leadAutopilotProperties, 'resource')} + ': ') + ${chosenName(leadAutopilotProperties, 'operation')} }}`,
		description: 'Contacts, messages, knowledge, follow-up sequences, reports and settings of the autopilot',
		defaults: { name: 'Lead Autopilot' },
		usableAsTool: true,
		inputs: [NodeConnectionTypes.Main],
		outputs: outputsOf(NAMED_OUTPUTS, "$parameter.resource + '.' + $parameter.operation"),
		credentials: [
			{ name: 'leadAutopilotStoreApi', displayName: 'Store Credential (Optional)', required: false, testedBy: 'leadAutopilotStoreTest' },
			// n8n's own, as its Facebook Graph API node takes it: nobody has to fill it in twice.
			{ name: 'facebookGraphApi', required: true, displayOptions: { show: { resource: ['sync'], operation: ['readConversations'] } } },
			{ name: 'leadAutopilotDeskApi', displayName: 'Desk Credential', required: true, testedBy: 'leadAutopilotDeskTest', displayOptions: { show: { resource: ['desk'] } } },
		],
		properties: leadAutopilotProperties,
	};

	methods = { credentialTest: { ...storeCredentialMethods.credentialTest, ...deskCredentialMethods.credentialTest } };

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const resource = String(this.getNodeParameter('resource', 0));
		const operation = String(this.getNodeParameter('operation', 0));
		const run = SPECIAL[`${resource}.${operation}`];
		return run ? await run(this) : await contactOperation(this, operation);
	}
}
