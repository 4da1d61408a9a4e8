import fc from 'fast-check';
import { fallbackScore, type ScoredTurn } from '../../../engine/classify/fallbackScore';
import { DAY, epochMs } from '../../../engine/time';

const NOW = epochMs('2026-03-10T12:00:00Z');
const at = (daysAgo: number) => new Date(NOW - daysAgo * DAY).toISOString();
const lead = (text: string, daysAgo = 0): ScoredTurn => ({ from: 'lead', text, timestamp: at(daysAgo) });
const us = (text: string, daysAgo = 0): ScoredTurn => ({ from: 'us', text, timestamp: at(daysAgo) });
const score = (turns: ScoredTurn[], language: string | undefined = 'en') => fallbackScore(turns, { now: NOW, language });
const points = (turns: ScoredTurn[], name: string, language?: string) => score(turns, language)?.factors.find((factor) => factor.name === name)?.points;

describe('fallbackScore', () => {
	it('says nothing without messages', () => {
		expect(fallbackScore([], { now: NOW })).toBeNull();
	});

	it('scores one short message just now: 20 + 5 + 5 + 0 + 0 + 10 = 40, CONTACTED', () => {
		expect(score([lead('hello')])).toMatchObject({ score: 40, status: 'CONTACTED', confidence: 0.6 });
	});

	it('scores a rich conversation: 20 + 10 + 10 + 12 + 15 + 5 = 72, QUALIFIED', () => {
		// Five messages of 60 characters, changing speaker each time (4 of 4 pairs), three buying words, three days old.
		const pad = (text: string) => text.padEnd(60, '.');
		const turns = [lead(pad('What is the price?'), 4), us(pad('Hi'), 4), lead(pad('And delivery? Can I get an invoice'), 3), us(pad('Sure'), 3), lead(pad('ok'), 3)];
		expect(score(turns)).toMatchObject({ score: 72, status: 'QUALIFIED' });
		expect(score(turns)?.factors.map(({ points: given }) => given)).toEqual([20, 10, 10, 12, 15, 5]);
	});

	it('clamps at 80: 20 + 25 + 15 + 20 + 15 + 10 = 105', () => {
		const turns = Array.from({ length: 20 }, (_, i) => (i % 2 ? us : lead)(`price cost buy order quote ${'x'.repeat(100)}`));
		expect(score(turns)?.score).toBe(80);
		expect(score(turns)?.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(105);
	});

	it('scores an old lonely word 20: 20 + 5 + 5 + 0 + 0 − 10, NEW', () => {
		expect(score([lead('hm', 31)])).toMatchObject({ score: 20, status: 'NEW' });
	});

	it.each([
		[1, 5],
		[4, 5],
		[5, 10],
		[9, 10],
		[10, 15],
		[19, 15],
		[20, 25],
		[50, 25],
	])('gives %i messages %i points', (count, expected) => {
		expect(points(Array.from({ length: count }, () => us('a')), 'messages')).toBe(expected);
	});

	it.each([
		[49, 5],
		[50, 10],
		[99, 10],
		[100, 15],
	])('gives a mean length of %i characters %i points', (length, expected) => {
		expect(points([lead('x'.repeat(length)), us('y'.repeat(length))], 'length')).toBe(expected);
	});

	it('takes the mean over all messages, empty ones included, and counts an emoji as one character', () => {
		expect(points([lead('x'.repeat(100)), us('')], 'length')).toBe(10);
		expect(points([lead('😀'.repeat(49))], 'length')).toBe(5);
		expect(points([lead('😀'.repeat(50))], 'length')).toBe(10);
	});

	it.each([
		['hello', 0],
		['price', 6],
		['price cost', 6],
		['price cost buy', 12],
		['price cost buy order', 12],
		['price cost buy order urgent', 20],
		['price price PRICES pricing', 6],
		['how much is it', 6],
		['how nice, much more', 0],
		['pricey unavailable wanted reorder', 0],
		['Looking   for\na quote!', 6],
	])('gives %j %i points for buying words', (text, expected) => {
		expect(points([lead(text)], 'buyingWords')).toBe(expected);
	});

	it("counts the lead's words only, and no phrase across two messages", () => {
		expect(points([us('price cost buy order urgent'), lead('ok')], 'buyingWords')).toBe(0);
		expect(points([lead('how'), lead('much')], 'buyingWords')).toBe(0);
	});

	it.each([
		['de', 'Was ist der PREIS und wie lange dauert die Lieferung? Brauche ein Angebot.', 12],
		['es', 'Cual es el precio? Necesito una factura', 12],
		['fr', 'Quel est le coût de la livraison ? Je voudrais un devis.', 12],
		['it', 'Vorrei un preventivo, quanto costa la consegna?', 20],
		['pt', 'Quero comprar, qual o preço da entrega?', 12],
		['nl', 'Wat is de prijs? Ik wil graag een offerte met levertijd', 12],
		['pl', 'Potrzebuje wyceny, jaka jest cena i dostawa', 12],
		['tr', 'FİYAT teklifi istiyorum, kargo ne kadar?', 20],
	])('knows the words of %s, with accents dropped or not', (language, text, expected) => {
		expect(points([lead(text)], 'buyingWords', language)).toBe(expected);
	});

	it('finds words without being told the language, in English and in the one it seems to be', () => {
		const untold = (text: string) => fallbackScore([lead(text)], { now: NOW })?.factors.find(({ name }) => name === 'buyingWords')?.points;
		expect(untold('price cost buy')).toBe(12);
		expect(untold('Guten Tag, ich brauche ein Angebot mit Preis und Lieferzeit')).toBe(12);
		// "want" is Dutch for "because".
		expect(points([lead('Ik bel niet, want ik ben ziek')], 'buyingWords', 'nl')).toBe(0);
	});

	it('gives turn-taking by the share of adjacent pairs that change side', () => {
		expect(points([lead('a')], 'turnTaking')).toBe(0);
		expect(points([lead('a'), us('b')], 'turnTaking')).toBe(15);
		// 2 of 5 pairs = 0.4
		expect(points([lead('a'), lead('a'), us('b'), us('b'), lead('c'), lead('c')], 'turnTaking')).toBe(8);
		// 7 of 10 pairs = 0.7
		expect(points([...Array.from({ length: 7 }, (_, i) => (i % 2 ? us : lead)('a')), us('a'), us('a'), us('a'), us('a')], 'turnTaking')).toBe(15);
		// 1 of 3 pairs
		expect(points([lead('a'), lead('a'), lead('a'), us('b')], 'turnTaking')).toBe(0);
		expect(points([us('a'), { from: 'person', text: 'b', timestamp: at(0) }], 'turnTaking')).toBe(0);
	});

	it.each([
		[0, 10],
		[1, 10],
		[1.001, 5],
		[7, 5],
		[7.001, 0],
		[30, 0],
		[30.001, -10],
		[-2, 10],
	])('gives a last message %f days ago %i points', (daysAgo, expected) => {
		expect(points([lead('a', daysAgo)], 'recency')).toBe(expected);
	});

	it('takes the newest time whatever the order, and none when there is none', () => {
		expect(points([lead('a', 0), lead('b', 40)], 'recency')).toBe(10);
		expect(points([{ from: 'lead', text: 'a' }], 'recency')).toBe(0);
		expect(points([{ from: 'lead', text: 'a', timestamp: 'not a time' }], 'recency')).toBe(0);
	});

	it('names the status by the score', () => {
		// 20 + 5 + 5 + 0 + 0 + 10
		expect(score([lead('hello')])).toMatchObject({ score: 40, status: 'CONTACTED' });
		// 20 + 5 + 5 + 0 + 0 + 5
		expect(score([lead('hello', 2)])).toMatchObject({ score: 35, status: 'NEW' });
		// 20 + 5 + 5 + 6 + 15 + 10
		expect(score([lead('price'), us('ok')])).toMatchObject({ score: 61, status: 'QUALIFIED' });
		// 20 + 5 + 5 + 0 + 15 + 10
		expect(score([lead('hm'), us('ok')])).toMatchObject({ score: 55, status: 'CONTACTED' });
	});

	it('refuses a now that is no moment', () => {
		expect(() => fallbackScore([lead('a')], { now: 'soon' })).toThrow(RangeError);
	});

	it('always answers 15–80 with factors that add up to it before clamping', () => {
		const turns = fc.array(fc.record({ from: fc.constantFrom('lead' as const, 'us' as const, 'person' as const), text: fc.string({ unit: 'binary' }), timestamp: fc.integer({ min: 0, max: NOW + DAY }) }), { minLength: 1, maxLength: 50 });
		fc.assert(
			fc.property(turns, (conversation) => {
				const result = fallbackScore(conversation, { now: NOW });
				const sum = result?.factors.reduce((total, factor) => total + factor.points, 0) ?? NaN;
				return result !== null && result.score === Math.min(80, Math.max(15, sum));
			}),
		);
	});
});
