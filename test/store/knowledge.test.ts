import { weighTerms } from '../../engine/retrieval/bm25';
import { queryTerms, termsOf } from '../../engine/retrieval/terms';
import type { KnowledgeInput, LexicalQuery } from '../../store/store';
import { DIALECTS, openTestStore, query, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(120_000);

const input = (id: string, texts: string[], changes: Partial<KnowledgeInput> = {}): KnowledgeInput => ({
	kind: 'document',
	id,
	hash: JSON.stringify([texts, changes]),
	characters: texts.join('').length,
	chunks: texts.map((text) => ({ text, terms: termsOf(text) })),
	...changes,
});
const asking = (text: string, changes: Partial<LexicalQuery> = {}): LexicalQuery => ({ kind: 'document', terms: queryTerms(text), ...changes });

describe.each(DIALECTS)('knowledge on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => (test = await openTestStore(dialect)));
	afterEach(async () => await test.close());
	const find = async (text: string, changes: Partial<LexicalQuery> = {}, workspace = 'acme') => {
		const [{ chunks }] = await test.store.knowledge.search(workspace, [asking(text, changes)], weighTerms, 10);
		return chunks.map(({ text: found }) => found);
	};

	it('is found by any of its words, with case, accents and endings forgiven, best first', async () => {
		await test.store.knowledge.put('acme', [
			input('prices', ['Der Preis für 20 Stühle beträgt 900 €.', 'Lieferungen dauern zwei Wochen.'], { title: 'Preisliste' }),
			input('tables', ['Tische aus Eiche, Lieferung in drei Wochen.']),
		]);
		expect(await find('LIEFERUNG in drei Wochen?')).toEqual(['Tische aus Eiche, Lieferung in drei Wochen.', 'Lieferungen dauern zwei Wochen.']);
		expect(await find('preis')).toEqual(['Der Preis für 20 Stühle beträgt 900 €.']);
		expect(await find('Stuhle')).toEqual(['Der Preis für 20 Stühle beträgt 900 €.']);
		expect(await find('elephants')).toEqual([]);
		const [{ chunks }] = await test.store.knowledge.search('acme', [asking('Stühle')], weighTerms, 1);
		expect(chunks).toEqual([{ kind: 'document', documentId: 'prices', place: 0, text: 'Der Preis für 20 Stühle beträgt 900 €.', title: 'Preisliste' }]);
	});

	it('replaces a document by its id, leaves an unchanged one alone, and forgets a removed one', async () => {
		const { knowledge } = test.store;
		expect(await knowledge.put('acme', [input('a', ['old words here', 'more'])])).toEqual([{ changed: true }]);
		expect(await knowledge.put('acme', [input('a', ['old words here', 'more'])])).toEqual([{ changed: false }]);
		test.clock.advance(1_000);
		expect(await knowledge.put('acme', [input('a', ['new words here'])])).toEqual([{ changed: true }]);
		expect(await find('old')).toEqual([]);
		expect(await find('new')).toEqual(['new words here']);
		expect(await knowledge.list('acme', { kind: 'document', limit: 5 })).toMatchObject([{ id: 'a', chunks: 1, characters: 14 }]);
		expect(await knowledge.counts('acme')).toEqual({ document: 1, lead: 0 });
		expect(await knowledge.remove('acme', 'document', ['a', 'none', 'a'])).toEqual([true, false, true]);
		expect(await find('new')).toEqual([]);
		expect(await knowledge.counts('acme')).toEqual({ document: 0, lead: 0 });
		expect(await query(test.place.config, 'select * from {chunks}')).toEqual([]);
	});

	it('keeps the last of two documents with one id in a batch', async () => {
		await test.store.knowledge.put('acme', [input('a', ['first version']), input('a', ['second version'])]);
		expect(await find('version')).toEqual(['second version']);
	});

	it('mixes no workspaces and no kinds, and never finds the document left out', async () => {
		const { knowledge, contacts } = test.store;
		await contacts.upsert('acme', [{ id: 'anna' }, { id: 'bert' }]);
		await knowledge.put('acme', [input('d', ['hotel chairs']), input('anna', ['hotel with chairs'], { kind: 'lead', label: 'won' }), input('bert', ['hotel of Bert'], { kind: 'lead' })]);
		await knowledge.put('other', [input('d', ['hotel of others'])]);
		expect(await find('hotel')).toEqual(['hotel chairs']);
		expect(await find('hotel', {}, 'other')).toEqual(['hotel of others']);
		expect(await find('hotel', {}, 'third')).toEqual([]);
		expect(await find('hotel', { kind: 'lead', exclude: 'anna' })).toEqual(['hotel of Bert']);
		expect(await knowledge.remove('other', 'document', ['d'])).toEqual([true]);
		expect(await find('hotel')).toEqual(['hotel chairs']);
	});

	it('finds no past lead who objects to profiling, or who is no contact any more', async () => {
		const { knowledge, contacts } = test.store;
		await contacts.upsert('acme', [{ id: 'anna' }]);
		await knowledge.put('acme', [input('anna', ['hotel'], { kind: 'lead' }), input('gone', ['hotel'], { kind: 'lead' })]);
		expect(await find('hotel', { kind: 'lead' })).toEqual(['hotel']);
		await contacts.upsert('acme', [{ id: 'anna', profiling: false }]);
		expect(await find('hotel', { kind: 'lead' })).toEqual([]);
		expect(await knowledge.withoutVector('acme', 'm', 9)).toEqual([]);
	});

	it.each(['" OR "', "'; drop table chunks; --", 'a AND b NOT c NEAR(d) *', '(((', 'col:x ^y', '\u0000\ud800', '👩‍👩‍👧‍👦 🎉', '', 'مرحبا 漢字 𞤀𞤣 ﷺ ŉ ǅ', 'x'.repeat(100_000), '& | ! <-> :*'])('survives %# as text and as query', async (odd) => {
		await test.store.knowledge.put('acme', [input(odd === '' ? 'empty' : odd.slice(0, 500), odd === '' ? [] : [odd, `${odd} marker`], { title: odd.slice(0, 100), label: odd.slice(0, 50) })]);
		expect(await find(odd)).toEqual(queryTerms(odd).length === 0 ? [] : expect.arrayContaining([expect.any(String)]));
		expect(await find('marker')).toHaveLength(odd === '' ? 0 : 1);
		expect(await test.store.knowledge.list('acme', { kind: 'document', limit: 5 })).toHaveLength(1);
	});

	it('answers many queries with as many statements as one', async () => {
		const { knowledge } = test.store;
		await knowledge.put('acme', Array.from({ length: 50 }, (_, at) => input(`d${at}`, [`word${at} chairs`])));
		const many = await knowledge.search('acme', Array.from({ length: 500 }, (_, at) => asking(`word${at % 50}`)), weighTerms, 3);
		expect(many.map(({ chunks }) => chunks[0]?.documentId)).toEqual(Array.from({ length: 500 }, (_, at) => `d${at % 50}`));
		expect(await knowledge.search('acme', [], weighTerms, 3)).toEqual([]);
	});

	it('keeps vectors by model, exactly, and hands them over in pages', async () => {
		const { knowledge } = test.store;
		await knowledge.put('acme', [input('a', ['one', 'two']), input('b', ['three'])]);
		const waiting = await knowledge.withoutVector('acme', 'm1', 2);
		expect(waiting.map(({ text }) => text)).toEqual(['one', 'two']);
		const vector = Float32Array.from([0.1, -2.5, 3e-9]);
		await knowledge.saveVectors('acme', 'm1', waiting.map((chunk) => ({ ...chunk, vector })));
		expect((await knowledge.withoutVector('acme', 'm1', 9)).map(({ text }) => text)).toEqual(['three']);
		expect(await knowledge.withoutVector('acme', 'm2', 9)).toHaveLength(3);
		const seen: unknown[] = [];
		await knowledge.scanVectors('acme', 'm1', (page) => seen.push(...page.map(({ documentId, place, vector: kept }) => [documentId, place, [...kept]])));
		expect(seen).toEqual([['a', 0, [...vector]], ['a', 1, [...vector]]]);
		await knowledge.scanVectors('other', 'm1', () => seen.push('other'));
		expect(seen).toHaveLength(2);
	});

	it('gives a replaced chunk no vector of its earlier text', async () => {
		const { knowledge } = test.store;
		await knowledge.put('acme', [input('a', ['old'])]);
		const [chunk] = await knowledge.withoutVector('acme', 'm', 9);
		await knowledge.put('acme', [input('a', ['new'])]);
		await knowledge.saveVectors('acme', 'm', [{ ...chunk, vector: Float32Array.from([1]) }]);
		expect(await knowledge.withoutVector('acme', 'm', 9)).toMatchObject([{ text: 'new' }]);
	});

	it('hands over 2,500 vectors, each once', async () => {
		const { knowledge } = test.store;
		await knowledge.put('acme', [input('big', Array.from({ length: 2_500 }, (_, at) => `chunk ${at}`))]);
		const chunks = await knowledge.withoutVector('acme', 'm', 5_000);
		await knowledge.saveVectors('acme', 'm', chunks.map((chunk) => ({ ...chunk, vector: Float32Array.from([chunk.place]) })));
		const places: number[] = [];
		await knowledge.scanVectors('acme', 'm', (page) => places.push(...page.map(({ vector }) => vector[0])));
		expect(places).toEqual(Array.from({ length: 2_500 }, (_, at) => at));
	});
});
