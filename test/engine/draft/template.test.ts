import { CHANNELS } from '../../../engine/channels/channel';
import { draftFromTemplate, replySubject } from '../../../engine/draft/intentTemplates';
import { renderTemplate, templateFields } from '../../../engine/draft/template';
import { detectLanguage, LANGUAGES } from '../../../engine/message/language';
import { REPLY_INTENTS } from '../../../engine/reply/reply';

describe('renderTemplate', () => {
	it('fills fields and falls back', () => {
		expect(renderTemplate('Hi {firstName|there}, about {company|your team}: {x|}ok', { firstName: 'Ana' })).toEqual({ text: 'Hi Ana, about your team: ok', missing: [] });
	});

	it('names what is missing without a fallback, once', () => {
		expect(renderTemplate('{company} and {company} and {role}', { role: 'CEO' })).toEqual({ text: 'and and CEO', missing: ['company'] });
	});

	it('takes a blank value for missing', () => {
		expect(renderTemplate('{name|you}', { name: '  ' }).text).toBe('you');
	});

	it('leaves the comma where it belongs when the name is unknown', () => {
		expect(renderTemplate('Guten Tag {firstName|}, danke', {}).text).toBe('Guten Tag, danke');
	});

	it('keeps the blank before a French question mark', () => {
		expect(renderTemplate('Ça va {name|} ?', { name: 'Léa' }).text).toBe('Ça va Léa ?');
	});

	it('puts a hostile value in once, on one line, and not as a template', () => {
		expect(renderTemplate('Hi {name}!', { name: '{email}\n\n$& <b>' }).text).toBe('Hi {email} $& <b>!');
		expect(renderTemplate('{constructor}{__proto__}{toString}', {}).missing).toEqual(['constructor', '__proto__', 'toString']);
		expect(renderTemplate('{name}', { name: 'x'.repeat(10_000) }).text).toHaveLength(200);
	});

	it('leaves other braces alone', () => {
		expect(renderTemplate('{ not a field } {} {1}', {}).text).toBe('{ not a field } {} {1}');
	});
});

describe('templateFields', () => {
	it('takes names apart and lets nothing in the attributes override them', () => {
		expect(templateFields({ name: 'Ana María López', attributes: { name: 'Evil', role: 'CEO' } }, { senderName: 'Tom' })).toMatchObject({ name: 'Ana María López', firstName: 'Ana', lastName: 'López', role: 'CEO', senderName: 'Tom' });
	});
});

describe('draftFromTemplate', () => {
	const fields = templateFields({ name: 'Ana López', company: 'Acme' }, { senderName: 'Tom', companyName: 'We' });

	it.each(LANGUAGES)('has a text for every intent and channel in %s, in that language', (language) => {
		for (const intent of [...REPLY_INTENTS, 'outreach'] as const) {
			for (const channel of CHANNELS) {
				const draft = draftFromTemplate({ intent, language, channel, fields });
				expect(draft.text).not.toMatch(/[{}|]|undefined/);
				expect(draft.language).toBe(language);
				expect('subject' in draft).toBe(channel === 'email');
			}
		}
		const all = REPLY_INTENTS.map((intent) => draftFromTemplate({ intent, language, channel: 'sms', fields }).text).join(' ');
		expect(detectLanguage(all).language).toBe(language);
	});

	it('greets and closes where that is usual', () => {
		expect(draftFromTemplate({ intent: 'meeting', language: 'en', channel: 'email', fields }).text).toBe(
			'Hi Ana,\n\ngladly. Which two or three times suit you in the coming days? I will confirm one right away.\n\nBest regards\nTom',
		);
		expect(draftFromTemplate({ intent: 'meeting', language: 'en', channel: 'whatsapp', fields }).text).toBe('Gladly. Which two or three times suit you in the coming days? I will confirm one right away.');
	});

	it('is complete with nothing known', () => {
		expect(draftFromTemplate({ intent: 'outreach', language: 'de', channel: 'email', fields: {} }).text).toMatch(/^Guten Tag,\n\nich .*Ihr Team.*\n\nFreundliche Grüße$/s);
	});

	it('writes English when there is no template in the language, and says so', () => {
		expect(draftFromTemplate({ intent: 'other', language: 'sv', channel: 'sms', fields }).language).toBe('en');
	});

	it('answers on the thread, with one Re:', () => {
		expect(draftFromTemplate({ intent: 'other', language: 'en', channel: 'email', fields, threadSubject: 'Chairs' }).subject).toBe('Re: Chairs');
		expect(['AW: Stühle', 'RE: x', ' a\r\nBcc: evil@example.com'].map(replySubject)).toEqual(['AW: Stühle', 'RE: x', 'Re: a Bcc: evil@example.com']);
	});
});
