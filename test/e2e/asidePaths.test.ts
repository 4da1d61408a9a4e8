import { startSandbox, type ClientOptions, type Sandbox } from '../../sandbox/sandbox';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { OutboundStatus } from '../../engine/message/outbound';
import type { OutboundRow, Store } from '../../store/store';
import { makeModelAgreeable, question } from './support/agreeableModel';
import { leadPhone, planDueReplies } from './support/dueJobs';
import { accepted } from './world';

/** What leaves the straight way through the shipped workflows: one item that fails in the middle, an answer that says too little. */
const WORKSPACE = 'default';
const PATIENCE_MS = 45_000;
const UNCHECKABLE = 'This one breaks the check.';
const TIMELESS = 'no-time';
const QUICK = { 'parameters.options.pollSeconds': 0.2 };
/** A copy of the workflows whose Begin Send breaks down as a whole; n8n then passes on what went in. */
const BROKEN: ClientOptions = {
	...{ id: 'b', name: 'Client B', workspace: 'client-b', metaAppId: '900000000000002', metaAppSecret: 'sandbox-b-secret', mailUser: 'sales@b.example', phoneNumberId: '300000000000012', pageId: '400000000000012' },
	replacements: { '04': { 'Send Due': { 'parameters.options.leaseMinutes': 0.1 }, 'Begin Send': { 'parameters.operation': "={{ 'nothing known' }}" } } },
};

let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['02', '03', '04'],
		replacements: {
			'02': { 'Check What They Want': { 'parameters.workspace': `={{ $json.message.text === '${UNCHECKABLE}' ? '' : $json.message.workspace }}` } },
			'03': {
				'Conversation Ready': { ...QUICK, 'parameters.options.quietSeconds': 0 },
				'Generate With Confidence': { 'parameters.auditShare': 0 },
				'Best Send Time': { 'parameters.options': { notBefore: `={{ $json.message.text.includes('${TIMELESS}') ? 'some day' : '' }}`, replyPauseMin: 0, replyPauseMax: 1 } },
			},
			'04': { 'Send Due': QUICK },
		},
		clients: [BROKEN],
	});
	makeModelAgreeable(sandbox.standIns);
	store = await sandbox.openStore();
	await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0 }, 'test');
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

async function rowOf(phone: string, status: OutboundStatus): Promise<OutboundRow> {
	let seen: OutboundRow | undefined;
	return await waitFor(
		async () => {
			const [contact] = await store.contacts.find(WORKSPACE, [phone]);
			[seen] = contact ? await store.outbound.list(WORKSPACE, { contactId: contact.id, limit: 5 }) : [];
			return seen?.status === status ? seen : undefined;
		},
		{ what: `a message to ${phone} that is ${status}`, timeoutMs: PATIENCE_MS },
	).catch((error: Error) => {
		throw new Error(`${error.message}; it is ${seen?.status ?? 'not there'}: ${seen?.sentence ?? ''}`);
	});
}

const received = (phone: string): string[] => sandbox.standIns.inbox.list().filter(({ to }) => `+${to.replace('+', '')}` === phone).map(({ text }) => text);

describe('a batch in which one check fails', () => {
	it('still heeds the wish to stop behind it, and ends the run with an error that names the reason', async () => {
		const message = (from: string, id: string, body: string): object => ({ from, id, timestamp: String(Math.floor(Date.now() / 1000)), type: 'text', text: { body } });
		const contacts = ['4915160000001', '4915160000002'].map((waId) => ({ wa_id: waId, profile: { name: `Lead ${waId}` } }));
		const messages = [message('4915160000001', 'wamid.aside-1', UNCHECKABLE), message('4915160000002', 'wamid.aside-2', 'STOP')];
		const value = { messaging_product: 'whatsapp', metadata: { display_phone_number: SANDBOX.whatsappNumber, phone_number_id: SANDBOX.phoneNumberId }, contacts, messages };
		const body = { object: 'whatsapp_business_account', entry: [{ id: SANDBOX.whatsappBusinessId, changes: [{ field: 'messages', value }] }] };
		accepted(await sandbox.standIns.meta.rawEvent({ object: 'whatsapp_business_account', field: 'messages', accountId: SANDBOX.phoneNumberId, body }));

		await waitFor(async () => (await store.suppressions.check(WORKSPACE, [{ channel: 'whatsapp', address: '+4915160000002' }]))[0], { what: 'the opt-out', timeoutMs: PATIENCE_MS });
		const failed = await waitFor(async () => (await sandbox.api.executions({ workflowId: sandbox.workflows.get('02')?.id, status: 'error', includeData: true }))[0], { what: 'the failed run', timeoutMs: PATIENCE_MS });
		expect(failed.data?.resultData.error?.message).toMatch(/could not be recorded, checked or settled: 'Workspace' is empty/);
	}, 90_000);
});

describe('a draft without a time', () => {
	it('waits for a person, with the reason why', async () => {
		accepted(await sandbox.standIns.meta.inboundWhatsApp({ from: '4915160000003', name: 'Lea', text: question(TIMELESS) }));
		const row = await rowOf('+4915160000003', 'in_review');
		expect(row.sentence).toMatch(/Not Before/);
		expect(row.sentence).not.toMatch(/Nothing found|quality gate/i);
		expect(row.draft.text).toMatch(/kitchens/);
		expect(received('+4915160000003')).toEqual([]);
	}, 90_000);
});

describe('a channel that takes a message and names no ID', () => {
	it('leaves it uncertain, and sends it no second time', async () => {
		sandbox.standIns.script.next('whatsapp', { status: 200, body: { messaging_product: 'whatsapp' }, to: '4915160000004', when: 'after' });
		accepted(await sandbox.standIns.meta.inboundWhatsApp({ from: '4915160000004', name: 'Max', text: question('idless') }));
		const row = await rowOf('+4915160000004', 'uncertain');
		expect(row.sentence).toMatch(/named no message ID/);

		// Somebody else, answered later, proves that the dispatch went on.
		accepted(await sandbox.standIns.meta.inboundWhatsApp({ from: '4915160000005', name: 'Ida', text: question('later') }));
		await rowOf('+4915160000005', 'sent');
		expect(received('+4915160000004')).toHaveLength(1);
	}, 120_000);
});

describe('a Begin Send that breaks down', () => {
	it('sends nothing, and the message becomes due again', async () => {
		const { workspace, phoneNumberId } = BROKEN;
		const [id] = await planDueReplies(store, { count: 1, workspace, phoneNumberId });
		const lease = async (): Promise<number | undefined> => (await store.outbound.find(workspace, [id]))[0]?.leaseUntil;
		const first = await waitFor(lease, { what: 'the message to be claimed', timeoutMs: PATIENCE_MS });
		const again = await waitFor(async () => ((await lease()) ?? 0) > first, { what: 'the message to be claimed again', timeoutMs: PATIENCE_MS });
		expect(again).toBe(true);
		expect(await store.outbound.find(workspace, [id])).toMatchObject([{ status: 'claimed', attempts: 0 }]);
		expect(received(leadPhone(0))).toEqual([]);
	}, 120_000);
});
