import { Fragment, h, within, type Child, type Scope } from '../../desk/html/element';
import { render } from '../../desk/html/render';
import { Chart, Field, Form, Link, Said, Sentence, Table } from '../../desk/parts';
import { roundAbove } from '../../desk/parts/chart';
import { en } from '../../desk/shell/en';
import { epochMs } from '../../engine/time';
import { dangerousMarkup, HOSTILE } from './deskWorld';

const SCOPE: Scope = { language: 'en', words: en, timezone: 'UTC', now: epochMs(0), here: '?tab=settings', always: {}, tab: 'settings', csrf: 'token' };
const page = (child: Child, scope: Partial<Scope> = {}): string => render(child, { ...SCOPE, ...scope });

describe('rendering', () => {
	it('escapes text and attributes, and leaves out what is nothing', () => {
		expect(page(<p title={`a"b'c<d>&`}>{'<b>&"\''}{null}{undefined}{false}{true}{0}{12n}</p>)).toBe('<p title="a&quot;b&#39;c&lt;d&gt;&amp;">&lt;b&gt;&amp;&quot;&#39;012</p>');
		expect(page(<><p>a</p>{['b', <br />]}</>)).toBe('<p>a</p>b<br>');
	});

	it('keeps a text area as it was written, also one that begins with a line feed', () => {
		expect(page(<textarea name="t" rows={2}>{'\n</textarea><b>'}</textarea>)).toBe('<textarea name="t" rows="2">\n\n&lt;/textarea&gt;&lt;b&gt;</textarea>');
	});

	it('takes out control characters and lone surrogates', () => {
		expect(page(<p>{'a\u0000b\u001bc\td\ud800e'}</p>)).toBe('<p>abc\td\ufffde</p>');
	});

	it.each(['javascript:alert(1)', ' javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', '/webhook/other', '\\\\evil.example'])('prints no link to %j', (address) => {
		expect(page(<a href={address}>x</a>)).toBe('<a>x</a>');
	});

	it('refuses attributes and tags that run or restyle anything, also by names from elsewhere', () => {
		const spread: object = { onclick: 'alert(1)' };
		expect(() => page(<p {...spread}>x</p>)).toThrow(/not allowed/);
		expect(() => page(h('p', { style: 'color:red' }))).toThrow(/not allowed/);
		expect(() => page(h('p', { 'x"><script>': 'y' }))).toThrow(/not allowed/);
		expect(() => page(h('iframe', null))).toThrow(/not allowed/);
		expect(() => page(h('style', null, 'a{}'))).toThrow(/not allowed/);
		expect(() => page(h('script', null, 'alert(1)'))).toThrow(/not allowed/);
		expect(() => page(h('p><script', null))).toThrow(/not allowed/);
	});

	it('tells only what stands inside what it stands in', () => {
		const Where = (_: object, { form }: Scope): Child => form?.action ?? 'none';
		expect(page([<Where />, within({ form: { action: 'send', key: '' } }, <Where />), <Where />])).toBe('nonesendnone');
	});
});

describe('components', () => {
	it('print hostile text in every place as text', () => {
		const typed = { action: HOSTILE, key: HOSTILE, values: { [HOSTILE]: HOSTILE }, fields: { [HOSTILE]: HOSTILE } };
		const whole = page(
			<main>
				<Said lang={HOSTILE}>{HOSTILE}</Said><Sentence>{HOSTILE}</Sentence>
				<Link to={{ id: HOSTILE }} label={HOSTILE}>{HOSTILE}</Link>
				<Table caption={HOSTILE} columns={[{ title: HOSTILE, main: true }, { title: HOSTILE }]} rows={[[HOSTILE, HOSTILE]]} />
				<Chart kind="line" title={HOSTILE} description={HOSTILE} labels={[HOSTILE]} series={[{ name: HOSTILE, values: [1] }]} target={{ value: 1, label: HOSTILE }} />
				<Form action={HOSTILE} of={HOSTILE} hidden={{ [HOSTILE]: HOSTILE }}><Field name={HOSTILE} label={HOSTILE} hint={HOSTILE} value={HOSTILE} rows={3} /></Form>
			</main>,
			{ typed },
		);
		expect(dangerousMarkup(whole)).toEqual([]);
		expect(whole).not.toMatch(/<(?:img|script)/);
	});

	it('a form goes back to its page with the token, and shows again what was typed, but never a password', () => {
		const typed = { action: 'save', key: '7', values: { name: 'Eva', secret: 'hunter2hunter2' }, fields: { name: 'Too short' } };
		const form = (of: string): string => page(<Form action="save" of={of}><Field name="name" label="Name" value="old" /><Field name="secret" label="Secret" type="password" /></Form>, { typed });
		expect(form('7')).toContain('action="?tab=settings"');
		expect(form('7')).toContain('name="csrf" value="token"');
		expect(form('7')).toMatch(/value="Eva"[^>]*aria-invalid="true"/);
		expect(form('7')).toContain('Too short');
		expect(form('7')).not.toContain('hunter2');
		expect(form('8')).toContain('value="old"');
		expect(form('8')).not.toContain('Too short');
	});

	it('a chart draws what is known: gaps break the line, the scale is round, the figures stand below', () => {
		const drawn = page(<Chart kind="line" title="Sent" description="Rising." labels={['Mo', 'Tu', 'We', 'Th']} series={[{ name: 'Mail', values: [1, undefined, 3, 4] }]} max={4} />);
		// 640 wide with 56 and 12 left free: 572 for three steps; 220 high with 12 and 28: 180 for four units.
		expect(drawn).toContain('points="56,147 56,147"');
		expect(drawn).toContain('points="437.3,57 628,12"');
		expect(drawn).toContain('role="img" aria-label="Sent. Rising."');
		expect(drawn).toMatch(/<td data-label="Mail" class="number"><div>–<\/div><\/td>/);
		expect([0, -1, 0.07, 1, 1.1, 7, 26, 101, Number.NaN].map(roundAbove)).toEqual([1, 1, 0.1, 1, 2, 10, 50, 200, 1]);
	});
});
