/** A word or sentence mark of a text, with the place it came from (UTF-16 offsets). */
export interface Token {
	/** Folded: lower case, no accents, no invisible characters; `.`, `!` and `?` for sentence marks. */
	word: string;
	start: number;
	end: number;
}

/** A text as the phrase lists see it: ` word word . word`, every token after one space. */
export interface CanonicalText {
	text: string;
	tokens: Token[];
	/** Where each token's leading space stands in `text`. */
	positions: number[];
}

const BREAK = ' ';
const APOSTROPHE = "'";
const INVISIBLE = /[\u00ad\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u2064\ufeff]|\u200d|[\ufe00-\ufe0f]/;

/** Letters without a decomposition, and letters of other alphabets that look like Latin ones. */
const LOOKALIKES: Readonly<Record<string, string>> = {
	ß: 'ss', ł: 'l', ø: 'o', æ: 'ae', œ: 'oe', đ: 'd', ð: 'd', þ: 'th', ı: 'i', ħ: 'h',
	а: 'a', в: 'b', е: 'e', к: 'k', м: 'm', н: 'h', о: 'o', р: 'p', с: 'c', т: 't', у: 'y', х: 'x', і: 'i', ѕ: 's', ј: 'j',
	α: 'a', ε: 'e', ι: 'i', κ: 'k', ο: 'o', ρ: 'p', τ: 't', υ: 'u', χ: 'x', ν: 'v',
};

function foldCharacter(character: string): string {
	if (INVISIBLE.test(character)) return '';
	if ("'’‘`´ʼ＇".includes(character)) return APOSTROPHE;
	if (character === '🛑' || character === '⛔') return ' stop ';
	const bare = character.normalize('NFKD').toLowerCase().replace(/\p{M}/gu, '');
	if (bare === '' || !/[\p{L}\p{N}]/u.test(bare)) return /\p{M}/u.test(character) ? '' : BREAK;
	return [...bare].map((letter) => LOOKALIKES[letter] ?? letter).join('');
}

const SMALL = 0x2100;
const FOLDED_SMALL: string[] = Array.from({ length: SMALL }, (_, code) => foldCharacter(String.fromCharCode(code)));
const FOLDED_LARGE = new Map<string, string>();
const LARGE_LIMIT = 20_000;

function foldLarge(character: string): string {
	const known = FOLDED_LARGE.get(character);
	if (known !== undefined) return known;
	const folded = foldCharacter(character);
	if (FOLDED_LARGE.size < LARGE_LIMIT) FOLDED_LARGE.set(character, folded);
	return folded;
}

/** A single word or phrase folded the way texts are: lower case, no accents, apostrophes dropped. */
export function foldWord(word: string): string {
	let folded = '';
	for (const character of word) folded += character.charCodeAt(0) < SMALL ? FOLDED_SMALL[character.charCodeAt(0)] : foldLarge(character);
	return folded.replaceAll(APOSTROPHE, '').trim();
}

/** Before an apostrophe these are words of their own (French, Italian); elsewhere it is dropped: don't → dont. */
const ELIDED = new Set(['l', 'd', 'j', 'm', 'n', 's', 't', 'c', 'qu', 'un', 'all', 'dell', 'nell', 'sull', 'dall', 'quell', 'jusqu', 'lorsqu']);

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9 || code === 0xa0 || Number.isNaN(code);

/** Collects tokens in one pass over the text. */
class Tokeniser {
	readonly tokens: Token[] = [];
	private word = '';
	private start = 0;
	private end = 0;

	add(folded: string, start: number, end: number): void {
		if (this.word === '') this.start = start;
		this.word += folded;
		this.end = end;
		// A word nobody writes: cut, so that no later step meets one endless word.
		if (this.word.length > 64) this.flush();
	}

	flush(): void {
		if (this.word !== '') this.tokens.push({ word: this.word, start: this.start, end: this.end });
		this.word = '';
	}

	mark(mark: string, at: number): void {
		this.flush();
		if (this.tokens.at(-1)?.word !== mark) this.tokens.push({ word: mark, start: at, end: at + 1 });
	}

	apostrophe(): void {
		if (ELIDED.has(this.word)) this.flush();
	}

	get open(): boolean {
		return this.word !== '';
	}
}

function tokenise(text: string): Token[] {
	const out = new Tokeniser();
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		const character = text[i];
		if (character === '.' || character === '!' || character === '?') {
			// Inside an address or "S.T.O.P" a dot ends no sentence.
			if (character !== '.' || isSpace(text.charCodeAt(i + 1))) out.mark(character, i);
			else out.flush();
		} else if (character === '\n' && text[i + 1] === '\n') {
			out.mark('.', i);
		} else if ((character === '@' || character === '$') && /[a-z]/i.test(text[i + 1] ?? '')) {
			out.add(character, i, i + 1);
		} else if (code < SMALL) {
			place(out, FOLDED_SMALL[code], i, i + 1);
		} else {
			const point = text.codePointAt(i) ?? code;
			const width = point > 0xffff ? 2 : 1;
			place(out, foldLarge(String.fromCodePoint(point)), i, i + width);
			i += width - 1;
		}
	}
	out.flush();
	return out.tokens;
}

function place(out: Tokeniser, folded: string, start: number, end: number): void {
	if (folded === '') return;
	if (folded === BREAK) out.flush();
	else if (folded === APOSTROPHE) out.apostrophe();
	else if (folded === ' stop ') {
		out.flush();
		out.add('stop', start, end);
		out.flush();
	} else out.add(folded, start, end);
}

const SPELT_SIGN = /[\p{L}0-9$@]/u;
const FEWEST_SPELT = 3;
const MOST_SPELT = 60;

const asOne = (tokens: readonly Token[]): Token => ({ word: tokens.map(({ word }) => word).join(''), start: tokens[0].start, end: tokens[tokens.length - 1].end });

/** Where two or more signs stand between single letters, a new word begins: "n o  m o r e". */
function speltWords(run: readonly Token[]): Token[][] {
	const words: Token[][] = [[run[0]]];
	for (let i = 1; i < run.length; i++) {
		if (run[i].start - run[i - 1].end > 1) words.push([run[i]]);
		else words[words.length - 1].push(run[i]);
	}
	return words;
}

/** Letters written apart ("S T O P", "s-t-o-p") become one word when `repair` knows it, several when wider gaps part them. */
function joinSpelled(tokens: Token[], repair: (word: string) => string | undefined): Token[] {
	const joined: Token[] = [];
	for (let i = 0; i < tokens.length; i++) {
		let end = i;
		while (end < tokens.length && end - i < MOST_SPELT && tokens[end].word.length === 1 && SPELT_SIGN.test(tokens[end].word)) end++;
		if (end - i < FEWEST_SPELT) {
			joined.push(tokens[i]);
			continue;
		}
		const words = speltWords(tokens.slice(i, end));
		const many = words.length > 1 && words.some((letters) => letters.length >= FEWEST_SPELT);
		const single = many ? undefined : repair(asOne(tokens.slice(i, end)).word);
		if (many) joined.push(...words.map(asOne));
		else if (single !== undefined) joined.push({ ...asOne(tokens.slice(i, end)), word: single });
		else joined.push(...tokens.slice(i, end));
		i = end - 1;
	}
	return joined;
}

/**
 * Folds a text for phrase matching. Linear in its length. `repair` may correct a word (misspelt, leetspeak) and is asked
 * for words spelt out letter by letter too.
 */
export function canonicalise(text: string, repair?: (word: string) => string | undefined): CanonicalText {
	let tokens = tokenise(text);
	if (repair) {
		tokens = joinSpelled(tokens, repair);
		for (const token of tokens) token.word = repair(token.word) ?? token.word;
	}
	const positions: number[] = [];
	let canonical = '';
	for (const token of tokens) {
		positions.push(canonical.length);
		canonical += ` ${token.word}`;
	}
	return { text: canonical, tokens, positions };
}
