import type { Draft } from '../../engine/draft/draft';
import { TRAINING_POLICY } from '../../engine/training/trainingPolicy';
import { DAY, epochMs, HOUR, later } from '../../engine/time';
import type { TrainingCandidate } from '../../store/store';
import { FigureWorld } from './figureWorld';
import { DIALECTS, openTestStore, START, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

/** Long enough ago for every answer to have come. */
const SENT = later(START, -20 * DAY);
const ALL = { since: epochMs(0), until: START, limit: 100 };
const reply = (intent: string, language = 'en'): string => JSON.stringify({ intent, optOut: { wanted: false, certainty: 0 }, sentiment: 0.5, language, needsAnswer: true });

describe.each(DIALECTS)('training examples on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => void (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());

	const written = async (fill: (world: FigureWorld) => void): Promise<void> => {
		const world = new FigureWorld('acme');
		fill(world);
		await world.write(test.place.config);
	};
	const examples = async (request: Partial<typeof ALL> = {}): Promise<TrainingCandidate[]> => (await test.store.training.examples('acme', { ...ALL, ...request })).candidates;

	it('hold what was said before, how it was read, what a person made of it and what came of it', async () => {
		await written((world) => {
			world.contact('anna', SENT, { name: 'Anna Berg', email: 'anna@berg.example', consent: '{"email":{"basis":"opt_in"}}', attributes: '{"industry":"dental","street":"Am Hang 3"}' });
			world.message('anna', later(SENT, -3 * HOUR), { text: 'Hello, do you deliver?' });
			world.message('anna', later(SENT, -HOUR), { id: 'asked', text: 'And how much is it?', reply: reply('question') });
			const id = world.sending({ at: SENT, madeAt: later(SENT, -HOUR / 2), contact: 'anna', draft: { text: 'It is 20 euros, Anna.', facts: ['The price is 20 euros.'], framework: 'pas', tone: 'warm', language: 'en' }, inbound: ['asked'], gate: 'pass' });
			world.review(id, 'edited', SENT, { shown_text: 'It is 20 euro.', edit_distance: 0.3, edited_text: 'It is 20 euros, Anna.' });
			world.message('anna', later(SENT, HOUR), { text: 'Great, I take it' });
			world.outcome('replied', 'anna', later(SENT, HOUR), { outbound_id: id, label: 'positive_reply', sentiment: 1 });
			world.outcome('deal_won', 'anna', later(SENT, 10 * DAY), { outbound_id: id, value: 20 });
			world.outcome('opened', 'anna', later(SENT, HOUR), { outbound_id: id });
		});
		expect(await examples()).toEqual([
			{
				example: {
					outboundId: expect.stringMatching(/^o-/), contactId: 'anna', channel: 'email', language: 'en', intent: 'question', answeredLanguage: 'en',
					conversation: [{ from: 'lead', text: 'Hello, do you deliver?' }, { from: 'lead', text: 'And how much is it?' }],
					text: 'It is 20 euros, Anna.', original: { text: 'It is 20 euro.' }, editDistance: 0.3, facts: ['The price is 20 euros.'], framework: 'pas', tone: 'warm',
					judgement: 'edited', labels: ['deal_won', 'positive_reply'], reward: 1, weight: 10, gateVerdict: 'pass', usedFallback: false, sentAt: SENT,
					// 0.8 edited + 0.25 good + 0.05 passed − 0.05 short.
					quality: 1,
				},
				person: {
					contactId: 'anna', profiling: true, optedOutOfAll: false, attributes: { industry: 'dental', street: 'Am Hang 3' }, consent: { email: { basis: 'opt_in' } },
					identifiers: { names: ['Anna Berg'], companies: [], addresses: ['anna@berg.example', 'anna'], others: ['Am Hang 3'] },
				},
			},
		]);
	});

	it('count an outcome only inside its window, however late it was told, and never one that nobody could attribute', async () => {
		const DEAL = 90 * DAY;
		const long = later(START, -100 * DAY);
		await written((world) => {
			const inside = world.sending({ at: long, contact: 'a' });
			world.outcome('deal_won', 'a', later(long, DEAL - 1), { outbound_id: inside, recorded_at: START });
			const outside = world.sending({ at: later(long, 1), contact: 'b' });
			world.outcome('deal_won', 'b', later(long, 1 + DEAL), { outbound_id: outside });
			world.outcome('replied', 'b', later(long, -HOUR), { outbound_id: outside, label: 'positive_reply' });
			const guessed = world.sending({ at: later(long, 2), contact: 'c' });
			world.outcome('deal_won', 'c', later(long, DAY), { outbound_id: guessed, attributed: 'none' });
		});
		expect((await examples()).map(({ example }) => [example.contactId, example.labels])).toEqual([['a', ['deal_won']], ['b', []], ['c', []]]);
	});

	it('are not there before their answer could have come', async () => {
		await written((world) => {
			world.sending({ at: later(START, -TRAINING_POLICY.maturityMs - 1), contact: 'old' });
			world.sending({ at: later(START, -TRAINING_POLICY.maturityMs), contact: 'fresh' });
		});
		expect((await examples()).map(({ example }) => example.contactId)).toEqual(['old']);
		expect((await test.store.training.counts('acme', ALL)).reduce((sum, { messages }) => sum + messages, 0)).toBe(1);
	});

	it('come in pages that neither lose nor repeat one, many of them sent in one moment', async () => {
		await written((world) => {
			for (let at = 0; at < 25; at++) world.sending({ at: later(SENT, at < 20 ? 0 : at), contact: `c${at}` });
		});
		const seen: string[] = [];
		let after: string | undefined;
		let pages = 0;
		do {
			const page = await test.store.training.examples('acme', { ...ALL, limit: 7, ...(after === undefined ? {} : { after }) });
			seen.push(...page.candidates.map(({ example }) => example.contactId));
			after = page.next;
			pages += 1;
		} while (after !== undefined);
		expect(seen).toHaveLength(25);
		expect(new Set(seen).size).toBe(25);
		expect(pages).toBe(4);
		await expect(test.store.training.examples('acme', { ...ALL, after: 'nonsense' })).rejects.toThrow('This page does not exist');
	});

	it('know a person by one id, whether a message names it or an address', async () => {
		await test.store.contacts.upsert('acme', [{ id: 'anna', email: 'anna@berg.example', name: 'Anna' }]);
		await written((world) => {
			world.sending({ at: SENT, contact: 'anna' });
			world.sending({ at: later(SENT, 1), contact: 'Anna@Berg.example' });
			world.sending({ at: later(SENT, 2), contact: 'nobody@else.example' });
		});
		const found = await examples();
		expect(found.map(({ example }) => example.contactId)).toEqual(['anna', 'anna', 'nobody@else.example']);
		expect(found[2].person.identifiers.addresses).toEqual(['nobody@else.example']);
	});

	it('say who objects: profiling off, or opted out of every channel by any of their addresses', async () => {
		await test.store.contacts.upsert('acme', [{ id: 'off', email: 'off@x.example', profiling: false }, { id: 'out', email: 'out@x.example' }, { id: 'one', email: 'one@x.example' }]);
		await test.store.suppressions.optOut([
			{ workspace: 'acme', channel: 'email', address: 'out@x.example', allChannels: true, reason: 'said so', actor: 'person' },
			{ workspace: 'acme', channel: 'email', address: 'one@x.example', allChannels: false, reason: 'said so', actor: 'person' },
		]);
		await written((world) => ['off', 'out', 'one'].forEach((contact, at) => world.sending({ at: later(SENT, at), contact })));
		expect((await examples()).map(({ person }) => [person.profiling, person.optedOutOfAll])).toEqual([[false, false], [true, true], [true, false]]);
	});

	it('cut what is longer than anybody writes, in any script', async () => {
		const huge = '🙂'.repeat(50_000);
		await written((world) => {
			world.message('anna', later(SENT, -HOUR), { text: huge });
			world.sending({ at: SENT, contact: 'anna', draft: { text: huge } });
		});
		const [{ example }] = await examples();
		expect([...example.conversation[0].text]).toHaveLength(TRAINING_POLICY.longestTurn);
		expect([...example.text]).toHaveLength(TRAINING_POLICY.longestText + 1);
	});

	it('of rejected drafts hold what a colleague wrote instead, unless the lead had written again by then', async () => {
		await written((world) => {
			for (const contact of ['anna', 'berta', 'carla']) world.review(world.sending({ status: 'cancelled', at: SENT, madeAt: SENT, contact, draft: { text: 'Buy now!' } }), 'rejected', later(SENT, HOUR));
			world.message('anna', later(SENT, 2 * HOUR), { direction: 'person', text: 'Let me find out for you.' });
			world.message('berta', later(SENT, HOUR), { text: 'Hello?' });
			world.message('berta', later(SENT, 2 * HOUR), { direction: 'person', text: 'Yes?' });
			world.message('carla', later(SENT, 26 * HOUR), { direction: 'person', text: 'Too late to be an answer' });
		});
		const { candidates, next } = await test.store.training.rejections('acme', ALL);
		expect(next).toBeUndefined();
		expect(candidates.map(({ example }) => [example.contactId, example.judgement, example.text, example.quality, example.instead?.text])).toEqual([
			['anna', 'rejected', 'Buy now!', 0, 'Let me find out for you.'],
			['berta', 'rejected', 'Buy now!', 0, undefined],
			['carla', 'rejected', 'Buy now!', 0, undefined],
		]);
	});

	it('are counted by all their quality depends on, as the examples themselves say', async () => {
		const texts: Partial<Draft>[] = [{ text: 'Yes.' }, { text: 'It costs 20 euros.' }, { text: 'x'.repeat(60) }, { text: 'x'.repeat(2_500) }, { text: 'x'.repeat(60), language: 'de' }, { text: 'x'.repeat(60), usedFallback: true }];
		await written((world) => {
			world.contact('silent', SENT, { profiling: 0 });
			for (let at = 0; at < 240; at++) {
				const contact = at % 40 === 0 ? 'silent' : `c${at}`;
				const time = later(SENT, at);
				if (at % 3 > 0) world.message(contact, later(time, -HOUR), { id: `in-${at}`, reply: at % 3 === 1 ? reply('question', at % 2 === 0 ? 'en' : 'de') : null });
				const id = world.sending({ at: time, contact, channel: ['email', 'sms'][at % 2], draft: texts[at % texts.length], inbound: at % 3 > 0 ? [`in-${at}`] : [], purpose: at % 3 > 0 ? 'reply' : 'outreach', gate: ['pass', 'review', undefined][at % 3] });
				if (at % 4 === 1) world.review(id, 'approved', time);
				if (at % 4 === 2) world.review(id, 'edited', time, { shown_text: 'Was', edit_distance: at % 8 === 2 ? 0.7 : 0.2 });
				if (at % 5 === 1) world.outcome('replied', contact, later(time, HOUR), { outbound_id: id, label: ['positive_reply', 'objection', 'opt_out', 'neutral_reply'][at % 4] });
				if (at % 7 === 1) world.outcome('meeting_booked', contact, later(time, DAY), { outbound_id: id });
			}
		});
		const found = (await examples({ limit: 500 })).filter(({ person }) => person.profiling);
		const { qualitySignals, qualityOf } = jest.requireActual<typeof import('../../engine/training/exampleQuality')>('../../engine/training/exampleQuality');
		const name = (values: unknown[]): string => JSON.stringify(values);
		const expected = new Map<string, number>();
		for (const { example } of found) {
			const signals = qualitySignals(example);
			const key = name([example.channel, example.language, example.quality, signals.judgement, signals.rewritten, signals.usedFallback, signals.intent, signals.sameLanguage, signals.length, example.original !== undefined]);
			expected.set(key, (expected.get(key) ?? 0) + 1);
		}
		const counted = new Map<string, number>();
		for (const { channel, language, signals, pair, messages } of await test.store.training.counts('acme', ALL)) {
			const key = name([channel, language, qualityOf(signals), signals.judgement, signals.rewritten, signals.usedFallback, signals.intent, signals.sameLanguage, signals.length, pair]);
			counted.set(key, (counted.get(key) ?? 0) + messages);
		}
		expect(found).toHaveLength(234);
		expect(Object.fromEntries(counted)).toEqual(Object.fromEntries(expected));
	});

	it('of another workspace are never read', async () => {
		await written((world) => void world.sending({ at: SENT, contact: 'anna' }));
		expect((await test.store.training.examples('other', ALL)).candidates).toEqual([]);
		expect(await test.store.training.counts('other', ALL)).toEqual([]);
		expect(test.store.training.salt('acme')).not.toBe(test.store.training.salt('other'));
	});
});
