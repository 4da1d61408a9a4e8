import { draftId } from '../../engine/message/spine';
import type { Contact, Status } from '../../engine/message/contact';
import type { OutboundStatus } from '../../engine/message/outbound';
import type { SettingsPatch } from '../../engine/message/settings';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import { SANDBOX, type LoggedMessage, type ModelReply, type ModelRequest, type StandIns } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { OutboundRow, ReviewRow, Store } from '../../store/store';

/** The workspace of every account nobody assigned, and the one a second WhatsApp number belongs to. */
export const WORKSPACE = 'default';
export const SECOND = { workspace: 'second', phoneNumberId: '300000000000002' } as const;
/** A loaded machine is slow; what is waited for comes within a few seconds. */
export const PATIENCE_MS = 45_000;

const QUICK = { 'parameters.options.pollSeconds': 0.2, 'parameters.options.workspaces': `${WORKSPACE}, ${SECOND.workspace}` };

/** What the model says about a lead. */
export interface ModelAnswers {
	score: number;
	status: Status;
	/** Of the classification and of the draft, 0–1. Default 0.95. */
	confidence?: number;
	summary?: string;
	reply: string;
}

/** The whole pack in a real n8n, with everything outside played by stand-ins and the store looked at from outside. */
export interface World {
	readonly sandbox: Sandbox;
	readonly standIns: StandIns;
	readonly store: Store;
	/** What the model answers to the lead who writes this text: the latest word on a text counts. */
	script(text: string, answers: ModelAnswers | ModelReply): void;
	/** How many times the model was asked about the lead who wrote this text. */
	timesAsked(text: string): number;
	/** Writes as a lead on WhatsApp, through the signed webhook, and waits for its answer. */
	whatsApp(lead: { from: string; text: string; name?: string; messageId?: string; times?: number; timestamp?: number; phoneNumberId?: string }): Promise<void>;
	/** Posts to the webhook for leads and gives its answer. */
	leadWebhook(body: unknown): Promise<unknown>;
	set(patch: SettingsPatch, workspace?: string): Promise<void>;
	contact(reference: string, workspace?: string): Promise<Contact>;
	/** Everything planned for a contact, the newest first; nothing when nobody knows the contact. */
	rows(reference: string, workspace?: string): Promise<OutboundRow[]>;
	/** The contact's newest row once it stands there. */
	row(reference: string, status: OutboundStatus, workspace?: string): Promise<OutboundRow>;
	reviewsOf(row: OutboundRow): Promise<ReviewRow[]>;
	/** What reached a lead's address. */
	received(address: string): LoggedMessage[];
	/** A lead who writes now, and is answered, proves that everything before was taken up. */
	laterLeadAnswered(): Promise<void>;
	stop(): Promise<void>;
}

/** The id the answer must have: nothing but workspace, message and contact decide it. */
export function spineOf(row: OutboundRow): string {
	return draftId(row.workspace, row.inboundIds[0] ?? '', row.contactId);
}

/**
 * @param more workflows besides those between intake and dispatch
 * @param options anything else the sandbox is started with; `replacements` come on top of those that make it quick
 */
export async function startWorld(more: string[] = [], { replacements, ...options }: Omit<SandboxOptions, 'workflows'> = {}): Promise<World> {
	const sandbox = await startSandbox({
		...options,
		workflows: ['01', '02', '03', '04', ...more],
		replacements: {
			'03': { 'Conversation Ready': { ...QUICK, 'parameters.options.quietSeconds': 1.5 }, 'Generate With Confidence': { 'parameters.auditShare': 0 } },
			'04': { 'Send Due': QUICK, Settings: { 'assignments.twilioAccountSid': SANDBOX.twilioAccountSid, 'assignments.smsNumber': SANDBOX.smsNumber, 'assignments.fromEmail': SANDBOX.mailUser } },
			...replacements,
		},
	});
	try {
		const store = await sandbox.openStore();
		await store.accounts.upsert([{ channel: 'whatsapp', externalId: SECOND.phoneNumberId, workspace: SECOND.workspace, enabled: true }]);
		for (const workspace of [WORKSPACE, SECOND.workspace]) await store.settings.set(workspace, { kind: 'workspace' }, { mode: 'auto', killSwitch: false, replyDelaySeconds: 0 }, 'test');
		return worldOf(sandbox, store);
	} catch (error) {
		await sandbox.stop();
		throw error;
	}
}

function worldOf(sandbox: Sandbox, store: Store): World {
	const { standIns } = sandbox;
	const { script, timesAsked } = scriptedModel(standIns);
	let laterLeads = 0;
	const contact: World['contact'] = async (reference, workspace = WORKSPACE) => {
		return await waitFor(async () => (await store.contacts.find(workspace, [reference]))[0], { what: `the contact ${reference}`, timeoutMs: PATIENCE_MS });
	};
	const rows: World['rows'] = async (reference, workspace = WORKSPACE) => {
		const [known] = await store.contacts.find(workspace, [reference]);
		return known ? await store.outbound.list(workspace, { contactId: known.id, limit: 50 }) : [];
	};
	const row: World['row'] = async (reference, status, workspace = WORKSPACE) => {
		let last: OutboundRow | undefined;
		const found = async (): Promise<OutboundRow | undefined> => {
			[last] = await rows(reference, workspace);
			return last?.status === status ? last : undefined;
		};
		return await waitFor(found, { what: `a message to ${reference} that is ${status}`, timeoutMs: PATIENCE_MS }).catch((error: Error) => {
			throw new Error(`${error.message}; it is ${last?.status ?? 'not there'}: ${last?.sentence ?? ''}`);
		});
	};
	const whatsApp: World['whatsApp'] = async ({ from, ...lead }) => accepted(await standIns.meta.inboundWhatsApp({ from: from.replace('+', ''), ...lead }));
	return {
		sandbox,
		standIns,
		store,
		script,
		timesAsked,
		whatsApp,
		contact,
		rows,
		row,
		async leadWebhook(body) {
			const response = await fetch(sandbox.urlOf('01', 'Lead Webhook'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
			if (!response.ok) throw new Error(`The webhook answered with status ${response.status}: ${await response.text()}`);
			return await response.json();
		},
		async set(patch, workspace = WORKSPACE) {
			await store.settings.set(workspace, { kind: 'workspace' }, patch, 'test');
		},
		async reviewsOf({ workspace, id }) {
			return (await store.reviews.list(workspace, { limit: 100 })).filter(({ outboundId }) => outboundId === id);
		},
		received: (address) => {
			const own = standIns.inbox.list().filter(({ to }) => to.replace('+', '') === address.replace('+', ''));
			// Mail travels with its own line ends.
			return own.map((message) => ({ ...message, text: message.text.replaceAll('\r\n', '\n') }));
		},
		async laterLeadAnswered() {
			laterLeads += 1;
			const from = `+4477009019${String(laterLeads).padStart(2, '0')}`;
			const text = `Could you tell me more about your kitchens, please? My reference is later-${laterLeads}.`;
			script(text, { score: 50, status: 'CONTACTED', reply: 'Thank you for your message. A colleague will tell you more about our kitchens today.' });
			await whatsApp({ from, text, name: 'Later Lead' });
			await row(from, 'sent');
		},
		async stop() {
			await store.close();
			await sandbox.stop();
			await closeAllStores();
		},
	};
}

/** Throws when nobody listens at the webhook or it does not take what was delivered. */
export function accepted(statuses: readonly number[]): void {
	if (statuses.length === 0 || statuses.some((status) => status !== 200)) throw new Error(`The webhook answered ${statuses.join(', ') || 'nothing'}`);
}

/** Answers by the lead's text. A lead nobody scripted gets an error, so that nothing is sent that no test expects. */
export function scriptedModel(standIns: StandIns): Pick<World, 'script' | 'timesAsked'> {
	const answers = new Map<string, ModelAnswers | ModelReply>();
	const asked = new Map<string, number>();
	standIns.script.model((request) => {
		const shown = request.messages.map(({ text }) => text).join('\n');
		// As in the prompt, where the conversation is JSON.
		const text = [...answers.keys()].reverse().find((candidate) => shown.includes(JSON.stringify(candidate).slice(1, -1)));
		const answer = text === undefined ? undefined : answers.get(text);
		if (text === undefined || answer === undefined) return { status: 400, body: { error: { message: 'Nobody scripted an answer to this lead.', type: 'invalid_request_error' } } };
		asked.set(text, (asked.get(text) ?? 0) + 1);
		return 'reply' in answer ? { json: jsonFor(request, answer) } : answer;
	});
	return {
		script: (text, answer) => {
			answers.delete(text);
			answers.set(text, answer);
		},
		timesAsked: (text) => asked.get(text) ?? 0,
	};
}

function jsonFor({ schema }: ModelRequest, { score, status, confidence = 0.95, summary = 'The lead asked a question.', reply }: ModelAnswers): object {
	const properties = Object.keys(schema?.properties ?? {});
	if (properties.includes('subject')) return { text: reply, subject: null, confidence, reasoning: 'It answers what was asked.' };
	return { score, status, confidence, summary, reasons: ['asked a question'], newestMessage: null, ...(properties.includes('recommendedStage') ? { recommendedStage: null } : {}) };
}
