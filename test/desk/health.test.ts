import { healthFigures } from '../../engine/report/health';
import { lastDays } from '../../engine/report/period';
import { DAY, later } from '../../engine/time';
import { START } from '../store/fixtures';
import { FigureWorld } from '../store/figureWorld';
import { dangerousMarkup, HOSTILE, openDeskWorld, signedIn, type DeskWorld, type Person } from './deskWorld';
import { SEEDED, seedHealth } from './healthSeed';

jest.setTimeout(60_000);
let world: DeskWorld;
beforeAll(async () => (world = await openDeskWorld({ seed: seedHealth })));
afterAll(async () => await world.close());

const text = (body: string): string => body.replace(/<svg.*?<\/svg>/gs, '').replace(/<[^>]*>/g, ' ').replaceAll('\u00a0', ' ').replace(/\s+/g, ' ');
const page = async (query: Record<string, string> = {}, as: Person = 'vera@agency.example'): Promise<string> => (await (await signedIn(world, as)).get({ tab: 'health', ...query })).body;
const holdsOf = async (workspace: string) => (await world.store.senderHolds.list(workspace)).map(({ kind }) => kind).sort();

describe('the Health tab', () => {
	it('shows what the month held, with what each figure rests on and its target', async () => {
		const said = text(await page());
		expect(said).toContain(`Sent ${SEEDED.email + SEEDED.whatsapp}`);
		expect(said).toContain(`Failed 1.5% Target: at most 2% too few to tell ${SEEDED.failed} of 275`);
		expect(said).toContain(`Limited ${SEEDED.limited}`);
		expect(said).toContain(`Accepted as they were 78.3% Target: at least 85% too few to tell ${SEEDED.approved} of 60`);
		expect(said).toContain(`Edited 16.7% Target: at most 30% met ${SEEDED.edited} of 60`);
		expect(said).toContain('First response, median 27 min');
		// 60 calls at 0.002; one more has no price.
		expect(said).toContain('Model cost 0.12 USD');
		expect(said).toContain('EUR 1 1,200');
	});

	it('has a tile and words for every figure there is', async () => {
		const scope = { workspace: 'acme', ...lastDays(START, 30) };
		const { figures } = healthFigures(await world.store.figures.health(scope), scope);
		const tiles = (await page()).match(/class="tile-label">[^<]+</g);
		expect(tiles).toHaveLength(figures.length);
	});

	it('counts one channel, or another period, where the address asks for it', async () => {
		expect(text(await page({ channel: 'whatsapp' }))).toContain(`Sent ${SEEDED.whatsapp}`);
		expect(text(await page({ channel: 'whatsapp' }))).toContain('choose all channels to see what they cost');
		// Today and the six days before it: six of 20, one of 4, and seven of 3.
		expect(text(await page({ period: 'last7Days' }))).toContain('Sent 145');
		expect(text(await page({ channel: HOSTILE, period: HOSTILE }))).toContain(`Sent ${SEEDED.email + SEEDED.whatsapp}`);
	});

	it('names what needs a person, and nothing of another workspace', async () => {
		const body = await page();
		const said = text(body);
		for (const words of ['The access token has expired.', 'deliverability breaker', '3 hard bounces', 'nobody knows whether they left: 1.', 'Campaign stopped', 'Reconnect']) expect(said).toContain(words);
		expect(said).not.toContain('beta');
		expect(dangerousMarkup(body)).toEqual([]);
		const other = text(await page({}, 'carl@beta.example'));
		expect(other).toContain('The access token of beta has expired.');
		expect(other).toContain('Nothing was sent, failed or limited');
		expect(other).not.toContain('deliverability breaker');
	});

	it('speaks German with German numbers', async () => {
		const visitor = await signedIn(world, 'ben@agency.example');
		await visitor.post({ tab: 'health' }, { action: 'language', language: 'de' });
		const said = text((await visitor.get({ tab: 'health' })).body);
		expect(said).toContain('Unverändert freigegeben 78,3 % Ziel: mindestens 85 % zu wenige für ein Urteil 47 von 60');
		expect(said).toContain('Fortsetzen');
	});

	it('lets a sender go on for whoever may decide, once, and only in their own workspace', async () => {
		const resume = { action: 'resumeSender', channel: 'whatsapp', accountId: '1000-acme', kind: 'token', of: 'token whatsapp 1000-acme ' };
		const vera = await signedIn(world, 'vera@agency.example');
		expect((await vera.get({ tab: 'health' })).body).not.toContain('resumeSender');
		expect((await vera.post({ tab: 'health' }, resume)).status).toBe(403);
		const carl = await signedIn(world, 'carl@beta.example');
		expect((await carl.post({ tab: 'health' }, resume)).status).toBe(422);
		expect(await holdsOf('acme')).toEqual(['campaign', 'token']);

		const ben = await signedIn(world, 'ben@agency.example');
		for (const wrong of [{ channel: 'pigeon' }, { kind: 'all' }, { accountId: '' }, { accountId: HOSTILE }]) expect((await ben.post({ tab: 'health' }, { ...resume, ...wrong })).status).toBe(422);
		const done = await ben.post({ tab: 'health' }, resume);
		expect(done).toMatchObject({ status: 303, decided: [{ kind: 'sender_resumed', workspace: 'acme', facts: { channel: 'whatsapp', accountId: '1000-acme', hold: 'token' }, sentence: 'ben@agency.example resumed a whatsapp account (token).' }] });
		expect([await holdsOf('acme'), await holdsOf('beta')]).toEqual([['campaign'], ['token']]);
		const again = await ben.post({ tab: 'health' }, resume);
		expect([again.status, again.decided]).toEqual([422, []]);
		expect(again.body).toContain('somebody was quicker');
		expect(world.faults).toEqual([]);
	});
});

describe('the Models tab', () => {
	it('shows what each model is worth, what it cost and what confidence has learnt of it', async () => {
		const body = (await (await signedIn(world, 'vera@agency.example')).get({ tab: 'models' })).body;
		const said = text(body);
		expect(said).toContain('gpt-5-mini prompt a1b2c3d4 · s1 60 Platt sigmoid');
		expect(said).toContain('more accepted drafts until a threshold may be certified');
		expect(said).toContain(`gpt-5-mini prompt a1b2c3d4 ${SEEDED.email} 78.3% 47 of 60`);
		// Latencies are 400, 420, … 1580 ms: the median lies between 980 and 1000; two of 60 failed.
		expect(said).toContain('draft 60 3.3% 2 of 60');
		expect(said).toContain('0.12 USD 0.002 USD 0.99 s');
		expect(said).toContain('price not known');
		expect(dangerousMarkup(body)).toEqual([]);
	});

	it('says how many reviews are missing, and what to do where there is nothing', async () => {
		const own = await openDeskWorld({
			seed: async (_store, config) => {
				const rows = new FigureWorld('acme');
				for (let i = 0; i < 11; i += 1) rows.review(rows.sending({ at: later(START, -DAY), draft: { modelId: 'm', promptVersion: 'p', scoring: 's', rawConfidence: 0.7, decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false, sampling: 'full' } } }), 'approved', later(START, -DAY));
				await rows.write(config);
			},
		});
		// A calibrator needs 30; 59 drafts without an error are the least that certify 5 % (0.95^59 < 0.05).
		const said = text((await (await signedIn(own, 'vera@agency.example')).get({ tab: 'models' })).body);
		expect(said).toContain('Needs 19 more reviews until scores are calibrated.');
		expect(said).toContain('Needs at least 48 more accepted drafts until a threshold may be certified.');
		const empty = text((await (await signedIn(own, 'carl@beta.example')).get({ tab: 'models' })).body);
		for (const hint of ['No draft of a model has been decided on yet', 'No draft was made in this period', 'No model was called in this period']) expect(empty).toContain(hint);
		await own.close();
	});
});
