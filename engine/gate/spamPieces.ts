import type { CanonicalText } from '../reply/canonical';
import data from './data/spamConcepts.json';
import weights from './data/spamWeights.json';
import { PieceReader, PieceWeights, type Mark, type Piece } from './pieces';

const MARKS: readonly Mark[] = [
	{ tag: 'exclaim', pattern: /!{2,40}/g },
	{ tag: 'shout', pattern: /(?<!\p{L})\p{Lu}{3,30}(?:[ ,!]{1,3}\p{Lu}{2,30}){1,20}(?!\p{L})/gu },
	{ tag: 'money', pattern: /[$€£₺] ?\d|\d ?(?:[$€£₺]|usd\b|eur\b|euros?\b|dollars?\b|pounds?\b|zł|tl\b|reais\b)/gi },
	{ tag: 'percent', pattern: /\d ?%|\d (?:percent|prozent)/gi },
	{ tag: 'bigNumber', pattern: /\b\d{1,3}(?:[.,]\d{3}){1,4}\b|\b\d{2,3}k\b/gi },
	{ tag: 'link', pattern: /https?:\/\//gi },
	{ tag: 'download', pattern: /\.(?:zip|exe|scr|html?)\b/gi },
];
const READER = new PieceReader({
	concepts: data,
	ordinary: ['buying', 'ours', 'business', 'contact', 'cheap', 'urgent', 'site', 'parcel', 'addresses', 'perTime', 'link', 'brand', 'noReply', 'question'],
	marks: MARKS,
});
/** Log odds chosen by cross-validation on the fitting rows: alone they flag from 0.6 on (log odds 0.2), where about 1 % of our own ordinary rows and 0.2 % of business mail are called spam. */
const CALLED = -0.2;
const WEIGHTS = new PieceWeights(weights, CALLED);

/** Pieces of a message that touch what unwanted advertising and fraud are made of. */
export function spamPieces(text: string, canonical: CanonicalText, everyPiece = false): Piece[] {
	return READER.pieces(text, canonical, everyPiece);
}

/** What the weights alone say, 0–1; from 0.5 on it is called spam. */
export function weighedSpam(text: string, canonical: CanonicalText): { share: number; piece?: Piece } {
	return WEIGHTS.most(spamPieces(text, canonical));
}
