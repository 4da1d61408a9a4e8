import fc from 'fast-check';
import { EMAIL_RULES, emailDuties } from '../../../engine/channels/emailRules';
import { headerText, mailbox, messageIdOf, singleAddress } from '../../../engine/mail/headerText';
import { htmlFromText } from '../../../engine/mail/htmlFromText';
import { messageIdFor, threading } from '../../../engine/mail/thread';
import { epochMs } from '../../../engine/time';

describe('what goes into a header', () => {
	it('never ends its line, whatever it is made of', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
				for (const made of [headerText(text), singleAddress(text) ?? '', mailbox(text)?.address ?? '', mailbox(text)?.name ?? '', messageIdOf(text) ?? '', messageIdFor(text, `a@${text}`)]) expect(made).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
			}),
		);
	});
	it.each([
		['anna@client.example', 'anna@client.example'],
		[' o\'neil+x@müller.example ', "o'neil+x@müller.example"],
		['a@localhost', 'a@localhost'],
		['a@b@c.example', undefined],
		['a@-x.example', undefined],
		['"a b"@x.example', undefined],
		['a@x.example>', undefined],
		[`${'l'.repeat(65)}@x.example`, undefined],
	])('takes %s as %s', (text, address) => expect(singleAddress(text)).toBe(address));
	it('hides no letters that turn a name round', () => expect(headerText('Acme\u202Egpj\u200B.exe')).toBe('Acmegpj.exe'));
	it('takes only Message-IDs of mail as such', () => expect(['<a@b>', 'a@b', 'wamid.HBg', '<a b@c>', '<a@b> <c@d>', ''].map(messageIdOf)).toEqual(['<a@b>', '<a@b>', undefined, undefined, undefined, undefined]));
	it('writes domains of other scripts in ASCII', () => expect(messageIdFor('x/1', 'a@MÜLLER.example')).toBe('<x-1@xn--mller-kva.example>'));
});

describe('a thread', () => {
	const ids = (count: number): string[] => Array.from({ length: count }, (_, at) => `<${at}@x>`);
	it('names the mail that is answered last, whatever else is on record', () => {
		expect(threading('<me@x>', ['<1@x>', '<2@x>', 'wamid.1', '<1@x>', '<me@x>'], '1@x')).toEqual({ messageId: '<me@x>', inReplyTo: '<1@x>', references: ['<2@x>', '<1@x>'] });
		expect(threading('<me@x>', [])).toEqual({ messageId: '<me@x>', references: [] });
	});
	it('keeps the first and the last eleven of a long one', () => {
		expect(threading('<me@x>', ids(40)).references).toEqual(['<0@x>', ...ids(40).slice(29)]);
	});
});

describe('HTML made from text', () => {
	it('has no tag in it but its own', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary' }), fc.constantFrom('', 'https://x.example/', '<a href="x">', '"><script>'), (text, more) => {
				const html = htmlFromText(`${text}${more}${text}`);
				expect(html.replace(/<\/?p>|<br>|<a href="https?:[^"<>]*">|<\/a>/g, '')).not.toMatch(/[<>"]/);
			}),
		);
	});
	it('makes web addresses links, without what ends the sentence', () => {
		expect(htmlFromText('See https://x.example/a?b=1&c=2. Or (http://y.example)!\n\njavascript:alert(1)')).toBe('<p>See <a href="https://x.example/a?b=1&amp;c=2">https://x.example/a?b=1&amp;c=2</a>. Or (<a href="http://y.example">http://y.example</a>)!</p>\n<p>javascript:alert(1)</p>');
	});
});

describe('what a country asks for', () => {
	const [before, after] = [epochMs('2026-08-01T23:59:59Z'), epochMs('2026-08-02T00:00:00Z')];
	it.each([
		[{ to: 'US' }, after, { postalAddress: true, aiDisclosure: true }],
		[{ to: 'fr' }, before, { postalAddress: false, aiDisclosure: false }],
		[{ to: 'fr' }, after, { postalAddress: false, aiDisclosure: true }],
		[{ to: 'GB', from: 'DE' }, before, { postalAddress: true, aiDisclosure: false }],
		[{ from: 'CA' }, after, { postalAddress: true, aiDisclosure: false }],
		[{}, before, { postalAddress: true, aiDisclosure: true }],
		[{ to: '', from: '' }, before, { postalAddress: true, aiDisclosure: true }],
		[{ to: 'constructor' }, after, { postalAddress: false, aiDisclosure: false }],
	])('%j', (countries, now, duties) => expect(emailDuties({ ...countries, now })).toEqual(duties));
	it('is written down with source and date, the whole European Union among it', () => {
		expect(Object.values(EMAIL_RULES.countries).filter(({ aiDisclosure }) => aiDisclosure?.source.includes('AI Act'))).toHaveLength(27);
	});
});
