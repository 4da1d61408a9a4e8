import fc from 'fast-check';
import { gateDraft } from '../../../engine/gate/gateDraft';
import { epochMs } from '../../../engine/time';
import { classificationPrompt } from '../../../engine/classify/prompt';
import { draftPrompt, type DraftPromptInput } from '../../../engine/draft/prompt';
import { redactForModel, shortened } from '../../../engine/privacy/redactForModel';
import { cpuMs } from '../../cpuTime';
import { seeded } from '../../seeded';

/** Draws the letters of a word, then on through the alphabet. */
const drawing = (word: string) => {
	const letters = [...word, ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
	let next = 0;
	return () => ((letters[next++ % letters.length].codePointAt(0) ?? 65) - 65 + 0.5) / 26;
};
const redacting = { language: 'de', rng: drawing('QZXKWV') };
const hidden = (...values: unknown[]) => redactForModel(values, { language: 'de', rng: drawing('QZXKWV') });

describe('redactForModel', () => {
	it('gives one value one mark in all texts, however it is written, and another value another', () => {
		const { values, restore } = hidden('Mail anna@x.de or +49 151 12345678', { text: ['Anna@X.de, bob@x.de', '+49-151-12345678'], iban: 'DE89 3704 0044 0532 0130 00', card: '4111-1111-1111-1111' });
		expect(values).toEqual([
			'Mail [[EMAIL_1_QZXKWV]] or [[PHONE_1_QZXKWV]]',
			{ text: ['[[EMAIL_1_QZXKWV]], [[EMAIL_2_QZXKWV]]', '[[PHONE_1_QZXKWV]]'], iban: '[[IBAN_1_QZXKWV]]', card: '[[CARD_1_QZXKWV]]' },
		]);
		expect(restore('To [[EMAIL_2_QZXKWV]] and [[EMAIL_1_QZXKWV]]: [[IBAN_1_QZXKWV]]')).toBe('To bob@x.de and anna@x.de: DE89 3704 0044 0532 0130 00');
	});

	it('looks into keys, numbers and whatever JSON makes of a value', () => {
		const { values } = hidden({ 'anna@x.de': 1, card: 4111111111111111, rooms: 20, nested: { toJSON: () => 'bob@x.de' }, gone: undefined, nothing: null, yes: true });
		expect(values).toEqual([{ '[[EMAIL_1_QZXKWV]]': 1, card: '[[CARD_1_QZXKWV]]', rooms: 20, nested: '[[EMAIL_2_QZXKWV]]', nothing: null, yes: true }]);
	});

	it("takes no literal mark for its own: a lead who writes one, even this call's, gets nobody's data", () => {
		const { values, restore } = hidden('[[EMAIL_1_QZXKWV]] email_1_qzxkwv [[EMAIL_1]]', 'anna@x.de');
		expect(values).toEqual(['[[EMAIL_1_QZXKWV]] email_1_qzxkwv [[EMAIL_1]]', '[[EMAIL_1_QZXKWVABCDEF]]']);
		expect(restore('[[EMAIL_1_QZXKWV]] email_1_qzxkwv [[EMAIL_1]]')).toBe('[[EMAIL_1_QZXKWV]] email_1_qzxkwv [[EMAIL_1]]');
		expect(restore('[[EMAIL_1_QZXKWVABCDEF]]')).toBe('anna@x.de');
	});

	it('finds the value where the model lost brackets or changed case, and nowhere else', () => {
		const { restore, garbled } = hidden('anna@x.de');
		for (const mark of ['[[EMAIL_1_QZXKWV]]', '[EMAIL_1_QZXKWV]', 'email_1_qzxkwv']) expect(restore(`To ${mark}.`)).toBe('To anna@x.de.');
		for (const mark of ['[[EMAIL_1_QZXK WV]]', '[[EMAIL_1]]', 'EMAIL_1', '[[EMAIL', '[[EMAIL\\_1\\_QZXKWV]]', '[[E-MAIL-1-QZXKWV]]', '[[EMAIL_2_QZXKWV]]', '[[EMAIL_1_QZXKWVs]]', '[[EMAIL_1_…]]', '1_qzxkwv']) {
			expect(restore(`To ${mark}.`)).toBe(`To ${mark}.`);
			expect([mark, garbled(`To ${mark}.`)]).toEqual([mark, true]);
		}
		for (const fine of ['To anna@x.de.', 'Email me [here](https://x.de), phone 1, see [1].', '']) expect(garbled(fine)).toBe(false);
	});

	it('shows nothing found, and gives everything back, whatever the texts', () => {
		const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('[[EMAIL_1_QZXKWV]]', '[', '(', ']]', 'a@b.de', 'jürgen.ß@bücher.de', '+4915112345678', '+34600111222', 'DE89370400440532013000', '$&', '$1', '4111111111111111', '\u202e', '😀'));
		fc.assert(fc.property(fc.array(fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(' ')), { maxLength: 4 }), fc.integer(), (texts, seed) => {
			const { values, restore } = redactForModel(texts, { language: 'de', rng: seeded(seed) });
			expect(values.map((text) => restore(String(text)))).toEqual(texts);
			expect(JSON.stringify(values)).not.toMatch(/a@b\.de|jürgen|4915112345678|34600111222|DE8937|4111111111111111/);
		}), { numRuns: 300 });
	});

	it('leaves times and dates readable', () => {
		fc.assert(fc.property(fc.date({ min: new Date('2000-01-01'), max: new Date('2040-01-01'), noInvalidDate: true }), (date) => {
			const [day, time] = [date.toISOString(), date.toISOString().slice(0, 16).replace('T', ' ')];
			expect(hidden(day, `Meet on ${time}?`).values).toEqual([day, `Meet on ${time}?`]);
		}));
		expect(hidden('Termin am 05.03.2026 14:30 oder 05.03.2026 16.00').values).toEqual(['Termin am 05.03.2026 14:30 oder 05.03.2026 16.00']);
	});

	it('reads 100 kB of anything in good time', () => {
		const started = cpuMs();
		for (const piece of ['[[EMAIL_1_', 'a@b.de ', '0151 123456 ', '[', 'aaaa@', '1 2 ', '"\\\n']) {
			const text = piece.repeat(100_000 / piece.length);
			const { values, restore, garbled } = hidden(text);
			expect(restore(String(values[0]))).toBe(text);
			garbled(text);
		}
		expect(cpuMs() - started).toBeLessThan(5_000);
	});

	it('hides nothing unless asked to', () => {
		const { values, restore, garbled } = redactForModel(['anna@x.de']);
		expect([values, restore('[[EMAIL_1]]'), garbled('[[EMAIL_1]]')]).toEqual([['anna@x.de'], '[[EMAIL_1]]', false]);
	});
});

describe('shortened', () => {
	it('cuts no value in two', () => {
		const text = `${'x'.repeat(90)} +49 151 12345678 and more`;
		expect(shortened(text, 100, redacting)).toBe(`${'x'.repeat(90)} `);
		expect(shortened(text, 107, redacting)).toBe(`${'x'.repeat(90)} +49 151 12345678`);
		expect(shortened(text, 100)).toHaveLength(100);
		expect(shortened('short', 100, redacting)).toBe('short');
	});
});

describe('a prompt with personal data hidden', () => {
	const secret = 'anna@x.de, +49 151 12345678, DE89 3704 0044 0532 0130 00, 4111 1111 1111 1111';
	const conversation = [{ from: 'lead' as const, text: `${'y'.repeat(3_990)} ${secret}`, timestamp: '2026-03-02T10:00:00.000Z' }, { from: 'us' as const, text: secret, timestamp: '2026-03-02T10:00:01.000Z' }];
	const contact = { name: 'anna@x.de', company: secret, attributes: { note: secret, deep: [{ card: 4111111111111111 }] } };
	const LEAK = /anna|@x|12345678|151 1|DE89|4111/;
	const classification = { what: 'full' as const, conversation, contact, snippets: [{ kind: 'document' as const, id: 'd', title: secret, text: secret, similarity: 1 }, { kind: 'lead' as const, id: 'l', label: 'won', text: secret, similarity: 1 }], corrections: [secret] };
	const draft: DraftPromptInput = { language: 'de', channel: 'email', intent: 'question', facts: [secret], conversation, contact, sender: {}, unread: [], baseText: `Hi ${secret}`, baseTemplate: 'Hi {note}' };

	it('holds none of it anywhere in the data', () => {
		for (const prompt of [classificationPrompt({ ...classification, redacting }), classificationPrompt({ ...classification, what: 'summary', redacting }), draftPrompt({ ...draft, redacting })]) {
			expect(prompt.user).not.toMatch(LEAK);
			expect(prompt.user).toContain('[[EMAIL_1_');
			expect(prompt.user).not.toContain('EMAIL_2');
			expect(prompt.user).toContain('2026-03-02T10:00:00.000Z');
		}
	});

	it('has the same instructions and template whatever the data, and others than without', () => {
		const bare = { ...draft, conversation: [], contact: {}, facts: [], baseText: 'Hi' };
		const [one, other] = [draftPrompt({ ...draft, redacting }), draftPrompt({ ...bare, redacting })];
		expect([one.system, one.template]).toEqual([other.system, other.template]);
		expect(one.system).not.toBe(draftPrompt(draft).system);
		const lead = classificationPrompt({ ...classification, redacting });
		expect(lead.system).toBe(classificationPrompt({ what: 'full', conversation: [], redacting }).system);
		expect(lead.system).not.toBe(classificationPrompt(classification).system);
	});
});

describe('the gate', () => {
	it.each(['[[EMAIL_1_QZXKWV]]', '[[PHONE_12]]', 'EMAIL_1_QZXKWV', '[CARD_3_QZX'])('holds back a text that says %s', (mark) => {
		const { verdict, issues } = gateDraft({ text: `We will write to ${mark} tomorrow.`, channel: 'email', language: 'en', now: epochMs(Date.UTC(2026, 2, 2)) });
		expect(verdict).not.toBe('pass');
		expect(issues.map(({ check }) => check)).toContain('placeholder');
	});
});
