import { startSandbox, type ClientOptions, type Sandbox } from '../../sandbox/sandbox';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { OutboundRow, Store } from '../../store/store';
import { makeModelAgreeable, question } from './support/agreeableModel';
import { accepted } from './world';

/** Two clients of one agency: the whole set of workflows twice in one n8n, each with its own Meta app, accounts and workspace. */
const FIRST = { workspace: 'default', phoneNumberId: SANDBOX.phoneNumberId, pageId: SANDBOX.pageId };
const SECOND: ClientOptions = { id: 'b', name: 'Client B', workspace: 'client-b', metaAppId: '900000000000002', metaAppSecret: 'sandbox-b-secret', mailUser: 'sales@b.example', phoneNumberId: '300000000000012', pageId: '400000000000012' };
const BOTH = [FIRST, SECOND];
const WEBHOOKS = [
	['00', 'Lead Form'],
	['01', 'Lead Webhook'],
	['01', 'Lead Form'],
	['02', 'WhatsApp Trigger'],
	['02', 'Messenger Trigger'],
	['02', 'Instagram Trigger'],
] as const;
const QUICK = { 'parameters.options.pollSeconds': 0.2 };
const PATIENCE_MS = 45_000;

let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	// One mailbox and one Twilio account stand in for both, so only the first client listens there.
	const unused = { disabled: true };
	sandbox = await startSandbox({
		replacements: {
			'02': { 'Email Trigger': unused, 'Sent Mail Trigger': unused, 'Twilio Trigger': unused },
			'03': { 'Conversation Ready': { ...QUICK, 'parameters.options.quietSeconds': 0 }, 'Generate With Confidence': { 'parameters.auditShare': 0 }, 'Best Send Time': { 'parameters.options': { replyPauseMin: 0, replyPauseMax: 1 } } },
			'04': { 'Send Due': QUICK },
		},
		clients: [SECOND],
	});
	const { standIns } = sandbox;
	standIns.meta.subscriptions.ownAccounts(SANDBOX.metaAppId, [FIRST.phoneNumberId, FIRST.pageId]);
	standIns.meta.subscriptions.ownAccounts(SECOND.metaAppId, [SECOND.phoneNumberId, SECOND.pageId]);
	// The stand-in's echoes name the first client's app only.
	standIns.meta.automatic.echoes = false;
	makeModelAgreeable(standIns);
	store = await sandbox.openStore();
	for (const { workspace } of BOTH) await store.settings.set(workspace, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0 }, 'test');
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

/** The one message planned for the contact in a workspace, once it is sent. */
async function sentRow(workspace: string, reference: string): Promise<OutboundRow> {
	return await waitFor(
		async () => {
			const rows = await rowsOf(workspace, reference);
			return rows.find(({ status }) => status === 'sent');
		},
		{ what: `an answer to ${reference} from ${workspace}`, timeoutMs: PATIENCE_MS },
	);
}

async function rowsOf(workspace: string, reference: string): Promise<OutboundRow[]> {
	const [contact] = await store.contacts.find(workspace, [reference]);
	return contact ? await store.outbound.list(workspace, { contactId: contact.id, limit: 20 }) : [];
}

const sentTo = (to: string): { from: string; channel: string }[] => sandbox.standIns.inbox.list().filter((message) => message.to === to).map(({ from, channel }) => ({ from, channel }));

describe("a second client's copy of the whole set beside the first", () => {
	it('listens at addresses of its own', () => {
		for (const [number, node] of WEBHOOKS) expect(sandbox.urlOf(number, node, SECOND.id)).not.toBe(sandbox.urlOf(number, node));
		const callbacks = sandbox.standIns.meta.subscriptions.list().map(({ appId, object, callbackUrl }) => ({ appId, object, callbackUrl }));
		expect(new Set(callbacks.map(({ callbackUrl }) => callbackUrl)).size).toBe(callbacks.length);
		expect(callbacks.filter(({ appId }) => appId === SECOND.metaAppId).map(({ object }) => object).sort()).toEqual(['instagram', 'page', 'whatsapp_business_account']);
	});

	it('answers a lead who writes to both on WhatsApp once each, from the number written to', async () => {
		const from = '4915150000001';
		for (const { phoneNumberId, workspace } of BOTH) accepted(await sandbox.standIns.meta.inboundWhatsApp({ from, name: 'Lea', text: question(`for ${workspace}`), phoneNumberId }));

		const rows = await Promise.all(BOTH.map(async ({ workspace }) => await sentRow(workspace, `+${from}`)));
		expect(rows.map(({ accountId }) => accountId)).toEqual([FIRST.phoneNumberId, SECOND.phoneNumberId]);
		expect(sentTo(from).map((message) => message.from).sort()).toEqual([FIRST.phoneNumberId, SECOND.phoneNumberId].sort());
	}, 60_000);

	it('answers on Messenger from the page written to, and knows nothing of the other page’s leads', async () => {
		const people = ['7200000000000001', '7200000000000002'];
		for (const [place, { pageId }] of BOTH.entries()) accepted(await sandbox.standIns.meta.inboundPage({ platform: 'messenger', from: people[place], text: question(`page ${place}`), pageId }));

		await Promise.all(BOTH.map(async ({ workspace }, place) => await sentRow(workspace, people[place])));
		expect(people.map(sentTo)).toEqual(BOTH.map(({ pageId }) => [{ from: pageId, channel: 'messenger' }]));
		expect(await store.contacts.find(FIRST.workspace, [people[1]])).toEqual([undefined]);
		expect(await store.contacts.find(SECOND.workspace, [people[0]])).toEqual([undefined]);
	}, 60_000);

	it('keeps a lead from its own web form to itself, whatever workspace the payload names', async () => {
		const response = await fetch(sandbox.urlOf('01', 'Lead Webhook', SECOND.id), {
			method: 'POST',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify({ name: 'Ina', email: 'ina@haus.example', text: question('web'), workspace: FIRST.workspace }),
		});
		expect(response.status).toBe(200);

		expect((await store.contacts.find(SECOND.workspace, ['ina@haus.example']))[0]).toMatchObject({ name: 'Ina' });
		expect(await store.contacts.find(FIRST.workspace, ['ina@haus.example'])).toEqual([undefined]);
	}, 60_000);

	it('goes on answering a lead who wants no more messages from the other', async () => {
		const from = '4915150000002';
		const write = async (phoneNumberId: string, text: string): Promise<void> => accepted(await sandbox.standIns.meta.inboundWhatsApp({ from, name: 'Max', text, phoneNumberId }));
		await write(FIRST.phoneNumberId, 'STOP. Please do not write to me any more.');
		await waitFor(async () => (await store.suppressions.check(FIRST.workspace, [{ channel: 'whatsapp', address: `+${from}` }]))[0], { what: 'the opt-out', timeoutMs: PATIENCE_MS });
		await write(SECOND.phoneNumberId, question('still interested'));

		expect((await sentRow(SECOND.workspace, `+${from}`)).accountId).toBe(SECOND.phoneNumberId);
		expect(sentTo(from).map((message) => message.from)).toEqual([SECOND.phoneNumberId]);
		expect(await store.suppressions.check(SECOND.workspace, [{ channel: 'whatsapp', address: `+${from}` }])).toEqual([undefined]);
	}, 60_000);

	it('leaves no message in a workspace that came from an account of the other', async () => {
		for (const { workspace, phoneNumberId, pageId } of BOTH) {
			const rows = await store.outbound.list(workspace, { limit: 100 });
			expect(rows.length).toBeGreaterThan(0);
			expect(rows.filter(({ accountId }) => accountId !== undefined && accountId !== phoneNumberId && accountId !== pageId)).toEqual([]);
		}
	});
});
