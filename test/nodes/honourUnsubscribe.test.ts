import { honourUnsubscribe } from '../../nodes/shared/honourUnsubscribe';
import { openStore } from '../../store/openStore';
import { useEmbeddedStore } from './embeddedStore';
import { join } from 'node:path';

describe('a request to the unsubscribe link', () => {
	const { store } = useEmbeddedStore();
	const open = async () => await openStore({ kind: 'sqlite', file: join(process.env.N8N_USER_FOLDER ?? '', '.n8n', 'lead-autopilot.sqlite') });
	const token = async () => (await store().unsubscribes.tokens([{ workspace: 'default', channel: 'email', address: 'anna@client.example', outboundId: 'd1' }]))[0];
	const stopped = async () => (await store().suppressions.check('default', [{ channel: 'email', address: 'anna@client.example' }]))[0] !== undefined;
	const ask = async (method: string, given: unknown, acceptLanguage?: string) => await honourUnsubscribe(open, { method, token: given, acceptLanguage, sender: 'Acme' });

	it.each(['GET', 'HEAD', 'get'])('changes nothing by %s, however often, and shows the button', async (method) => {
		for (let times = 0; times < 3; times++) expect(await ask(method, await token())).toMatchObject({ status: 200, view: 'ask', body: expect.stringContaining('<button') });
		expect(await stopped()).toBe(false);
	});

	it('acts by POST at once, and gives the same end again', async () => {
		expect(await ask('POST', await token())).toMatchObject({ status: 200, view: 'done' });
		expect(await stopped()).toBe(true);
		expect(await ask('POST', await token(), 'de-AT')).toMatchObject({ status: 200, view: 'already', body: expect.stringContaining('bereits abgemeldet') });
		expect(await ask('GET', await token())).toMatchObject({ view: 'already', body: expect.not.stringContaining('<button') });
	});

	it.each([undefined, null, '', 7, ['1.a.b'], { t: 1 }, '1.a.b', "1.a.b' or 1=1", '<script>'])('does not know %j', async (given) => {
		for (const method of ['GET', 'POST']) {
			const answer = await ask(method, given);
			expect(answer).toMatchObject({ status: 404, view: 'invalid' });
			expect(answer.body).not.toContain('<script>');
		}
	});

	it('asks to come back while the store is away', async () => {
		const away = async (): Promise<never> => await Promise.reject(new Error('secret-host down'));
		const answer = await honourUnsubscribe(away, { method: 'POST', token: await token() });
		expect([answer.status, answer.view, answer.body.includes('secret-host')]).toEqual([503, 'later', false]);
	});
});
