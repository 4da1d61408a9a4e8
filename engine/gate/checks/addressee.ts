import { detectLanguage, parseLanguage, UNDETERMINED } from '../../message/language';
import { foldWord } from '../../reply/canonical';
import { quote, spanIn, type Check, type GateInput, type Severity } from '../check';

const GREETING =
	/^[ \t]{0,4}(?:hi|hello|hey|dear|hallo|liebe[rs]?|moin|guten (?:tag|morgen|abend)|sehr geehrte[r]?|servus|hola|buenos días|buenas tardes|querid[oa]|estimad[oa]|bonjour|bonsoir|chère?|ciao|buongiorno|car[oa]|gentile|olá|oi|bom dia|prezad[oa]|beste|dag|hoi|goedemorgen|dzień dobry|cześć|witaj|szanown[yae]|merhaba|selam|sayın|good (?:morning|afternoon|evening)),? {1,3}((?:[\p{Lu}][\p{L}'’.-]{0,30} ?){1,4})(?=[ ,!.:\n–-]|$)/imu;

/** Words in a greeting that are no name. */
const NO_NAME = new Set(
	['there', 'team', 'all', 'everyone', 'sir', 'madam', 'mr', 'mrs', 'ms', 'miss', 'dr', 'prof', 'herr', 'herrn', 'frau', 'damen', 'herren', 'und', 'zusammen', 'ihr', 'monsieur', 'madame', 'mme', 'señor', 'señora', 'sr', 'sra', 'signor', 'signora', 'senhor', 'senhora', 'meneer', 'mevrouw', 'heer', 'dhr', 'mevr', 'pan', 'pani', 'panie', 'panowie', 'państwo', 'bey', 'hanım', 'kunde', 'kundin', 'customer', 'client', 'friend', 'a', 'tous', 'todos', 'a todos', 'again', 'nochmal', 'und', 'from', 'thanks', 'danke', 'thank'].map(foldWord),
);

function nameWords(text: string): string[] {
	return text
		.split(/[\s.,'’-]+/)
		.map(foldWord)
		.filter((word) => word.length > 1 && !NO_NAME.has(word));
}

/** The greeting calls the contact by a name that is not theirs. */
export function wrongNameCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const greeting = GREETING.exec(input.text.slice(0, 300));
		const called = greeting ? nameWords(greeting[1].split(/[\n,!.:–]/)[0]) : [];
		if (!greeting || called.length === 0 || !/\p{Lu}/u.test(greeting[1][0])) return [];
		const { name, company, email } = input.contact ?? {};
		if (!name) return 'skipped';
		const theirs = nameWords([name, company ?? '', email?.split('@')[0].replace(/[._\d+]+/g, ' ') ?? ''].join(' '));
		if (called.some((word) => theirs.some((own) => own === word || (word.length >= 3 && (own.startsWith(word) || word.startsWith(own)))))) return [];
		const start = input.offset + greeting.index + greeting[0].lastIndexOf(greeting[1]);
		const end = start + greeting[1].trimEnd().length;
		return [{ check: 'wrong_name', severity, reason: `The greeting says '${quote(input, start, end)}', but the contact is ${name.slice(0, 60)}.`, ...spanIn(input, start, end) }];
	};
}

const SURE = 0.8;
/** Enough to tell a language, little enough to stay fast. */
const CHARACTERS_READ = 120;

/** Only asked when nobody said the language: detecting it is the dearest step of the gate. */
function theirLanguage(conversation: GateInput['conversation']): string | undefined {
	const said = conversation?.findLast((turn) => turn.from === 'lead' && turn.text.length >= 20)?.text;
	const theirs = said === undefined ? undefined : detectLanguage(said.slice(0, CHARACTERS_READ));
	return theirs && theirs.confidence >= SURE ? theirs.language : undefined;
}

/** The text is written in another language than the contact's. */
export function wrongLanguageCheck({ severity }: { severity: Severity }): Check {
	return ({ text, language, conversation, contact }) => {
		const expected = parseLanguage(language ?? contact?.language) ?? theirLanguage(conversation);
		if (expected === undefined || expected === UNDETERMINED) return 'skipped';
		const found = detectLanguage(text.slice(0, CHARACTERS_READ));
		if (found.language === UNDETERMINED || found.confidence < SURE) return [];
		return found.language === expected ? [] : [{ check: 'wrong_language', severity, reason: `Written in '${found.language}', but '${expected}' is expected.` }];
	};
}
