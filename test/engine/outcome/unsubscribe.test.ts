import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { CHANNELS } from '../../../engine/channels/channel';
import { pageLanguage, PAGE_HEADERS, unsubscribePage, type UnsubscribeView } from '../../../engine/outcome/unsubscribePage';
import { readUnsubscribe, signUnsubscribe } from '../../../engine/outcome/unsubscribeToken';
import { unsubscribeUrl } from '../../../engine/mail/unsubscribeHeaders';

const HASH = 'ab'.repeat(32);
const CLAIM = { workspace: 'default', channel: 'email', addressHash: HASH, outboundId: '2b4a1f0e-0000-5000-8000-000000000001' } as const;
const claims = fc.record({
	workspace: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }).filter((text) => text.isWellFormed()),
	channel: fc.constantFrom(...CHANNELS),
	addressHash: fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString('hex')),
	outboundId: fc.oneof(fc.uuid(), fc.string({ maxLength: 60 })),
});

describe('an unsubscribe token', () => {
	it('gives back what was signed, from letters that any address may hold', () => {
		fc.assert(
			fc.property(claims, fc.string({ minLength: 1 }), (claim, key) => {
				const token = signUnsubscribe(key, claim);
				expect(token).toMatch(/^1\.[\w-]+\.[\w-]{22}$/);
				expect(encodeURIComponent(token)).toBe(token);
				expect(readUnsubscribe(key, token)).toEqual(claim);
			}),
		);
	});

	it('is signed as RFC 2104 says, cut to 128 bits', () => {
		const [, body, signature] = signUnsubscribe('key', CLAIM).split('.');
		expect(Buffer.from(signature, 'base64url')).toEqual(createHmac('sha256', 'key').update(`unsubscribe:1:${body}`).digest().subarray(0, 16));
	});

	it('is nothing with any character changed, cut or added, or under another key', () => {
		const token = signUnsubscribe('key', CLAIM);
		expect(readUnsubscribe('other', token)).toBeUndefined();
		for (let at = 0; at < token.length; at++) {
			const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1);
			// The last letter of a signature holds bits that mean nothing.
			if (at < token.length - 1) expect(readUnsubscribe('key', changed)).toBeUndefined();
		}
		for (const other of ['', '.', '1..', `${token}.x`, `${token}A`, token.slice(0, -1), `2${token.slice(1)}`, '1.e30.AAAAAAAAAAAAAAAAAAAAAA', 'x'.repeat(100_000), `1.${'A'.repeat(5_000)}.AAAA`]) expect(readUnsubscribe('key', other)).toBeUndefined();
	});

	it('stays short enough for a header line', () => {
		expect(unsubscribeUrl('https://n8n.client.example/webhook/4f3c2b1a-0000-4000-8000-000000000000', signUnsubscribe('key', { ...CLAIM, workspace: 'w'.repeat(40) }))?.length).toBeLessThan(400);
	});
});

describe('the address of a link', () => {
	it.each(['http://n8n.example/u', 'javascript:alert(1)', 'ftp://x.example', 'n8n.example/u', '', 'https://user:secret@n8n.example/u'])('is not made of %s', (base) => {
		expect(unsubscribeUrl(base, 'token')).toBeUndefined();
	});
	it('keeps the query there is, drops the fragment, and has nothing in it that ends a header entry', () => {
		expect(unsubscribeUrl('https://n8n.example/u,v?client=7#x', '1.a.b')).toBe('https://n8n.example/u%2Cv?client=7&t=1.a.b');
		expect(unsubscribeUrl('http://127.0.0.1:5678/webhook/x', '1.a.b')).toBe('http://127.0.0.1:5678/webhook/x?t=1.a.b');
	});
});

describe('the page', () => {
	const VIEWS: UnsubscribeView[] = ['ask', 'done', 'already', 'invalid', 'later'];
	it('has a button only where it asks, loads nothing and lets nothing run', () => {
		for (const language of ['en', 'de'] as const) {
			for (const view of VIEWS) {
				const html = unsubscribePage(view, { language, sender: '<img src=x onerror=alert(1)> & "Co"' });
				expect(html.includes('<form method="post">')).toBe(view === 'ask');
				expect(html).not.toMatch(/<img|<script|<link|<iframe|https?:|\son\w+=(?!alert)/i);
				expect(html).toContain('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;Co&quot;');
				expect(html).toContain(`<html lang="${language}">`);
			}
		}
		expect(unsubscribePage('ask', { language: 'de' })).toContain('Ja, keine E-Mails mehr');
		expect(PAGE_HEADERS['Content-Security-Policy']).toContain("default-src 'none'");
		expect(Object.keys(PAGE_HEADERS).map((name) => name.toLowerCase())).not.toContain('set-cookie');
	});
	it('speaks German to who prefers it', () => {
		expect(['de-DE,de;q=0.9,en', 'DE', 'en-GB,de', 'den', '', undefined].map(pageLanguage)).toEqual(['de', 'de', 'en', 'en', 'en', 'en']);
	});
});
