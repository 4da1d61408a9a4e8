import { writeFileSync } from 'node:fs';
import path from 'node:path';

/**
 * Writes test/data/gate/pii_forms.<half>.jsonl: further ways of writing addresses and numbers, apart from those of
 * writePiiForms.ts. The halves differ by seed and by their sentences; forms are the same. Nobody's data.
 */
const ROWS = 240;
const SEEDS = { dev: 20261121, test: 20261122 } as const;
const FRAMES = {
	dev: {
		de: ['Meine Daten: {}.', 'Bitte an {} weitergeben.', 'Ich bin unter {} zu erreichen', '{} ist richtig, die andere stimmt nicht mehr'],
		en: ['My details: {}.', 'Please pass it on to {}.', 'You get me under {}', '{} is right, the other one is old'],
	},
	test: {
		de: ['Kontakt {} (privat)', 'Danke! {}, bis dann', 'Notieren Sie bitte: {}', 'Falls etwas ist, {} geht immer'],
		en: ['Contact {} (private)', 'Thanks! {}, see you', 'Please note: {}', 'If anything comes up, {} always works'],
	},
} as const;

function write(half: 'dev' | 'test'): void {
	let state: number = SEEDS[half];
	const below = (limit: number): number => {
		state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
		return Math.floor((state / 0x80000000) * limit);
	};
	const pick = <T>(list: readonly T[]): T => list[below(list.length)];
	const digits = (count: number): string => Array.from({ length: count }, () => String(below(10))).join('');
	const first = (): string => String(2 + below(8));
	const withLuhn = (start: string, length: number): string => {
		const body = start + digits(length - 1 - start.length);
		const sum = [...body].reverse().reduce((total, sign, i) => total + (i % 2 === 1 ? Number(sign) : Number(sign) > 4 ? 2 * Number(sign) - 9 : 2 * Number(sign)), 0);
		return body + String((10 - (sum % 10)) % 10);
	};
	const iban = (country: string, account: string): string => {
		const number = [...`${account}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
		return `${country}${String(98n - (BigInt(number) % 97n)).padStart(2, '0')}${account}`;
	};
	const inFours = (text: string, gap: string): string => text.replace(/(.{4})(?=.)/g, `$1${gap}`);
	const account = (): string => pick([() => iban('DE', digits(18)), () => iban('AT', digits(16)), () => iban('CH', digits(17)), () => iban('GB', `NWBK${digits(14)}`), () => iban('NL', `INGB${digits(10)}`), () => iban('FR', digits(23))])();
	const name = (): string => pick(['anna', 'peter.lang', 'j_brown', 'office', 'lisa-maria', 'k.o.schmidt']);
	const domain = (): string => pick(['example', 'beispiel', 'firma-sued', 'acme']);
	const make = {
		email: {
			de: () => pick([() => `${name()} at ${domain()} punkt de`, () => `${name()} ät ${domain()} punkt com`, () => `${name()}(at)${domain()}.de`, () => `${name()} {at} ${domain()} {punkt} de`, () => `${name()} @ ${domain()}.de`, () => `${name()}@${domain()} .de`, () => `${name()}[at]${domain()}[punkt]at`, () => `${name()}@${domain()}-gmbh.co.at`])(),
			en: () => pick([() => `${name()} at ${domain()} dot com`, () => `${name()} AT ${domain()} DOT co DOT uk`, () => `${name()}(at)${domain()}.org`, () => `${name()} {at} ${domain()} {dot} com`, () => `${name()} @ ${domain()}.com`, () => `${name()}@${domain()} .com`, () => `${name()}<at>${domain()}<dot>net`, () => `${name()}+news@${domain()}.co.uk`])(),
		},
		phone: {
			de: () => pick([() => `0${first()}${digits(2)} / ${digits(7)}`, () => `+49 (0)${first()}${digits(2)} ${digits(3)} ${digits(4)}`, () => `0176.${digits(3)}.${digits(5)}`, () => `(0${first()}${digits(3)}) ${digits(5)}-${digits(2)}`, () => `+43 1 ${digits(3)} ${digits(2)} ${digits(2)}`, () => `0664 / ${digits(3)} ${digits(4)}`, () => `+41 79 ${digits(3)} ${digits(2)} ${digits(2)}`, () => `0${pick(['44', '31', '61'])} ${digits(3)} ${digits(2)} ${digits(2)}`, () => `0041 ${pick(['44', '31'])} ${digits(3)} ${digits(2)} ${digits(2)}`])(),
			en: () => pick([() => `+44 (0)20 7${digits(3)} ${digits(4)}`, () => `020 7${digits(3)} ${digits(4)}`, () => `07${digits(3)}-${digits(6)}`, () => `0161 ${digits(3)} ${digits(4)}`, () => `(${first()}1${first()}) ${first()}${digits(2)}-${digits(4)}`, () => `1-${first()}1${first()}-${first()}${digits(2)}-${digits(4)}`, () => `${first()}1${first()}.${first()}${digits(2)}.${digits(4)}`, () => `+1 ${first()}1${first()} ${first()}${digits(2)} ${digits(4)}`, () => `${first()}1${first()} ${first()}${digits(2)} ${digits(4)}`])(),
		},
		card: {
			de: () => pick([() => withLuhn('6304', 16), () => inFours(withLuhn('5018', 16), ' '), () => withLuhn('34', 15).replace(/^(.{4})(.{6})/, '$1 $2 '), () => inFours(withLuhn('4', 16), '.'), () => inFours(withLuhn('2221', 16), ' ')])(),
			en: () => pick([() => withLuhn('6759', 16), () => withLuhn('37', 15).replace(/^(.{4})(.{6})/, '$1-$2-'), () => inFours(withLuhn('6011', 16), ' '), () => inFours(withLuhn('4', 16), '.'), () => withLuhn('3528', 16)])(),
		},
		iban: {
			de: () => pick([() => inFours(account(), '.'), () => inFours(account(), '-'), () => inFours(account(), ' ').toLowerCase(), () => `${account()}`, () => inFours(account(), '  ')])(),
			en: () => pick([() => inFours(account(), '.'), () => inFours(account(), '-'), () => inFours(account(), ' '), () => account().toLowerCase(), () => inFours(account(), '\u00a0')])(),
		},
	} as const;
	const rows: string[] = [];
	for (let i = 0; i < ROWS; i++) {
		const type = (['email', 'phone', 'card', 'iban'] as const)[i % 4];
		const language = (['de', 'en'] as const)[Math.floor(i / 4) % 2];
		const value = make[type][language]();
		const frame = pick(FRAMES[half][language]);
		const start = frame.indexOf('{}');
		rows.push(JSON.stringify({ text: frame.replace('{}', value), type, language, start, end: start + value.length }));
	}
	writeFileSync(path.join(__dirname, `../test/data/gate/pii_forms.${half}.jsonl`), `${rows.join('\n')}\n`);
}

write('dev');
write('test');
