import { weekLetter, type WeekLetterInput } from '../../../engine/report/weekLetter';
import { healthFigures } from '../../../engine/report/health';
import { outboxFigures } from '../../../engine/report/outbox';
import { lastWeek } from '../../../engine/report/period';
import { epochMs } from '../../../engine/time';

const NOW = epochMs('2026-03-04T10:00:00Z');
const PERIOD = lastWeek(NOW, 'Europe/Berlin');

function input(more: Partial<WeekLetterInput> = {}, channel = 'email', code = '131026'): WeekLetterInput {
	const health = healthFigures({
		now: NOW, counts: [{ day: Date.parse('2026-02-25') / 86_400_000, channel, what: 'sent', count: 7 }], funnel: { contacts: 4, contacted: 3, replied: 1, meetings: 0, deals: 0 }, responses: { answered: 0, open: 0, ranked: [] }, cohorts: [],
		drafts: { made: 0, fallback: 0 }, classifications: { made: 0, fallback: 0 }, judged: [], costs: [{ day: 1, calls: 1, unpriced: 0, usd: 12_345 }], revenue: [{ currency: 'EUR', deals: 1, valued: 1, value: 900, attributed: 900 }],
		sends: { sent: 7, bounced: 0, complained: 0, contacts: 3, replied: 1, optedOut: 0 }, queues: { reviews: 0, overdueReviews: 0, dueJobs: 0, undecided: 0 },
	}, PERIOD);
	return { client: 'Acme', period: PERIOD, health, outbox: outboxFigures({ standing: [], planned: [], sent: 7, notSent: [{ status: 'failed', errorCode: code, begins: 'Failed', count: 2 }] }), experiments: [], ...more };
}

describe('the weekly letter', () => {
	it('says the same in plain text and in HTML', () => {
		const { subject, text, html } = weekLetter(input());
		expect(subject).toBe('Your week: Acme: 2026-02-23 to 2026-03-01');
		for (const line of ['email: 7 sent, 0 reviewed, 0 blocked, 0 limited, 0 failed.', 'contacted: 3, of 4 before: 75 %.', '1 deal won: 900 EUR; 900 EUR of it came of our messages.', 'Failed with code 131026: 2 messages.']) {
			expect(text).toContain(`- ${line}`);
			expect(html).toContain(`<li>${line}</li>`);
		}
		expect(text).toContain('Days in the time zone Europe/Berlin.');
	});

	it('tells no client what models cost', () => {
		const { text, html } = weekLetter(input());
		expect(text + html).not.toMatch(/12345|12,345|USD|Model cost/);
	});

	it('lets nothing of the data become markup or a header', () => {
		const evil = '<img src=x onerror=alert(1)>\r\nBcc: all@x.example';
		const { subject, text, html } = weekLetter(input({ client: evil, experiments: [{ id: 'e', name: '</li><script>x</script>', status: 'running', metric: 'replies', verdict: 'keep_going', look: 0, horizon: 26, contacts: 0, variants: [], sentence: `Keep "going" & ${evil}` }] }, '<b>odd</b>', '<i>'));
		expect(subject).not.toMatch(/[\r\n]/);
		expect(text.split('\n').filter((line) => line.startsWith('Bcc'))).toEqual([]);
		expect(html.match(/<[a-z/!][^>]*>/gi)?.map((tag) => /[a-z0-9]+/i.exec(tag)?.[0]).filter((tag) => !['doctype', 'html', 'body', 'h1', 'h2', 'ul', 'li', 'p'].includes(tag ?? ''))).toEqual([]);
		expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;');
	});

	it('of a week without anything leaves empty sections out', () => {
		const empty = input({ outbox: outboxFigures({ standing: [], planned: [], sent: 0, notSent: [] }) });
		const { text } = weekLetter({ ...empty, health: { ...empty.health, days: [], revenue: [] } });
		expect(text).not.toMatch(/REVENUE|BY CHANNEL|NOT SENT/);
		expect(text).toContain('AT A GLANCE');
		expect(text).not.toMatch(/NaN|undefined|Infinity/);
	});
});
