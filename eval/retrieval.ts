import { z } from 'zod';
import { EVIDENCE_POLICY } from '../engine/classify/evidence';
import { SEARCH_POLICY, weighTerms } from '../engine/retrieval/bm25';
import { rankChunks } from '../engine/retrieval/rankChunks';
import { queryTerms, termsOf } from '../engine/retrieval/terms';
import { ownData, readJsonLines } from './jsonLines';
import type { Figure, Section } from './table';

const PairSchema = z.object({ id: z.string(), language: z.enum(['en', 'de']), passage: z.string(), question: z.string(), paraphrase: z.string() });
type Pair = z.infer<typeof PairSchema>;

/** What the store's index hands over for a query: the chunks with the highest sum of term weights. */
function candidates(pairs: readonly Pair[], terms: ReturnType<typeof weighTerms>): { id: string; text: string }[] {
	const summed = pairs.map(({ id, passage }) => {
		const own = new Set(termsOf(passage));
		return { id, text: passage, weight: terms.reduce((sum, { term, weight }) => sum + (own.has(term) ? weight : 0), 0) };
	});
	return summed.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || (a.id < b.id ? -1 : 1)).slice(0, SEARCH_POLICY.candidates);
}

/** Place of the right passage among all for each question, from 0; −1 when it was not found. By words alone. */
export function placesFound(pairs: readonly Pair[], asked: 'question' | 'paraphrase'): { id: string; language: Pair['language']; place: number }[] {
	const having = new Map<string, number>();
	for (const { passage } of pairs) for (const term of new Set(termsOf(passage))) having.set(term, (having.get(term) ?? 0) + 1);
	return pairs.map((pair) => {
		const { id, language } = pair;
		const terms = weighTerms(queryTerms(pair[asked]), having, pairs.length);
		const ranked = rankChunks({ terms, chunks: candidates(pairs, terms) }, [], SEARCH_POLICY.candidates);
		return { id, language, place: ranked.findIndex((one) => one.id === id) };
	});
}

export function ownPairs(): Pair[] {
	return readJsonLines(ownData('retrieval.jsonl'), PairSchema);
}

/** How often the right passage is among the four that a lead is classified with. */
export function retrievalSection(): Section {
	const pairs = ownPairs();
	const [asked, paraphrased] = [placesFound(pairs, 'question'), placesFound(pairs, 'paraphrase')];
	const figure = (name: string, some: typeof asked, most: number = EVIDENCE_POLICY.snippets): Figure => ({ name, hits: some.filter(({ place }) => place >= 0 && place < most).length, of: some.length });
	const of = (some: typeof asked, language: Pair['language']): typeof asked => some.filter((one) => one.language === language);
	return {
		title: 'Finding knowledge by words alone (own questions)',
		note: 'Sixty passages, English and German, searched together; the one that answers must be among the four a lead is classified with. Asked twice: plainly, and paraphrased so as to share hardly a word. Machine-written. Embeddings are not measured here.',
		figures: [figure('asked plainly: recall@4', asked), figure('  English', of(asked, 'en')), figure('  German', of(asked, 'de')), figure('  in first place', asked, 1), figure('paraphrased: recall@4', paraphrased), figure('  English', of(paraphrased, 'en')), figure('  German', of(paraphrased, 'de'))],
	};
}
