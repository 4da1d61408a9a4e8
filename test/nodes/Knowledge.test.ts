import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { DAY, epochMs } from '../../engine/time';
import { newDraft, sendNow } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const node = new LeadAutopilot();
const run = async (items: IDataObject[], parameters: INodeParameters, options: RunOptions = {}) => (await runNode(node, items, { ...options, parameters })).outputs[0].map(({ json }) => json);
const knowledge = async (operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}) => await run(items, { resource: 'knowledge', operation, ...parameters }, options);

describe('Lead Autopilot → Knowledge', () => {
	const { store } = useEmbeddedStore();

	it('adds a text with nothing filled in, once, finds it, lists it, forgets it', async () => {
		const item = { title: 'Prices', text: 'A chair costs 45 €.\n\nFrom ten on 40 €.' };
		expect(await knowledge('add', [item])).toMatchObject([{ title: 'Prices', knowledge: { id: 'Prices', title: 'Prices', chunks: 1, changed: true, sentence: '"Prices" is known now: 38 characters in 1 part.' } }]);
		expect(await knowledge('add', [item])).toMatchObject([{ knowledge: { changed: false, sentence: '"Prices" was known already and is unchanged.' } }]);
		expect(await knowledge('search', [{ text: 'What do CHAIRS cost?' }])).toMatchObject([{ knowledge: { query: 'What do CHAIRS cost?', results: [{ id: 'document:Prices#0', title: 'Prices', text: expect.stringContaining('45 €') }], sentence: '1 passage fits, best "Prices".' } }]);
		expect(await knowledge('list', [{}])).toMatchObject([{ knowledge: { id: 'Prices', chunks: 1, characters: 38 } }]);
		expect(await knowledge('remove', [{ sourceId: 'Prices' }, { sourceId: 'none' }])).toMatchObject([{ knowledge: { removed: true } }, { knowledge: { removed: false, sentence: "Nothing was known under 'none'." } }]);
		expect(await knowledge('list', [{}])).toEqual([]);
		expect(await knowledge('search', [{ text: 'chairs' }])).toMatchObject([{ knowledge: { results: [], sentence: 'Nothing known fits these words.' } }]);
	});

	it('replaces by source ID, and knows a text without a name by its content', async () => {
		await knowledge('add', [{ text: 'old', sourceId: 'p' }]);
		await knowledge('add', [{ text: 'new', sourceId: 'p' }]);
		const [first] = await knowledge('add', [{ text: 'no name' }]);
		const [again] = await knowledge('add', [{ text: 'no name' }]);
		expect(again.knowledge).toMatchObject({ id: (first.knowledge as IDataObject).id, changed: false });
		expect((await knowledge('list', [{}])).map((one) => (one.knowledge as IDataObject).id).sort()).toEqual(['p', (first.knowledge as IDataObject).id]);
		expect(await knowledge('search', [{ text: 'old' }])).toMatchObject([{ knowledge: { results: [] } }]);
	});

	it('reads pages and files: HTML without its tags, Markdown, text of old programs', async () => {
		const page = '<html><head><title>x</title><style>p{}</style></head><body><h1>Prices</h1><table><tr><td>Chair</td><td>45 &euro;</td></tr></table><script>alert(1)</script></body></html>';
		expect(await knowledge('add', [{ content: page, title: 'Page' }], { format: 'html' })).toMatchObject([{ knowledge: { changed: true } }]);
		const [found] = await knowledge('search', [{ text: 'chair' }]);
		expect(found).toMatchObject({ knowledge: { results: [{ text: expect.stringMatching(/^Prices\s+Chair 45 €$/) }] } });
		const files = [
			{ data: { content: Buffer.from('# Delivery\n\nTwo weeks.'), mimeType: 'application/octet-stream', fileName: 'delivery.md' } },
			{ data: { content: Buffer.from([0x47, 0x72, 0xfc, 0xdf, 0x65]), mimeType: 'text/plain', fileName: 'old.txt' } },
			{ data: { content: Buffer.from('<p>Garden &amp; balcony</p>'), mimeType: 'text/html', fileName: 'g.html' } },
		];
		expect(await knowledge('add', [{}, {}, {}], { format: 'file' }, { binary: files })).toMatchObject([{ knowledge: { id: 'delivery.md' } }, { knowledge: { id: 'old.txt' } }, { knowledge: { id: 'g.html' } }]);
		expect(await knowledge('search', [{ text: 'Grüße' }, { text: 'balcony' }])).toMatchObject([{ knowledge: { results: [{ text: 'Grüße' }] } }, { knowledge: { results: [{ text: 'Garden & balcony' }] } }]);
	});

	it('says what to do with a PDF, no file, no text and too much of it, each item for itself', async () => {
		const pdf = { data: { content: Buffer.from('%PDF-1.7'), mimeType: 'application/pdf', fileName: 'prices.pdf' } };
		const refused = async (items: IDataObject[], parameters: INodeParameters, options: RunOptions = {}) => await knowledge('add', items, parameters, { ...options, continueOnFail: true });
		expect(await refused([{}, {}], { format: 'file' }, { binary: [pdf, undefined] })).toMatchObject([{ error: expect.stringContaining("'prices.pdf' (application/pdf) is no text") }, { error: "The item has no file in 'data'" }]);
		await expect(knowledge('add', [{}], { format: 'file' }, { binary: [pdf] })).rejects.toMatchObject({ description: expect.stringContaining('Extract From File'), context: { itemIndex: 0 } });
		expect(await refused([{ text: 'x'.repeat(200_001), title: 'big' }, { text: 'fine', title: 'small' }, { text: ' ' }], {})).toMatchObject([{ error: expect.stringContaining('200001 characters') }, { knowledge: { changed: true } }, { error: "'Content' is empty" }]);
		expect(await refused([{ content: '<style>x</style>' }], { format: 'html' })).toMatchObject([{ error: 'The content has no text in it' }]);
	});

	it('survives hostile words and keeps workspaces apart', async () => {
		const odd = ['" OR 1=1 --', '\u0000\ud800', '🎉🎉', 'NEAR(a b)*', 'a'.repeat(100_000)];
		await knowledge('add', odd.map((text, at) => ({ text: `${text} marker`, title: `t${at}` })));
		await knowledge('add', [{ text: 'theirs marker', title: 'x' }], { workspace: 'other' });
		for (const results of await knowledge('search', [...odd, '', 'marker'].map((text) => ({ text })))) expect(JSON.stringify(results)).not.toContain('theirs');
		expect(await knowledge('search', [{ text: 'marker' }], { workspace: 'other' })).toMatchObject([{ knowledge: { results: [{ text: 'theirs marker' }] } }]);
	});

	it('adds and searches two hundred items with as many store calls as one', async () => {
		const items = (count: number) => Array.from({ length: count }, (_, at) => ({ text: `about topic${at}`, title: `t${at}` }));
		for (const operation of ['add', 'search', 'remove']) {
			const parameters: INodeParameters = operation === 'remove' ? { sourceId: '={{ $json.title }}' } : {};
			storeCalls.length = 0;
			await knowledge(operation, items(1), parameters);
			const forOne = [...storeCalls];
			storeCalls.length = 0;
			expect(await knowledge(operation, items(200), parameters)).toHaveLength(200);
			expect(storeCalls).toEqual(forOne);
		}
	});

	describe('Contact → Correct', () => {
		const correct = async (items: IDataObject[], corrections: INodeParameters, options: RunOptions = {}) => await run(items, { resource: 'contact', operation: 'correct', by: 'Eva', corrections, ...(options.continueOnFail ? {} : {}) }, options);

		it('writes the correction on the contact and keeps it as a label, and the lead is a neighbour at once', async () => {
			const [contact] = await store().contacts.upsert('default', [{ email: 'ana@example.com', summary: 'Wants chairs for a hotel.' }]);
			const [corrected] = await correct([{ email: 'ana@example.com' }], { intent: 'hot', status: 'QUALIFIED' });
			expect(corrected).toMatchObject({ contact: { id: contact.id, score: 70, status: 'QUALIFIED' }, correction: { score: 70, sentence: 'Corrected by Eva: intent hot, score 70, status QUALIFIED.' } });
			expect(await store().contacts.find('default', [contact.id])).toMatchObject([{ score: 70, status: 'QUALIFIED' }]);
			expect((await store().labels.list('default', { limit: 9 })).map(({ field, to, actor }) => [field, to, actor])).toEqual(expect.arrayContaining([['intent', 'hot', 'Eva'], ['score', '70', 'Eva'], ['status', 'QUALIFIED', 'Eva']]));
			expect(await store().knowledge.list('default', { kind: 'lead', limit: 9 })).toMatchObject([{ id: contact.id, label: 'judged hot, score 70, QUALIFIED by a person' }]);
			expect(await correct([{ email: 'ana@example.com' }], { intent: 'hot' })).toMatchObject([{ correction: { sentence: 'Nothing to correct: that is what was decided.' } }]);
			expect(await store().labels.list('default', { limit: 9 })).toHaveLength(3);
		});

		it('keeps what a message really meant', async () => {
			await store().contacts.upsert('default', [{ email: 'ana@example.com' }]);
			await store().messages.record('default', [{ message: { id: 'm', channel: 'email', direction: 'inbound', source: 'channel', threadId: 't', text: 'Stop by tomorrow', attachments: [], timestamp: '2026-03-01T12:00:00Z' }, contact: { email: 'ana@example.com' } }]);
			await store().messages.saveReadings('default', [{ messageId: 'm', reply: { intent: 'opt_out', optOut: { wanted: true, certainty: 0.9 }, sentiment: 0, language: 'en', needsAnswer: false } }]);
			expect(await correct([{ email: 'ana@example.com', message: { id: 'm' } }], { replyIntent: 'meeting', messageId: 'm' })).toMatchObject([{ correction: { sentence: 'Corrected by Eva: reply intent opt_out → meeting.' } }]);
			expect(await store().labels.list('default', { field: 'reply_intent', limit: 9 })).toMatchObject([{ messageId: 'm', from: 'opt_out', to: 'meeting' }]);
		});

		describe('to Opt Out', () => {
			const LATER = epochMs(Date.now() + 200 * DAY);
			const asked = async (id: string, email: string, intent?: 'interested' | 'opt_out') => {
				const [{ contact }] = await store().messages.record('default', [{ message: { id, channel: 'email', direction: 'inbound', source: 'channel', threadId: id, text: 'Enough of this', attachments: [], timestamp: new Date().toISOString() }, contact: { email, phone: '+4915112345678' } }]);
				if (intent) await store().messages.saveReadings('default', [{ messageId: id, reply: { intent, optOut: { wanted: intent === 'opt_out', certainty: intent === 'opt_out' ? 0.6 : 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
				return contact;
			};
			const reasons = async (email: string) => await store().suppressions.check('default', [{ channel: 'email', address: email }, { channel: 'whatsapp', address: '+4915112345678' }]);

			it('opts the contact out on the channel of the message, cancels what is planned, and says so', async () => {
				const contact = await asked('m', 'ana@example.com', 'interested');
				await store().outbound.plan([{ workspace: 'default', draftId: 'd', draft: newDraft({ id: 'd', workspace: 'default', contactId: contact.id, channel: 'email', to: 'ana@example.com' }) }], sendNow);
				expect(await correct([{ email: 'ana@example.com' }], { replyIntent: 'opt_out', messageId: 'm' })).toMatchObject([
					{ contact: { optOutChannels: ['email'] }, correction: { sentence: 'Corrected by Eva: reply intent interested → opt_out. Opted out: nothing is sent on email any more; 1 planned message was cancelled.' } },
				]);
				expect(await reasons('ana@example.com')).toEqual([expect.stringContaining('Eva'), undefined]);
				expect(await store().outbound.find('default', ['d'])).toMatchObject([{ status: 'cancelled' }]);
				expect((await store().pipelines.activities('default', contact.id, 9)).find(({ kind }) => kind === 'opt_out')?.detail).toMatchObject({ actor: 'person', channel: 'email', messageId: 'm' });
				expect(await store().messages.claimReady({ quietMs: 0, leaseMs: 1_000, maxLeases: 3, limit: 9 })).toEqual([]);
			});

			it('keeps the reading with the message, where an experiment counts it and no later reading changes it', async () => {
				const contact = await asked('m', 'ana@example.com', 'interested');
				const before = epochMs(Date.now() - DAY);
				await store().experiments.save([{ workspace: 'default', id: 'e', name: 'E', status: 'running', metric: 'positive_reply', variants: [{ id: 'a', name: 'A', weight: 1 }, { id: 'b', name: 'B', weight: 1 }] }]);
				await store().experiments.assign([{ workspace: 'default', experimentId: 'e', contactId: contact.id, choose: () => ({ variantId: 'a', propensity: 0.5 }) }]);
				await store().outbound.markSent([{ workspace: 'default', id: 's', at: before, draft: newDraft({ id: 's', workspace: 'default', contactId: contact.id, variant: { experimentId: 'e', variantId: 'a', name: 'A', propensity: 0.5, sticky: false, sentence: '' } }) }]);
				const positive = async () => (await store().experiments.tallies([{ workspace: 'default', experimentId: 'e', metric: 'positive_reply', variantIds: ['a', 'b'], asOf: LATER }]))[0][0].conversions;
				expect(await positive()).toBe(1);
				await correct([{ email: 'ana@example.com' }], { replyIntent: 'not_now', messageId: 'm' });
				expect(await positive()).toBe(0);
				expect(await reasons('ana@example.com')).toEqual([undefined, undefined]);
				await store().messages.saveReadings('default', [{ messageId: 'm', refined: true, reply: { intent: 'interested', optOut: { wanted: false, certainty: 0 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
				expect(await store().messages.readings('default', ['m'])).toMatchObject([{ intent: 'not_now' }]);
				await correct([{ email: 'ana@example.com' }], { replyIntent: 'interested', messageId: 'm' });
				expect(await positive()).toBe(1);
			});

			it('counts where the reading was opt out but doubted, where nobody had read it, and once for all of a batch', async () => {
				await asked('doubted', 'ana@example.com', 'opt_out');
				await asked('unread', 'bob@example.com');
				const items = [{ email: 'ana@example.com', m: 'doubted' }, { email: 'bob@example.com', m: 'unread' }];
				const sentences = (await correct(items, { replyIntent: 'opt_out', messageId: '={{ $json.m }}' })).map(({ correction }) => (correction as IDataObject).sentence);
				expect(sentences).toEqual([
					'Confirmed by Eva: reply intent opt_out. Opted out: nothing is sent on email any more; 0 planned messages were cancelled.',
					'Corrected by Eva: reply intent opt_out. Opted out: nothing is sent on email any more; 0 planned messages were cancelled.',
				]);
				expect((await reasons('ana@example.com'))[0]).toBeDefined();
				expect((await reasons('bob@example.com'))[0]).toBeDefined();
				expect(await store().messages.readings('default', ['doubted', 'unread'])).toMatchObject([{ optOut: { certainty: 1 } }, { intent: 'opt_out', optOut: { wanted: true, certainty: 1 } }]);
			});

			it('says that nobody is opted out by a message that is not known', async () => {
				await store().contacts.upsert('default', [{ email: 'ana@example.com' }]);
				expect(await correct([{ email: 'ana@example.com' }], { replyIntent: 'opt_out', messageId: 'lost' })).toMatchObject([{ correction: { sentence: "Corrected by Eva: reply intent opt_out. Nobody was opted out: no message of a lead is known as 'lost'. Use Contact → Opt Out." } }]);
				expect(await reasons('ana@example.com')).toEqual([undefined, undefined]);
			});
		});

		it('fails alone for nobody, nothing, nonsense', async () => {
			await store().contacts.upsert('default', [{ email: 'ana@example.com' }]);
			const wrong = async (corrections: INodeParameters) => (await correct([{ email: 'ana@example.com' }], corrections, { continueOnFail: true }))[0].error;
			expect(await wrong({})).toBe('Nothing is corrected');
			expect(await wrong({ score: 101 })).toBe("'Score' must lie between 0 and 100, but is 101");
			expect(await wrong({ intent: '={{ "boiling" }}' })).toBe("'Intent' must be hot, warm or cold, but is 'boiling'");
			expect(await wrong({ status: '={{ "BOUGHT" }}' })).toBe("'Status' cannot be 'BOUGHT'");
			expect(await wrong({ replyIntent: 'other', messageId: '' })).toContain("there is no 'Message ID'");
			expect(await correct([{ email: 'nobody@example.com' }, { email: 'ana@example.com' }], { score: 50 }, { continueOnFail: true })).toMatchObject([{ error: expect.stringContaining("Nobody is known as 'nobody@example.com'") }, { contact: { score: 50 } }]);
		});

		it("keeps a person's stage as a label, and a won stage as a won lead", async () => {
			const [contact] = await store().contacts.upsert('default', [{ email: 'ana@example.com' }]);
			const [moved] = await run([{ email: 'ana@example.com' }], { resource: 'contact', operation: 'setStage', stage: 'Won', by: 'Eva' });
			expect(moved).toMatchObject({ contact: { stageId: 'won', status: 'WON' }, stage: { changed: true } });
			expect((await store().labels.list('default', { contactIds: [contact.id], limit: 9 })).map(({ field, from, to }) => [field, from, to])).toEqual(expect.arrayContaining([['stage', undefined, 'won'], ['status', undefined, 'WON']]));
			expect(await store().contacts.find('default', [contact.id])).toMatchObject([{ status: 'WON' }]);
			// A slip of the hand: taken back, the lead is not won.
			expect(await run([{ email: 'ana@example.com' }], { resource: 'contact', operation: 'setStage', stage: 'Engaged' })).toMatchObject([{ contact: { stageId: 'engaged', status: 'CONTACTED' } }]);
			expect(await store().contacts.find('default', [contact.id])).toMatchObject([{ status: 'CONTACTED' }]);
		});

		it('corrects a hundred contacts with as many store calls as one', async () => {
			await store().contacts.upsert('default', Array.from({ length: 100 }, (_, at) => ({ email: `l${at}@example.com`, summary: 'x' })));
			const items = (count: number) => Array.from({ length: count }, (_, at) => ({ email: `l${at}@example.com` }));
			storeCalls.length = 0;
			await correct(items(1), { score: 80 });
			const forOne = [...storeCalls];
			storeCalls.length = 0;
			expect(await correct(items(100), { score: 30 })).toHaveLength(100);
			expect(storeCalls).toEqual(forOne);
		});
	});

	describe('Report → Conversion by Band', () => {
		it('makes one item a band of what had its time, and says so when nothing had', async () => {
			const now = await store().clock.now();
			expect(await run([{}], { resource: 'report', operation: 'conversionByBand' })).toMatchObject([{ report: { band: 'ready to close', contacts: 0 } }, { report: { band: 'hot' } }, { report: { band: 'warm' } }, { report: { band: 'cold', sentence: 'No lead scored 0–30 (cold) has had its time yet.' } }]);
			const ids = Array.from({ length: 4 }, (_, at) => `c${at}`);
			await store().leadScores.saveSnapshots('default', ids.map((contactId, at) => ({ contactId, features: {}, baseScore: 1, score: at < 2 ? 70 : 20, draw: 0 })), []);
			await store().outcomes.record([{ workspace: 'default', event: 'deal_won', contactId: 'c0', occurredAt: epochMs(now + DAY) }]);
			const bands = await run([{}, {}], { resource: 'report', operation: 'conversionByBand' });
			expect(bands).toHaveLength(4);
			// Their thirty days are not over yet.
			expect(bands[0]).toMatchObject({ report: { tooRecent: 4, windowDays: 30, contacts: 0 } });
		});
	});
});
