/** Words after which a full stop ends no sentence, in the languages the pack writes (without the stop, lower case). */
const ABBREVIATIONS = new Set(['mr', 'mrs', 'ms', 'dr', 'prof', 'st', 'no', 'nr', 'tel', 'approx', 'bzw', 'ca', 'inkl', 'zzgl', 'evtl', 'ggf', 'sr', 'sra', 'ud', 'mme', 'sig', 'dott', 'dhr', 'mevr', 'ul', 'np', 'e.g', 'i.e', 'z.b', 'd.h', 'u.a', 'p.ex', 'm.fl']);

const END = /(?<![.!?…。！？])[.!?…。！？]+["'”’»)\]]*(?=\s|$)/gu;

function endsSentence(text: string, start: number, mark: string): boolean {
	if (!mark.startsWith('.') || mark.length > 1) return true;
	const before = text.slice(Math.max(0, start - 30), start);
	const word = /[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? '';
	// "J. Smith", "3. März", "Dr. Weber" go on; a number before the stop at the very end of the text closes it.
	if (/^\p{L}$/u.test(word) || ABBREVIATIONS.has(word.toLowerCase())) return false;
	return !/^\d{1,2}$/.test(word) || !/^\s+\p{L}/u.test(text.slice(start + mark.length, start + mark.length + 5));
}

/** Offsets (UTF-16) just behind each sentence of a text; a line break ends one too. Ascending. */
export function sentenceEnds(text: string): number[] {
	const ends = new Set<number>();
	for (const match of text.matchAll(END)) if (endsSentence(text, match.index, match[0])) ends.add(match.index + match[0].length);
	for (const match of text.matchAll(/\S(?=[ \t]*(?:\r?\n|$))/g)) ends.add(match.index + 1);
	return [...ends].sort((a, b) => a - b);
}

/** The sentences of a text, trimmed, in order, none empty. */
export function sentencesOf(text: string): string[] {
	let from = 0;
	const sentences: string[] = [];
	for (const end of sentenceEnds(text)) {
		const sentence = text.slice(from, end).trim();
		if (sentence !== '') sentences.push(sentence);
		from = end;
	}
	return sentences;
}
