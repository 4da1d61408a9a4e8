import { createHmac } from 'node:crypto';
import type { IDataObject, INodeParameters, INodeType } from 'n8n-workflow';
import { hashPassword } from '../../desk/access/password';
import { deskId } from '../../desk/access/signature';
import { TABS } from '../../desk/tabs';
import { ClassifyLead } from '../../nodes/ClassifyLead/ClassifyLead.node';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { Outbox } from '../../nodes/Outbox/Outbox.node';
import { OutcomeTrigger } from '../../nodes/OutcomeTrigger/OutcomeTrigger.node';
import { QualityGate } from '../../nodes/QualityGate/QualityGate.node';
import { ReviewDeskTrigger } from '../../nodes/ReviewDeskTrigger/ReviewDeskTrigger.node';
import { useEmbeddedStore } from '../nodes/embeddedStore';
import { useModelStandIn } from '../nodes/modelStandIn';
import { runNode, type RunOptions } from '../nodes/runNode';
import { listen } from '../nodes/runWebhook';
import { ATTACKS } from './hostileTexts';

/** What must stand in no line of a log: a person, what they wrote, and what we sign in with. */
const PHONE = '4915112345678';
const EMAIL = 'private.person@mail.example';
const TEXT = `My daughter Karoline is ill ${ATTACKS['a line of a log']}`;
const NAME = 'Wilhelmina Privat';
const SECRET = 'hook-secret-that-nobody-may-read';
const DESK_SECRET = 'a secret that is only for tests, 0123456789';
const PRIVATE = [PHONE, PHONE.slice(2), EMAIL, 'private.person', 'Karoline', 'Wilhelmina', SECRET, DESK_SECRET, 'forged', '\u001b'];

const lines: string[] = [];
const leaked = (): string[] => PRIVATE.filter((one) => lines.join('\n').includes(one));

describe('the log', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();
	beforeEach(() => {
		lines.length = 0;
		for (const stream of [process.stdout, process.stderr]) {
			jest.spyOn(stream, 'write').mockImplementation((chunk: string | Uint8Array) => {
				lines.push(String(chunk));
				return true;
			});
		}
		for (const level of ['log', 'info', 'warn', 'error', 'debug'] as const) jest.spyOn(console, level).mockImplementation((...said: unknown[]) => void lines.push(said.map(String).join(' ')));
	});
	afterEach(() => jest.restoreAllMocks());

	const run = async (node: INodeType, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}): Promise<IDataObject[]> => {
		const { outputs, logged } = await runNode(node, items, { parameters, continueOnFail: true, ...options });
		lines.push(...logged.map((line) => JSON.stringify(line)));
		return outputs.flat().map(({ json }) => json);
	};
	const record = async (): Promise<IDataObject> => {
		const value = { metadata: { phone_number_id: '300' }, contacts: [{ profile: { name: NAME }, wa_id: PHONE }], messages: [{ from: PHONE, id: 'wamid.private', timestamp: String(Math.floor(Date.now() / 1000) - 60), type: 'text', text: { body: `${TEXT} ${EMAIL}` } }], field: 'messages' };
		return (await run(new LeadAutopilot(), [value], { resource: 'message', operation: 'recordPayload', provider: 'whatsapp' }))[0];
	};

	it('holds nothing of a lead whose message is read, drafted, checked, planned and sent in vain', async () => {
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'auto', replyDelaySeconds: 0 }, 'test');
		const item = await record();
		// A model that answers with the lead's own words where its answer should be, and then with an error that quotes them.
		for (const answer of [() => model.answers(`${TEXT} ${EMAIL}`), () => model.fails({ status: 400, body: { error: { message: `bad request: ${TEXT} ${EMAIL}` } } })]) {
			answer();
			await run(new ClassifyLead(), [item], {}, { credentials: model.credential() });
			await run(new GenerateWithConfidence(), [item], { template: `Hello {name}, ${TEXT}` }, { credentials: model.credential() });
		}
		const [drafted] = await run(new GenerateWithConfidence(), [item], { template: 'Hello {name|you}, thank you. A colleague will write to you.' });
		const [gated] = await run(new QualityGate(), [drafted]);
		const [row] = await store().outbound.list('default', { limit: 5 });
		await store().outbound.plan([{ workspace: 'default', draftId: row.id, draft: { ...row, draft: row.draft }, gate: { verdict: 'pass', issues: [], skipped: [], sentence: 'x' } }], ({ now }) => ({ status: 'scheduled', sentence: 'x', sendAt: now }));
		await run(new Outbox(), [gated], { operation: 'schedule' });
		const outbox = async (operation: string, items: IDataObject[]): Promise<IDataObject[]> => await run(new Outbox(), items, { operation });
		const claimed = await outbox('claimDue', [{}]);
		const begun = await outbox('beginSend', claimed);
		const refused = { statusCode: 400, headers: {}, body: { error: { code: 131026, message: `Message undeliverable to ${PHONE} ${EMAIL} ${TEXT}`, error_data: { details: `${NAME} ${PHONE}` } } } };
		await outbox('markFailed', [...begun.map((one) => ({ ...one, ...refused })), { ...item, ...refused }, { error: `${PHONE} ${TEXT}` }]);
		await outbox('markSent', [{ ...item, statusCode: 200, headers: {}, body: { messages: [{ id: PHONE }] } }]);
		await run(new LeadAutopilot(), [{ email: EMAIL }, { phone: PHONE }, { email: ATTACKS.SQL }], { resource: 'contact', operation: 'optOut' });
		await run(new LeadAutopilot(), [{ channel: TEXT, email: EMAIL, message: TEXT }], { resource: 'message', operation: 'record' });
		expect(leaked()).toEqual([]);
		expect(lines.join('\n')).toMatch(/autopilot_/);
	});

	it('holds nothing of reports that are forged, broken or cannot be kept, and no secret', async () => {
		const hook = await listen(new OutcomeTrigger(), { parameters: { provider: 'hmac', signatureHeader: 'X-Signature', timestampHeader: 'X-Timestamp' }, credentials: { leadAutopilotWebhookApi: { hmacSecret: SECRET } } });
		try {
			const body = JSON.stringify({ event: 'deal_won', id: TEXT, email: EMAIL, phone: PHONE, note: TEXT });
			const at = String(Math.floor(Date.now() / 1000));
			const signed = (text: string): Record<string, string> => ({ 'content-type': 'application/json', 'x-timestamp': at, 'x-signature': createHmac('sha256', SECRET).update(`${at}.${text}`).digest('hex') });
			const post = async (text: string, headers: Record<string, string>): Promise<number> => (await fetch(hook.url, { method: 'POST', headers, body: text })).status;
			const statuses = [await post(body, { 'content-type': 'application/json', 'x-signature': SECRET }), await post(body.slice(0, -3), signed(body.slice(0, -3))), await post(body, signed(body))];
			breakStore();
			const other = body.replace('deal_won', 'deal_lost');
			statuses.push(await post(other, signed(other)));
			expect(statuses).toEqual([401, 400, 200, 503]);
			lines.push(...hook.logged.map((line) => JSON.stringify(line)));
			expect(hook.logged.map(({ event }) => event)).toEqual(expect.arrayContaining(['autopilot_webhook_refused', 'autopilot_webhook_not_recorded']));
			expect(leaked()).toEqual([]);
		} finally {
			await hook.close();
		}
	});

	it('holds the place of a fault on the desk, and not what the fault quotes', async () => {
		const credentials = { leadAutopilotDeskApi: { signingSecret: DESK_SECRET, reviewers: { reviewer: [{ email: EMAIL, role: 'admin', workspaces: 'acme' }] } } };
		const desk = await listen(new ReviewDeskTrigger(), { credentials });
		try {
			await store().reviewers.setPassword(deskId(DESK_SECRET), EMAIL, await hashPassword('correct horse battery staple', { N: 1_024, r: 8, p: 1 }), 0);
			const signedIn = await fetch(desk.url, { method: 'POST', redirect: 'manual', headers: { origin: new URL(desk.url).origin }, body: new URLSearchParams({ action: 'signIn', email: EMAIL, password: 'correct horse battery staple' }) });
			const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
			jest.spyOn(TABS[0], 'page').mockRejectedValue(new SyntaxError(`Unexpected token in "${TEXT} ${EMAIL}\n    at ${PHONE} (x.ts:1:1)" is not valid JSON`));
			const answer = await fetch(`${desk.url}?tab=${TABS[0].id}`, { headers: { cookie } });
			expect([answer.status, await answer.text()]).toEqual([500, expect.not.stringMatching(/Karoline|private\.person/)]);
			lines.push(...desk.logged.map((line) => JSON.stringify(line)));
			expect(desk.logged).toEqual([{ event: 'autopilot_desk_failed', details: { node: 'Review Desk Trigger', reason: 'SyntaxError', at: expect.stringMatching(/^at .*logs\.test\.ts:\d+:\d+/) } }]);
			expect(leaked()).toEqual([]);
		} finally {
			await desk.close();
		}
	});
});
