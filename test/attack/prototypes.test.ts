import { fallbackScore, gateDraft, readReply, redactPii, screenInbound } from '../../index';

/** Words that name something on every object of the language: a table looked up carelessly gives a function for them. */
const NAMES = [...Object.getOwnPropertyNames(Object.prototype), ...Object.getOwnPropertyNames(Array.prototype), 'prototype'];
const NOW = '2026-03-02T12:00:00Z';

describe.each(NAMES)("the word '%s'", (name) => {
	it('is a word like any other to every decision about a text', () => {
		for (const text of [name, `Please ${name} me`, `Was kostet ${name}?`, name.toLowerCase(), name.toUpperCase()]) {
			expect(readReply(text)).toMatchObject({ intent: expect.stringMatching(/^[a-z_]+$/), language: expect.stringMatching(/^[a-z]{2,3}$/) });
			expect(screenInbound(text).spam.flagged).toBe(false);
			expect(redactPii(text).text).toBe(text);
			expect(gateDraft({ text: `Hello, ${text}`, channel: 'email', language: name, contact: { name }, now: NOW }).verdict).not.toBe('block');
			expect(fallbackScore([{ from: 'lead', text, timestamp: NOW }], { now: NOW, language: name })?.score).toBeGreaterThanOrEqual(15);
		}
	});
});
