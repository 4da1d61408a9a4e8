import fc from 'fast-check';
import { cleanForTraining, PersonalMarks } from '../../../engine/training/personalMarks';
import { ANNA, NOBODY } from './exampleFixture';

const hidden = (text: string, ours = false): string => new PersonalMarks(ANNA, { language: 'de', facts: ['Prices: https://acme.example/prices'] }).hide(text, ours);

describe('personal marks', () => {
	it.each([
		['Hi, this is Anna Mueller from Müller Dental.', 'Hi, this is [[NAME_1]] [[NAME_3]] from [[COMPANY_1]].'],
		['ANNA und Lena, Annas Termin', '[[NAME_1]] und [[NAME_2]], [[NAME_1]] Termin'],
		['Call me 0171 / 555 01 99 or 00491715550199', 'Call me [[PHONE_1]] or [[PHONE_1]]'],
		['anna.mueller@mueller-dental.de, Anna.Mueller@Mueller-Dental.de', '[[EMAIL_1]], [[EMAIL_1]]'],
		['I am @annalena_m, customer c-88123, Am Hang 3', 'I am @[[HANDLE_1]], customer [[HANDLE_2]], [[DETAIL_1]]'],
	])('take what is known of the person out of: %s', (text, expected) => expect(hidden(text)).toBe(expected));

	it.each([
		['My colleague Peter Schmidt and Dr. Hans Weber come along.', 'My colleague [[NAME_4]] and Dr. [[NAME_5]] come along.'],
		['Hallo Herr Krause, danke!', 'Hallo Herr [[NAME_4]], danke!'],
		['I live at 221b Baker Street, NW1 6XE.', 'I live at [[ADDRESS_1]], [[ADDRESS_2]].'],
		['Lindenallee 12b in 10115 Berlin', '[[ADDRESS_1]] in [[NUMBER_1]] Berlin'],
		['12 rue de Rivoli, Paris', '[[ADDRESS_1]], Paris'],
		['calle Mayor 5, Madrid', '[[ADDRESS_1]], Madrid'],
		['ＭＵＥＬＬＥＲ', '[[NAME_3]]'],
		['Order no. A-4711 and Rechnung 20231', 'Order no. [[NUMBER_1]] and Rechnung [[NUMBER_2]]'],
		['Pay at https://pay.example/i?c=anna', 'Pay at [[LINK_1]]'],
	])('take out what reads like somebody’s: %s', (text, expected) => expect(hidden(text)).toBe(expected));

	it.each(['It costs 12000 € or 1500 in 2026.', 'On 05.03.2026 at 14:30, Monday to Friday.', 'See https://acme.example/prices', 'Dear Sir, thank you very much', 'Guten Tag, ich bin interessiert'])('leave what names nobody: %s', (text) => expect(hidden(text)).toBe(text));

	it('sign for the sender in our own messages only', () => {
		expect(hidden('See you then.\n\nBest regards,\nMia Sender', true)).toBe('See you then.\n\nBest regards,\n[[SENDER_1]]');
		expect(hidden('See you then.\n\nBest regards,\nOtto Klein')).toBe('See you then.\n\nBest regards,\n[[NAME_4]]');
	});

	it('are the same for one value in all texts of an example, and never a mark somebody else wrote', () => {
		const marks = new PersonalMarks(ANNA);
		expect(marks.hide('Write to otto@else.example')).toBe('Write to [[EMAIL_1]]');
		expect(marks.hide('Again OTTO@else.example, and [[EMAIL_1]]')).toBe('Again [[EMAIL_1]], and [ [EMAIL_1] ]');
		expect(marks.name).toBe('[[NAME_1]] [[NAME_2]] [[NAME_3]]');
		expect(new PersonalMarks(NOBODY).name).toBeUndefined();
	});

	it.each(['A n n a  M u e l l e r', 'annamüller2', 'm.u.e.l.l.e.r dental', 'fon 0 1 7 1 5 5 5 0 1 9 9 ab 1', 'dasmüllerhaus'])('see that it can still be read: %s', (text) => {
		expect(new PersonalMarks(ANNA).remainsIn(text)).toBe(true);
	});

	it('do not take a small word for the name it is spelt like', () => {
		const marks = new PersonalMarks({ ...NOBODY, names: ['Will May'] });
		expect(marks.hide('Will, when will you come?')).toBe('[[NAME_1]], when will you come?');
		expect(marks.remainsIn('when will you come?')).toBe(false);
	});

	it('leave a text that is well-formed, of one kind of line ends, and has nothing unseen in it', () => {
		expect(cleanForTraining('a\u200bb\r\nc\u2028d\u2029e\u202ef\ud800g\u0000')).toBe('ab\nc\nd\nef\ufffdg');
		expect(cleanForTraining('👨‍👩‍👧 ok')).toBe('👨‍👩‍👧 ok');
		expect(hidden('An\u200bna')).toBe('[[NAME_1]]');
	});

	it('never leave a known address or phone number readable, whatever stands around it', () => {
		const value = fc.constantFrom('anna.mueller@mueller-dental.de', '+49 171 5550199', '0171-5550199', 'Anna-Lena Müller', 'Mueller');
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 30 }), value, fc.string({ unit: 'grapheme', maxLength: 30 }), (before, known, behind) => {
				const marks = new PersonalMarks(ANNA, { language: 'de' });
				const left = marks.hide(`${before}${known}${behind}`);
				const readable = /mueller-dental|5550199|m(?:ü|ue)ller/i.test(left);
				return !readable || marks.remainsIn(left);
			}),
			{ numRuns: 150 },
		);
	});

	it('take no longer for a text made to be slow', () => {
		const begun = performance.now();
		for (const text of ['Mr '.repeat(6_000), '1-'.repeat(9_000), 'Aa '.repeat(6_000), '1 Aa '.repeat(4_000), `Best regards,${'\n '.repeat(9_000)}`, 'a'.repeat(20_000), 'order '.repeat(3_300)]) hidden(text);
		expect(performance.now() - begun).toBeLessThan(5_000);
	});
});
