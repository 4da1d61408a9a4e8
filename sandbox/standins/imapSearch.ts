import type { StoredMail } from './mailbox';
import { parseMime } from './mime';

/** Reads `1:*`, `3`, `2,5:7`; `*` is the highest. As in the protocol, `9:*` with a highest of 4 still means 4. */
export function inSet(set: string, value: number, highest: number): boolean {
	return set.split(',').some((range) => {
		const [from = 0, to = from] = range.split(':').map((end) => (end === '*' ? highest : Number(end)));
		return value >= Math.min(from, to) && value <= Math.max(from, to);
	});
}

/** Splits a command line into words, quoted texts and bracketed lists. */
export function words(line: string): string[] {
	const found = line.match(/"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\)|\S+/g) ?? [];
	return found.map((word) => (word.startsWith('"') ? word.slice(1, -1).replace(/\\(.)/g, '$1') : word));
}

type Test = (mail: StoredMail, sequence: number) => boolean;

const FLAGS: Record<string, [flag: string, set: boolean]> = {
	SEEN: ['\\Seen', true],
	UNSEEN: ['\\Seen', false],
	ANSWERED: ['\\Answered', true],
	UNANSWERED: ['\\Answered', false],
	FLAGGED: ['\\Flagged', true],
	UNFLAGGED: ['\\Flagged', false],
	DELETED: ['\\Deleted', true],
	UNDELETED: ['\\Deleted', false],
	RECENT: ['\\Recent', true],
	NEW: ['\\Seen', false],
};

const day = (date: Date): number => Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
const readDate = (text: string): number => day(new Date(`${text.replace(/-/g, ' ')} UTC`));

/** Which mails meet every criterion of a SEARCH; undefined when a criterion is not known. */
export function search(criteria: string[], mails: StoredMail[]): StoredMail[] | undefined {
	const queue = [...criteria];
	const highestUid = mails.at(-1)?.uid ?? 0;

	const headerHas = (mail: StoredMail, name: string, wanted: string): boolean =>
		(parseMime(mail.raw).headers.get(name.toLowerCase()) ?? []).some((value) => value.toLowerCase().includes(wanted.toLowerCase()));

	const next = (): Test | undefined => {
		const word = queue.shift() ?? '';
		const key = word.toUpperCase();
		const flag = FLAGS[key];
		if (flag) return (mail) => mail.flags.has(flag[0]) === flag[1];
		if (key === 'ALL') return () => true;
		if (key === 'CHARSET') {
			queue.shift();
			return () => true;
		}
		if (key === 'NOT') {
			const inner = next();
			return inner && ((mail, sequence) => !inner(mail, sequence));
		}
		if (key === 'OR') {
			const [one, other] = [next(), next()];
			return one && other && ((mail, sequence) => one(mail, sequence) || other(mail, sequence));
		}
		if (/^[\d*][\d:*,]*$/.test(word)) return (_mail, sequence) => inSet(word, sequence, mails.length);
		const argument = queue.shift();
		if (argument === undefined) return undefined;
		if (key === 'UID') return (mail) => inSet(argument, mail.uid, highestUid);
		if (key === 'SINCE' || key === 'SENTSINCE') return (mail) => day(mail.received) >= readDate(argument);
		if (key === 'BEFORE' || key === 'SENTBEFORE') return (mail) => day(mail.received) < readDate(argument);
		if (key === 'ON' || key === 'SENTON') return (mail) => day(mail.received) === readDate(argument);
		if (['FROM', 'TO', 'CC', 'SUBJECT'].includes(key)) return (mail) => headerHas(mail, key, argument);
		if (key === 'HEADER') {
			const wanted = queue.shift() ?? '';
			return (mail) => headerHas(mail, argument, wanted);
		}
		if (key === 'TEXT' || key === 'BODY') return (mail) => mail.raw.toLowerCase().includes(argument.toLowerCase());
		return undefined;
	};

	const tests: Test[] = [];
	while (queue.length > 0) {
		const test = next();
		if (!test) return undefined;
		tests.push(test);
	}
	return mails.filter((mail, index) => tests.every((test) => test(mail, index + 1)));
}
