import { createHmac } from 'node:crypto';
import { DraftSchema } from '../../engine/draft/draft';
import { OutcomeTrigger } from '../../nodes/OutcomeTrigger/OutcomeTrigger.node';
import { useEmbeddedStore } from '../nodes/embeddedStore';
import { listen, type Listening } from '../nodes/runWebhook';
import { ATTACKS, NAMED_ATTACKS, polluted } from './hostileTexts';

const SECRET = 'hmac-secret';

describe('Outcome Trigger', () => {
	const { store } = useEmbeddedStore();
	let hook: Listening;
	afterEach(async () => await hook.close());

	const start = async (provider: string, secrets: Record<string, string> = { hmacSecret: SECRET }): Promise<void> => {
		hook = await listen(new OutcomeTrigger(), { parameters: { provider, signatureHeader: 'X-Signature', timestampHeader: 'X-Timestamp' }, credentials: { leadAutopilotWebhookApi: secrets } });
	};
	const post = async (body: string): Promise<Response> => {
		const at = String(Math.floor(Date.now() / 1000));
		return await fetch(hook.url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-timestamp': at, 'x-signature': createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex') }, body });
	};
	async function sent(id: string, workspace = 'default'): Promise<void> {
		const draft = DraftSchema.parse({ id, text: 'Hello', language: 'en', usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'x' });
		await store().outbound.markSent([{ workspace, id, providerId: `p-${id}`, draft: { workspace, id, contactId: `c-${id}`, channel: 'email', to: `${id}@mail.example`, inboundIds: [], purpose: 'outreach', draft } }]);
	}

	it.each(NAMED_ATTACKS)('keeps %s of a signed report as text, on the message it names and no other', async (_name, text) => {
		await sent('own');
		await sent('other');
		await sent('foreign', 'client-b');
		await start('hmac');
		const answer = await post(JSON.stringify({ event: 'deal_won', id: text, draftId: 'own', contactId: text, email: text, phone: text, workspace: 'client-b', currency: text, reason: text, [text]: text }));
		expect([200, 400]).toContain(answer.status);
		expect([...answer.headers].join('')).not.toMatch(/[\r\n]|evil/);
		const events = async (workspace: string): Promise<(string | undefined)[]> => (await store().outcomes.list(workspace, { limit: 100 })).filter(({ event }) => event !== 'sent').map(({ outboundId }) => outboundId);
		expect((await events('default')).filter((id) => id !== 'own')).toEqual([]);
		expect(await events('client-b')).toEqual([]);
		expect((await store().outbound.find('default', ['own', 'other'])).map((row) => row?.status)).toEqual(['sent', 'sent']);
		expect(polluted()).toBe(false);
		// The workflow is given text: what looks like an expression is never one in an item.
		for (const { outcome } of hook.executions.flat()) expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
	});

	it('pollutes nothing by a report whose keys are those of every object', async () => {
		await start('hmac');
		const own = '"event":"deal_won","id":"x","email":"ann@mail.example"';
		for (const poison of [`{${own},"__proto__":{"admin":true}}`, `{"__proto__":{${own},"polluted":true}}`, `[{${own},"constructor":{"prototype":{"admin":true}}}]`]) expect([200, 400]).toContain((await post(poison)).status);
		expect(polluted()).toBe(false);
	});

	it('answers deep, wide and endless reports with a status and goes on', async () => {
		await start('hmac');
		const deep = `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`;
		const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`k${at}`, at])));
		for (const body of [deep, `${'['.repeat(50_000)}${']'.repeat(50_000)}`, wide, JSON.stringify({ event: 'deal_won', id: 'x'.repeat(500_000), email: 'a@b.example' })]) {
			const { status } = await post(body);
			expect([200, 400, 413]).toContain(status);
		}
		expect((await post(JSON.stringify({ event: 'deal_won', id: 'after', email: 'ann@mail.example' }))).status).toBe(200);
	}, 60_000);

	it('gives a provider’s question back as plain text to whoever knows our word, and to nobody else', async () => {
		await start('meta', { metaAppSecret: 'app', metaVerifyToken: 'our word' });
		const ask = async (token: string, challenge: string): Promise<[number, string, string | null]> => {
			const answer = await fetch(`${hook.url}?${new URLSearchParams({ 'hub.mode': 'subscribe', 'hub.verify_token': token, 'hub.challenge': challenge })}`);
			return [answer.status, await answer.text(), answer.headers.get('content-type')];
		};
		expect(await ask('our word', '1158201444')).toEqual([200, '1158201444', 'text/plain']);
		expect((await ask("' OR ''='", '1158201444'))[0]).toBe(403);
		for (const challenge of Object.values(ATTACKS)) expect(await ask('our word', challenge)).toEqual([400, expect.not.stringContaining(challenge), 'application/json']);
	});

	it.each(NAMED_ATTACKS)('writes nothing of %s into the page of an unsubscribe link, and honours it for nobody', async (_name, text) => {
		await sent('own');
		await start('sendgrid');
		for (const method of ['GET', 'POST']) {
			const answer = await fetch(`${hook.url}?${new URLSearchParams({ t: text })}`, { method, ...(method === 'POST' ? { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' } : {}) });
			expect(answer.status).toBeGreaterThanOrEqual(400);
			expect(await answer.text()).not.toContain(text);
			expect([...answer.headers].join('')).not.toMatch(/evil|stolen/);
		}
		expect(await store().suppressions.check('default', [{ channel: 'email', address: 'own@mail.example' }])).toEqual([undefined]);
		expect(hook.executions).toEqual([]);
	});
});
