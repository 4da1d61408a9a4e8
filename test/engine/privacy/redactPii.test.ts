import fc from 'fast-check';
import { redactPii } from '../../../engine/privacy/redactPii';

const redacted = (text: string, language = 'de') => redactPii(text, { language }).text;

describe('redactPii', () => {
	it.each([
		['Mail me: anna.b+x@firma-gmbh.de!', 'Mail me: [[EMAIL_1]]!'],
		['Schreib an anna [at] firma [punkt] de', 'Schreib an [[EMAIL_1]]'],
		['Ruf an: 0151 12345678', 'Ruf an: [[PHONE_1]]'],
		['Tel. +49 (0)30 / 1234567, danke', 'Tel. [[PHONE_1]], danke'],
		['IBAN: DE89 3704 0044 0532 0130 00.', 'IBAN: [[IBAN_1]].'],
		['Karte 4111-1111-1111-1111', 'Karte [[CARD_1]]'],
		['Karte 4111 1111 1111 1111 12/27, 1 5500000000000004', 'Karte [[CARD_1]] 12/27, 1 [[CARD_2]]'],
		['+49 151 12345678 besteht die Kartenprüfung', '[[PHONE_1]] besteht die Kartenprüfung'],
		['jürgen@bücher.de, 联系anna@x.de', '[[EMAIL_1]], 联系[[EMAIL_2]]'],
	])('%j becomes %j', (text, expected) => expect(redacted(text)).toBe(expected));

	it('reads American numbers in English', () => expect(redacted('Call (415) 555-2671 now', 'en')).toBe('Call [[PHONE_1]] now'));

	it.each(['Angebot vom 05.03.2026 über 1.299,00 €', 'Bestellung 12345', 'um 14:30 Uhr', '2026-03-02 10:00', '05.03.2026 14.30', 'DE89 3704 0044 0532 0130 01'.slice(0, 9), 'Karte 4111-1111-1111-1112'.slice(0, 14)])('%j holds nothing personal', (text) => expect(redacted(text)).toBe(text));

	it('gives the same value the same placeholder and restores a derived text', () => {
		const { text, spans, restore } = redactPii('a@b.de and a@b.de and c@d.de');
		expect(text).toBe('[[EMAIL_1]] and [[EMAIL_1]] and [[EMAIL_2]]');
		expect(spans.map(({ start, end }) => [start, end])).toEqual([[0, 6], [11, 17], [22, 28]]);
		expect(restore('To [[EMAIL_2]], [[EMAIL_9]]')).toBe('To c@d.de, [[EMAIL_9]]');
	});

	it('restores exactly, whatever the text', () => {
		const piece = fc.oneof(fc.string(), fc.constantFrom('[[EMAIL_1]]', 'a@b.de', '+4915112345678', '[[PHONE_1x]]', 'DE89370400440532013000', '$&', '4111111111111111'));
		fc.assert(fc.property(fc.array(piece).map((pieces) => pieces.join(' ')), (text) => {
			const { text: without, restore } = redactPii(text, { language: 'de' });
			expect(restore(without)).toBe(text);
		}));
	});

	it('keeps to the types asked for', () => expect(redactPii('a@b.de 4111111111111111', { types: ['card'] }).text).toBe('a@b.de [[CARD_1]]'));
});
