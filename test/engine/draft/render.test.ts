import { CHANNELS } from '../../../engine/channels/channel';
import { lengthIn, renderingOf } from '../../../engine/channels/rendering';
import { renderForChannel, withoutMarkdown } from '../../../engine/draft/render';
import { cpuMs } from '../../cpuTime';

describe('withoutMarkdown', () => {
	it.each([
		['**Price**: *20* __now__', 'Price: 20 now'],
		['# Offer\nText', 'Offer\nText'],
		['* one\n+ two\n- three', '- one\n- two\n- three'],
		['See [our page](https://x.example/a) or [https://y.example](https://y.example)', 'See our page: https://x.example/a or https://y.example'],
		['![logo](https://x.example/a.png)', 'logo: https://x.example/a.png'],
		['Run `npm` ~~old~~', 'Run npm old'],
		['```js\ncode\n```', 'code'],
		['> quoted', 'quoted'],
		['a\n\n---\n\nb', 'a\n\nb'],
		['2 * 3 * 4 = 24, snake_case_name, __init__x', '2 * 3 * 4 = 24, snake_case_name, __init__x'],
		['50 % off * while stocks last *', '50 % off * while stocks last *'],
	])('turns %j into %j', (markdown, plain) => {
		expect(withoutMarkdown(markdown)).toBe(plain);
	});

	it.each(['*'.repeat(20_000), '['.repeat(20_000), '`'.repeat(20_001), '_'.repeat(20_000), '- '.repeat(10_000), '**a'.repeat(7_000), '[a]('.repeat(5_000)])('is quick on hostile text', (text) => {
		const started = cpuMs();
		withoutMarkdown(text);
		expect(cpuMs() - started).toBeLessThan(1_000);
	});
});

describe('renderForChannel', () => {
	it('leaves a fitting text as it is', () => {
		expect(renderForChannel('Hi Ana, 👍 sure.', 'whatsapp')).toEqual({ text: 'Hi Ana, 👍 sure.', changed: [] });
	});

	it('drops emoji from an SMS, and keeps digits and signs', () => {
		expect(renderForChannel('Hi 👋🏽 Ana 🇩🇪! Call #1 for 20 © 👨‍👩‍👧 ok', 'sms').text).toBe('Hi Ana ! Call #1 for 20 © ok');
	});

	it.each([
		['whatsapp', 4096],
		['messenger', 2000],
		['linkedin', 1300],
		['sms', 1600],
	] as const)('cuts for %s at the last sentence end within %i characters', (channel, longest) => {
		const sentence = 'This is a sentence. ';
		const text = sentence.repeat(Math.ceil(longest / sentence.length) + 10).trim();
		const { text: cut, changed, problem } = renderForChannel(text, channel);
		// As many whole sentences of 19 characters and the blanks between them as fit.
		expect(cut.length).toBe(Math.floor((longest + 1) / 20) * 20 - 1);
		expect(cut.endsWith('sentence.')).toBe(true);
		expect(changed).toHaveLength(1);
		expect(problem).toBeUndefined();
	});

	it('counts bytes on Instagram', () => {
		const fits = 'ü'.repeat(500);
		expect(renderForChannel(fits, 'instagram').problem).toBeUndefined();
		expect(renderForChannel(`${fits}a`, 'instagram').problem).toContain('1001 bytes');
		const cut = renderForChannel('Grüße und schöne Tage. '.repeat(60), 'instagram').text;
		expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1000);
		expect(cut.endsWith('Tage.')).toBe(true);
	});

	it('cuts nothing where no sentence ends, and nothing that would lose its point', () => {
		const endless = 'word '.repeat(400).trim();
		expect(renderForChannel(endless, 'linkedin')).toMatchObject({ text: endless, problem: expect.stringContaining('1300') });
		expect(renderForChannel(`Hi. ${endless}`, 'linkedin').problem).toBeDefined();
	});

	it('never cuts e-mail', () => {
		const long = 'A sentence. '.repeat(5_000).trim();
		expect(renderForChannel(long, 'email').text).toBe(long);
	});

	it('has a row for every channel', () => {
		for (const channel of CHANNELS) expect(renderingOf(channel)).toBeDefined();
		expect(lengthIn('bytes', '€')).toBe(3);
	});
});
