import { TAB_IDS } from '../../desk/tabs/tab';
import { seedDeskDemo } from '../../docs/pictures/deskDemo';
import { openDeskWorld, signedIn, type DeskWorld } from './deskWorld';

const MOST_PAGES = 400;

/** The addresses a page links to within the desk. */
function linksOf(body: string): string[] {
	return [...body.matchAll(/<a href="(\?[^"]*)"/g)].map(([, href]) => href.replaceAll('&amp;', '&').replaceAll('&#39;', "'"));
}

describe('the tabs together', () => {
	let world: DeskWorld;
	beforeAll(async () => {
		world = await openDeskWorld({ seed: async (store, config, clock) => await seedDeskDemo(store, clock, config) });
	}, 120_000);
	afterAll(async () => await world.close());

	it('are all there, and every link on them leads to a page', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const waiting = TAB_IDS.map((tab) => `?tab=${tab}&workspace=acme`);
		const seen = new Set<string>();
		const broken: string[] = [];
		for (let href = waiting.shift(); href !== undefined && seen.size < MOST_PAGES; href = waiting.shift()) {
			if (seen.has(href)) continue;
			seen.add(href);
			const { status, body } = await eva.get(href.slice(1));
			if (status !== 200) broken.push(`${status} ${href}`);
			waiting.push(...linksOf(body).filter((link) => !seen.has(link)));
		}
		expect(broken).toEqual([]);
		expect(TAB_IDS.filter((tab) => ![...seen].some((href) => href.includes(`tab=${tab}`)))).toEqual([]);
		expect(seen.size).toBeGreaterThan(60);
		expect(world.faults).toEqual([]);
	}, 240_000);

	it('lead from a stage and from a planned message to the contact it names', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		for (const from of ['tab=pipeline&workspace=acme&pipeline=sales&stage=offer', 'tab=outbox&workspace=acme']) {
			const { body } = await eva.get(from);
			const link = linksOf(body).find((href) => href.includes('tab=contacts') && href.includes('lead-0'));
			expect(link).toBeDefined();
			const contact = (await eva.get((link ?? '').slice(1))).body;
			expect(contact).toContain('<h2>Aylin Yılmaz</h2>');
			expect(contact).toContain('lead0@mail.example');
		}
	}, 60_000);

	it('lead from a message that waits for a person to its review', async () => {
		const eva = await signedIn(world, 'eva@agency.example');
		const { body } = await eva.get('tab=outbox&workspace=acme&state=waiting');
		const link = linksOf(body).find((href) => href.includes('tab=review') && href.includes('Bob'));
		expect((await eva.get((link ?? '').slice(1))).body).toContain('yes, we ship to Austria');
	}, 60_000);
});
