import { canonicalise, foldWord, type CanonicalText } from '../reply/canonical';
import data from './data/injectionConcepts.json';
import weights from './data/injectionWeights.json';
import { PieceReader, PieceWeights, type Mark, type Piece } from './pieces';

/** What only shows in the raw text: frames of fake messages, hidden markup, letters written apart. Every quantifier is bounded. */
const MARKS: readonly Mark[] = [
	{ tag: 'frame', pattern: /^[ \t>*#[(<"{-]{0,8}(?:system|admin|assistant|developer|sistema|système|systemmeldung)[ \]*"]{0,3}(?::|>|\]|#|")|\[\[?(?:system|hint|hinweis|note|ai|ki)\b|"role" ?:|#{3} ?\S|-{3} ?(?:end|ende|new|fin)\b|<\|/gim },
	{ tag: 'hidden', pattern: /<!--|display ?: ?none|font-size ?: ?0|color ?: ?(?:white|#fff)|<(?:span|div|p) style/gi },
	{ tag: 'outlink', pattern: /!\[[^\]\n]{0,40}\]\(|\{(?:conversation|prompt|context)\}|[?&]\w{1,10}=(?:prompt|\{)/gi },
	{ tag: 'spelt', pattern: /(?<!\p{L})(?:\p{L}[ .\-_]{1,3}){8,40}\p{L}(?!\p{L})/gu },
	{ tag: 'caps', pattern: /(?<!\p{L})\p{Lu}{2,20}(?:[ ,!.]{1,2}\p{Lu}{2,20}){3,12}(?!\p{L})/gu },
	{ tag: 'coded', pattern: /(?<![\w+/=])(?=[A-Za-z+/]{0,60}\d)[A-Za-z0-9+/]{20,200}={0,2}(?![\w+/])/g },
];

const READER = new PieceReader({ concepts: data, ordinary: ['mine', 'mail', 'manual', 'formal', 'place', 'du', 'youAre', 'earlier', 'material', 'content', 'yours', 'data', 'model'], marks: MARKS });
/** Log odds chosen by cross-validation on the fitting rows: alone about 2 % false alarms among harmless mentions, to which listed phrases add. */
const CALLED = 0.25;
const WEIGHTS = new PieceWeights(weights, CALLED);

/** Words of the lists long enough to be recognised when they are disguised. */
const DISGUISABLE = 5;
const SHORT_ONES = ['all', 'the', 'your', 'role'];
const VOCABULARY = new Set([
	...SHORT_ONES,
	...READER.phrases.flatMap((phrase) => phrase.split(/[\s()[\]|.]+/)).map((word) => foldWord(word.replace('*', ''))).filter((word) => word.length >= DISGUISABLE),
]);
const LEET: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', '@': 'a', $: 's' };
const DIGIT = /[0-9@$]/;

/** Leetspeak and letters written apart, for the words such attempts are made of. */
export function undisguise(word: string): string | undefined {
	if (VOCABULARY.has(word)) return word;
	if (!DIGIT.test(word)) return undefined;
	const letters = word.replace(/[013457@$]/g, (sign) => LEET[sign] ?? sign);
	if (VOCABULARY.has(letters)) return letters;
	const withL = word.replace(/[013457@$]/g, (sign) => (sign === '1' ? 'l' : (LEET[sign] ?? sign)));
	return VOCABULARY.has(withL) ? withL : undefined;
}

/** Pieces of a text that touch what orders to a model are made of. */
export function injectionPieces(text: string, canonical: CanonicalText = canonicalise(text, undisguise), everyPiece = false): Piece[] {
	return READER.pieces(text, canonical, everyPiece);
}

/** What the weights alone say, 0–1; from 0.5 on it is called an attack. */
export function weighedInjection(text: string, canonical?: CanonicalText): { share: number; piece?: Piece } {
	return WEIGHTS.most(injectionPieces(text, canonical));
}
