import { createHmac } from 'node:crypto';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import { DraftSchema } from '../../engine/draft/draft';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { accepted } from './world';

/** Signed reports through the real webhooks of n8n: what was sent before learns what became of it. */
const WORKSPACE = 'default';
const TEAM = 'team@demo.example';

let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	sandbox = await startSandbox({ workflows: ['06'], replacements: { '06': { Settings: { 'assignments.tellTo': TEAM, 'assignments.tellFrom': SANDBOX.mailUser } } } });
	store = await sandbox.openStore();
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

async function sent(id: string, channel: 'email' | 'sms', to: string, providerId: string): Promise<void> {
	const draft = DraftSchema.parse({ id, text: 'Hello', language: 'en', usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'x' });
	await store.outbound.markSent([{ workspace: WORKSPACE, id, providerId, draft: { workspace: WORKSPACE, id, contactId: to, channel, to, inboundIds: [], purpose: 'outreach', draft } }]);
}
const eventsOf = async (outboundId: string): Promise<string[]> => (await store.outcomes.list(WORKSPACE, { outboundId, limit: 100 })).map(({ event }) => event).filter((event) => event !== 'sent').sort();
const post = async (node: string, body: string | Buffer, headers: Record<string, string>): Promise<number> => (await fetch(sandbox.urlOf('06', node), { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body })).status;
const hmacHeaders = (body: string, at = Math.floor(Date.now() / 1000)): Record<string, string> => ({ 'x-timestamp': String(at), 'x-signature': createHmac('sha256', SANDBOX.webhookSecret).update(`${at}.${body}`).digest('hex') });

it('ties SendGrid’s signed events to the e-mail they are about, before they are answered', async () => {
	await sent('mail-1', 'email', 'ann@mail.example', 'sg-1');
	const url = sandbox.urlOf('06', 'SendGrid Events');
	const about = { url, email: 'ann@mail.example', messageId: 'sg-1' };
	accepted(await sandbox.standIns.sendgrid.event([{ ...about, event: 'delivered' }, { ...about, event: 'click', timestamp: Math.floor(Date.now() / 1000) + 60 }, { ...about, event: 'processed' }]));
	expect(await eventsOf('mail-1')).toEqual(['clicked', 'delivered']);
}, 60_000);

it('settles an SMS by Twilio’s signed event', async () => {
	await sent('sms-1', 'sms', '+4915112345678', 'SM0001');
	accepted(await sandbox.standIns.twilio.status({ messageSid: 'SM0001', to: '+4915112345678', status: 'delivered', url: sandbox.urlOf('06', 'Twilio Statuses') }));
	expect(await eventsOf('sms-1')).toEqual(['delivered']);
}, 60_000);

it('puts a deal of any signing sender on record once, and mails the team once', async () => {
	await sent('mail-2', 'email', 'bo@mail.example', 'sg-2');
	const body = JSON.stringify({ event: 'deal_won', id: 'order-1', email: 'bo@mail.example', value: 1200.5, currency: 'EUR', draftId: 'mail-2' });
	expect(await post('Other System', body, hmacHeaders(body))).toBe(200);
	expect(await store.outcomes.list(WORKSPACE, { outboundId: 'mail-2', limit: 9 })).toContainEqual(expect.objectContaining({ event: 'deal_won', value: 1200.5, currency: 'EUR', attributed: 'id' }));
	expect(await post('Other System', body, hmacHeaders(body))).toBe(200);
	const mails = () => sandbox.standIns.inbox.list().filter(({ to, subject }) => to === TEAM && /Deal won/.test(subject ?? ''));
	await waitFor(() => mails().length > 0, { what: 'the mail to the team', timeoutMs: 45_000 });
	// Another deal that is told afterwards shows that the repeat would have been told by now.
	const later = body.replace('order-1', 'order-2');
	expect(await post('Other System', later, hmacHeaders(later))).toBe(200);
	await waitFor(() => mails().length > 1, { what: 'the mail on the second deal', timeoutMs: 45_000 });
	expect(mails()).toHaveLength(2);
}, 120_000);

it('refuses what is forged, late, cut, too large or asked for in another way, and records nothing of it', async () => {
	await sent('mail-3', 'email', 'cy@mail.example', 'sg-3');
	const body = JSON.stringify({ event: 'deal_won', id: 'forged', email: 'cy@mail.example', draftId: 'mail-3' });
	const good = hmacHeaders(body);
	const huge = JSON.stringify({ pad: 'x'.repeat(11 * 1024 * 1024) });
	const url = sandbox.urlOf('06', 'Other System');
	const statuses = {
		unsigned: await post('Other System', body, {}),
		forged: await post('Other System', body.replace('cy@', 'dy@'), good),
		late: await post('Other System', body, hmacHeaders(body, Math.floor(Date.now() / 1000) - 3600)),
		anew: await post('Other System', JSON.stringify(JSON.parse(body), null, 1), good),
		latin: await post('Other System', Buffer.from(body.replace('cy@', 'cÿ@'), 'latin1'), good),
		toAnother: await post('SendGrid Events', body, good),
		huge: await post('Other System', huge, hmacHeaders(huge)),
		// n8n parses JSON before it asks the node.
		cut: await post('Other System', body.slice(0, -1), good),
		get: (await fetch(url)).status,
		put: (await fetch(url, { method: 'PUT', body })).status,
	};
	expect(statuses).toEqual({ unsigned: 401, forged: 401, late: 401, anew: 401, latin: 401, toAnother: 401, huge: 413, cut: 422, get: 405, put: 404 });
	expect(await eventsOf('mail-3')).toEqual([]);
}, 60_000);

it('serves the unsubscribe link of a mail: a look changes nothing, one click counts at once, again changes nothing', async () => {
	await sent('mail-4', 'email', 'eve@mail.example', 'sg-4');
	const [token] = await store.unsubscribes.tokens([{ workspace: WORKSPACE, channel: 'email', address: 'eve@mail.example', outboundId: 'mail-4' }]);
	const link = `${sandbox.urlOf('06', 'Other System')}?t=${encodeURIComponent(token)}`;
	const suppressed = async (): Promise<boolean> => (await store.suppressions.check(WORKSPACE, [{ channel: 'email', address: 'eve@mail.example' }]))[0] !== undefined;
	const looked = await fetch(link);
	expect([looked.status, looked.headers.get('content-type')]).toEqual([200, expect.stringMatching(/^text\/html/)]);
	expect(await looked.text()).toMatch(/<form[^>]*method="post"/i);
	expect(await suppressed()).toBe(false);
	// As a mail program does it (RFC 8058).
	const click = async () => await fetch(link, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'List-Unsubscribe=One-Click' });
	expect((await click()).status).toBe(200);
	expect(await suppressed()).toBe(true);
	expect((await click()).status).toBe(200);
	expect(await eventsOf('mail-4')).toEqual(['unsubscribed']);
	expect((await fetch(link.replace(token, `${token}x`), { method: 'POST', body: 'List-Unsubscribe=One-Click' })).status).toBeGreaterThanOrEqual(400);
}, 60_000);
