import { DAY, later, MINUTE } from '../../engine/time';
import { newDraft } from '../store/fixtures';
import { dangerousMarkup, openDeskWorld, signedIn, type DeskWorld } from './deskWorld';
import { NOW, seedExperiments, TUESDAY } from './learntWorld';

jest.setTimeout(120_000);

const textOf = (page: string): string => page.replaceAll(/<[^>]*>/g, ' ').replaceAll(/\s+/g, ' ');

describe('the tab Send times', () => {
	let world: DeskWorld;
	beforeEach(async () => (world = await openDeskWorld()));
	afterEach(async () => await world.close());
	const pageFor = async (query: Record<string, string> = {}): Promise<string> => (await (await signedIn(world, 'vera@agency.example')).get({ tab: 'sendTimes', ...query })).body;

	it('shows of each channel what was learnt, from how much, and nothing of another workspace', async () => {
		await seedExperiments(world.store, world.clock);
		const page = await pageFor();
		const text = textOf(page);
		// 120 e-mails, 60 on Tuesday 09:00 of which 24 were answered, 60 on Thursday 15:00 of which 6 were.
		expect(text).toMatch(/E-mail Learnt from answers .*Contacts read 120 Messages to them 120 Answers of theirs 30 Best hours/);
		// By Clopper and Pearson, 24 of 60: 27.6 to 53.5 per cent; 6 of 60: 3.8 to 20.5.
		expect(text).toMatch(/Tuesday 09:00 [\d.]+ times 24 of 60 \(40%, between 27\.6% and 53\.5% with 95 % certainty\)/);
		expect(text).toMatch(/Thursday 15:00: [\d.]+ times the average; 6 of 60/);
		expect(text).toMatch(/WhatsApp Usual hours of the channel .*Contacts read 62 Messages to them 62 Answers of theirs 0 .*Hours are learnt from 20 answers of 5 different contacts on\./);
		expect(text).not.toContain('Messenger');
		// Three channels, a cell an hour, the three best framed; the same again as a table of 24 rows.
		expect([page.match(/<rect class="cell/g)?.length, page.match(/<rect class="cell w\d best"/g)?.length, page.match(/<th scope="row" data-label="Local time"><div>\d\d:00</g)?.length]).toEqual([3 * 168, 9, 3 * 24]);
		expect([dangerousMarkup(page), world.faults]).toEqual([[], []]);
		const carl = await signedIn(world, 'carl@beta.example');
		const theirs = textOf((await carl.get({ tab: 'sendTimes' })).body);
		expect(theirs).toMatch(/Messenger Usual hours of the channel .*Contacts read 6 Messages to them 6 Answers of theirs 1 /);
		expect(theirs).not.toContain('WhatsApp');
	});

	it('counts a send in the hour of the contact’s own week', async () => {
		const { store, clock } = world;
		clock.time = later(TUESDAY, DAY);
		await store.contacts.upsert('acme', [{ id: 'tokyo', timezone: 'Asia/Tokyo' }]);
		await store.outbound.markSent([{ workspace: 'acme', id: 'm', at: TUESDAY, draft: newDraft({ id: 'm', contactId: 'tokyo', channel: 'whatsapp' }) }]);
		await store.outcomes.record([{ workspace: 'acme', event: 'clicked', contactId: 'tokyo', outboundId: 'm', channel: 'whatsapp', occurredAt: later(TUESDAY, MINUTE) }]);
		// 08:00 UTC is 17:00 in Tokyo.
		expect(textOf(await pageFor())).toMatch(/Tuesday 17:00: [\d.]+ times the average; 1 of 1/);
	});

	it('says what holds until there is something to learn from, whatever the address asks for', async () => {
		world.clock.time = NOW;
		const odds: readonly Record<string, string>[] = [{}, { channel: '"><script>', page: '-1' }];
		for (const query of odds) {
			const page = await pageFor(query);
			expect(page).toContain('Nothing sent yet to learn from');
			expect(page).toContain('Until then Best Send Time goes by what is usual on the channel.');
		}
		expect(world.faults).toEqual([]);
	});
});
