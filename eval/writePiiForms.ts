import { writeFileSync } from 'node:fs';
import path from 'node:path';

/** Writes test/data/pii_de_en.jsonl: 200 made-up texts with exact spans, the same on every run (fixed seed). Nobody's data. */
const SEED = 7;
const ROWS = 200;
let state = SEED;
const below = (limit: number): number => {
	state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
	return Math.floor((state / 0x80000000) * limit);
};
const pick = <T>(list: readonly T[]): T => list[below(list.length)];
const digits = (count: number): string => Array.from({ length: count }, () => String(below(10))).join('');

function withLuhn(start: string, length: number): string {
	const body = start + digits(length - 1 - start.length);
	const sum = [...body].reverse().reduce((total, sign, i) => total + (i % 2 === 1 ? Number(sign) : Number(sign) > 4 ? 2 * Number(sign) - 9 : 2 * Number(sign)), 0);
	return body + String((10 - (sum % 10)) % 10);
}

function iban(country: string, account: string): string {
	const number = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
	return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`;
}

const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');
const NAMES = ['anna.weber', 'j.smith', 'info', 'm_keller', 'tom+sales', 'büro-2'.replace('ü', 'ue'), 'o.brien'];
const DOMAINS = ['example.com', 'beispiel.de', 'mail.example.co.uk', 'firma-nord.example', 'web.example.at'];
const MAKE = {
	email: () => pick([() => `${pick(NAMES)}@${pick(DOMAINS)}`, () => `${pick(NAMES)} [at] ${pick(['example', 'beispiel'])} [dot] com`, () => `${pick(NAMES)}(ät)beispiel.de`])(),
	phone: () => pick([() => `+49 30 ${digits(7)}`, () => `0171 ${1 + below(9)}${digits(6)}`, () => `(030) ${2 + below(7)}${digits(6)}`, () => `+44 20 7${digits(3)} ${digits(4)}`, () => `07${digits(3)} ${digits(6)}`, () => `+1 (212) 5${digits(2)}-${digits(4)}`, () => `089/${2 + below(7)}${digits(6)}`, () => `0049-171-${2 + below(7)}${digits(6)}`, () => `+43 664 ${digits(3)} ${digits(4)}`, () => `212-5${digits(2)}-${digits(4)}`])(),
	card: () => pick([() => inFours(withLuhn('4', 16)), () => withLuhn('5' + String(1 + below(5)), 16), () => withLuhn('37', 15), () => withLuhn('4', 16).replace(/(.{4})(?=.)/g, '$1-')])(),
	iban: () => pick([() => inFours(iban('DE', digits(18))), () => iban('DE', digits(18)), () => inFours(iban('GB', `NWBK${digits(14)}`)), () => inFours(iban('AT', digits(16))), () => inFours(iban('CH', digits(17)))])(),
} as const;
const FRAMES: Readonly<Record<string, readonly string[]>> = {
	email: ['Please write to {} instead.', 'Meine Adresse ist {}, danke.', 'Mail: {}', 'Schicken Sie das Angebot bitte an {} und an meinen Kollegen.'],
	phone: ['Call me on {} after five.', 'Meine Nummer: {}', 'Sie erreichen mich unter {}.', 'Tel. {} (office)', 'ruf mich an {} lg'],
	card: ['My card is {}, expires next year.', 'Kreditkarte {} bitte belasten.', 'Card no. {}'],
	iban: ['Please pay to {} today.', 'Meine IBAN lautet {}.', 'Konto: {}, Betreff Rechnung'],
};
const rows: string[] = [];
for (let i = 0; i < ROWS; i++) {
	const type = pick(['email', 'phone', 'card', 'iban'] as const);
	const value = MAKE[type]();
	const frame = pick(FRAMES[type]);
	const start = frame.indexOf('{}');
	rows.push(JSON.stringify({ text: frame.replace('{}', value), type, start, end: start + value.length }));
}
writeFileSync(path.join(__dirname, '../test/data/pii_de_en.jsonl'), `${rows.join('\n')}\n`);
