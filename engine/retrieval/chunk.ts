import { sentencesOf } from '../message/sentences';

/** How documents are cut for search: long enough to answer a question, short enough for four to fit a prompt. Ours. */
export const CHUNK_POLICY = { characters: 800, overlap: 120 } as const;

const HEADING = /^#{1,6}\s+\S/;

/** A piece longer than `size` in parts, cut at blanks where there are any, never inside a surrogate pair. */
function cut(text: string, size: number): string[] {
	const parts: string[] = [];
	let rest = text;
	while (rest.length > size) {
		const blank = rest.lastIndexOf(' ', size);
		let end = blank > size / 2 ? blank : size;
		if (/[\uD800-\uDBFF]/.test(rest.charAt(end - 1))) end -= 1;
		parts.push(rest.slice(0, end).trim());
		rest = rest.slice(end).trim();
	}
	return [...parts, rest].filter((part) => part !== '');
}

interface Piece {
	text: string;
	/** What stands between it and the piece before. */
	glue: '\n\n' | '\n' | ' ';
	heading: boolean;
}

/** Paragraphs; those too long for a chunk by their sentences, and sentences too long in parts. */
function piecesOf(text: string, size: number): Piece[] {
	const paragraphs = text.replaceAll('\r\n', '\n').split(/\n[ \t]*\n|\n(?=#{1,6}\s)/);
	return paragraphs.flatMap((paragraph): Piece[] => {
		const whole = paragraph.trim();
		if (whole === '') return [];
		const heading = HEADING.test(whole);
		if (whole.length <= size) return [{ text: whole, glue: '\n\n', heading }];
		const sentences = sentencesOf(whole).flatMap((sentence) => cut(sentence, size));
		return sentences.map((sentence, place) => ({ text: sentence, glue: place === 0 ? '\n\n' : ' ', heading: heading && place === 0 }));
	});
}

/** The end of a chunk that the next one repeats: its last sentences, as far as they fit. */
function tail(chunk: string, overlap: number): string {
	const sentences = sentencesOf(chunk);
	let kept = '';
	for (let place = sentences.length - 1; place > 0; place -= 1) {
		const longer = kept === '' ? sentences[place] : `${sentences[place]} ${kept}`;
		if (longer.length > overlap) break;
		kept = longer;
	}
	return kept;
}

/**
 * Cuts a plain or Markdown text into chunks of at most `characters` (UTF-16), at paragraph ends where possible, else at
 * sentence ends, else at blanks. A chunk that follows in the middle of a text begins with the last sentences of the one
 * before (at most `overlap` characters); one that begins with a heading does not. Every character that is no white space is in some chunk.
 */
export function chunkText(text: string, policy: { characters: number; overlap: number } = CHUNK_POLICY): string[] {
	const { characters, overlap } = policy;
	const chunks: string[] = [];
	let current = '';
	// True while `current` holds nothing but what the chunk before ended with.
	let onlyRepeats = false;
	const close = (next?: Piece): void => {
		if (current === '' || onlyRepeats) {
			current = '';
			return;
		}
		chunks.push(current);
		const repeated = next && !next.heading ? tail(current, overlap) : '';
		onlyRepeats = repeated !== '' && next !== undefined && repeated.length + 1 + next.text.length <= characters;
		current = onlyRepeats ? repeated : '';
	};
	for (const piece of piecesOf(text, characters)) {
		// A new section begins a new chunk unless the one before would be a stub.
		if (piece.heading && current.length > characters / 4) close(piece);
		if (current !== '' && current.length + piece.glue.length + piece.text.length > characters) close(piece);
		current = current === '' ? piece.text : `${current}${onlyRepeats ? ' ' : piece.glue}${piece.text}`;
		onlyRepeats = false;
	}
	close();
	return chunks;
}
