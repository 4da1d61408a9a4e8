import { consentLaw } from '../../../engine/gate/checks/consent';
import { DEFAULT_ACTIONS } from '../../../engine/gate/check';
import { gateDraft, type DraftToGate } from '../../../engine/gate/gateDraft';

const NOW = Date.UTC(2026, 2, 2, 10);
const base: DraftToGate = { text: 'Hello Anna, shall I send you the details?', channel: 'email', now: NOW };
const gate = (changes: Partial<DraftToGate>) => gateDraft({ ...base, ...changes });
const found = (check: string, changes: Partial<DraftToGate>) => gate(changes).issues.filter((issue) => issue.check === check);

describe('moderation', () => {
	it.each([
		['en', 'You are such a pathetic loser, buy now.'], ['en', 'Shut up and sign.'], ['en', 'We know where you live.'],
		['de', 'Sie sind so dumm, nehmen Sie das Angebot an.'], ['de', 'Halt die Klappe!'], ['de', 'Ich weiß, wo du wohnst.'], ['de', 'DU IDIOT'],
		['es', 'Eres un gilipollas'], ['fr', 'Ta gueule, connard'], ['it', 'Vaffanculo'], ['pt', 'Cala a boca, babaca'], ['nl', 'Jij klootzak'], ['pl', 'Zamknij się, kretyn'], ['tr', 'Kapa çeneni, salak'],
	])('%s: %j is held', (_, text) => expect(found('moderation', { text })).not.toEqual([]));

	it.each(['Johnny Depp signed it', 'A bite-sized course on the sales pipe', 'Please send a pic of the damage', 'Je suis en retard, désolé', 'No se va a arrepentir de probarlo', 'Wir machen sie bis Freitag fertig', 'We will find you a better plan', 'El sistema es débil', 'Die Anlage läuft, Punkt.'])('%j is not', (text) => {
		expect(found('moderation', { text })).toEqual([]);
	});

	it('says what kind it is and where, and follows its setting', () => {
		const text = 'Hello, fuck off';
		const [issue] = found('moderation', { text });
		expect(issue).toMatchObject({ severity: 'review', reason: "'fuck off' is insulting.", span: { start: 7, end: 15 } });
		expect(gate({ text, policy: { actions: { moderation: 'block' } } }).verdict).toBe('block');
		expect(gate({ text, policy: { actions: { moderation: 'off' } } }).verdict).toBe('pass');
	});
});

describe('AI disclosure', () => {
	const on = { actions: { ai_disclosure: 'review' as const }, mode: 'auto' as const };
	const german = { id: 'c', country: 'DE', consent: { email: { basis: 'opt_in' as const } } };

	it('is off unless switched on', () => {
		expect(DEFAULT_ACTIONS.ai_disclosure).toBe('off');
		expect(found('ai_disclosure', { contact: german, policy: { mode: 'auto' } })).toEqual([]);
	});

	it('asks for it where the law does, and nowhere else', () => {
		expect(found('ai_disclosure', { contact: german, policy: on })).toMatchObject([{ reason: 'Nothing says that an AI writes; people in DE have to be told.' }]);
		expect(found('ai_disclosure', { contact: { ...german, country: 'CH' }, policy: on })).toEqual([]);
		expect(gate({ policy: on }).skipped).toContain('ai_disclosure');
	});

	it.each(['I am an AI assistant of Example Ltd.', 'Ich bin der KI-Assistent der Beispiel GmbH.', 'Diese Nachricht wurde mit KI erstellt.', 'Soy un asistente virtual.', 'Je suis un assistant virtuel.', 'Sono un assistente virtuale.', 'Sou um assistente virtual.', 'Ik ben een virtuele assistent.', 'Tu wirtualny asystent.', 'Ben bir sanal asistanım, yapay zeka ile yazıyorum.'])('%j is enough', (text) => {
		expect(found('ai_disclosure', { text, contact: german, policy: on })).toEqual([]);
	});

	it('is said once: an earlier message of ours counts, a message of theirs does not', () => {
		const turn = (from: 'us' | 'lead') => [{ from, text: 'I am an AI assistant', timestamp: '2026-03-01T10:00:00Z', channel: 'email' as const }];
		expect(found('ai_disclosure', { contact: german, conversation: turn('us'), policy: on })).toEqual([]);
		expect(found('ai_disclosure', { contact: german, conversation: turn('lead'), policy: on })).toHaveLength(1);
	});

	it('does not matter when a person approves', () => {
		expect(found('ai_disclosure', { contact: german, policy: { ...on, mode: 'assist' } })).toEqual([]);
	});
});

describe('consent by country', () => {
	const EU = ['AT', 'BE', 'BG', 'HR', 'CY', 'CZ', 'DK', 'EE', 'FI', 'FR', 'DE', 'GR', 'HU', 'IE', 'IT', 'LV', 'LT', 'LU', 'MT', 'NL', 'PL', 'PT', 'RO', 'SK', 'SI', 'ES', 'SE'];

	it.each([...EU, 'GB', 'CH', 'NO', 'US', 'CA', 'AU', 'BR', 'IN', 'TR', 'MX'])('%s is listed with its law, date and how sure we are', (country) => {
		expect(consentLaw(country)).toMatchObject({ law: expect.stringMatching(/\w{3}/), date: '2026-11-20', confidence: expect.any(String) });
	});

	const to = (country: string | undefined, basis?: 'opt_in' | 'existing_customer' | 'inbound_request' | 'legitimate_interest', channel = 'email') =>
		found('consent', { channel, contact: { id: 'c', country, consent: basis ? { [channel]: { basis } } : {} }, policy: { purpose: 'outreach', lastInboundAt: NOW } }).length === 0;

	it('wants consent for e-mail in Germany, an interest in Britain, nothing in the United States', () => {
		expect([to('DE', 'legitimate_interest'), to('DE', 'existing_customer'), to('GB', 'legitimate_interest'), to('UK', 'legitimate_interest'), to('GB'), to('US')]).toEqual([false, true, true, true, false, true]);
	});

	it('blocks outreach after consent was withdrawn, even where none is needed, and not an answer to their own message', () => {
		const contact = { id: 'c', country: 'US', consent: { email: { basis: 'opt_in' as const, withdrawnAt: '2026-03-01T08:00:00Z' } } };
		expect(found('consent', { channel: 'email', contact, policy: { purpose: 'outreach' } })).toMatchObject([{ severity: 'block', reason: 'Consent to write by email was withdrawn on 2026-03-01.' }]);
		expect(found('consent', { channel: 'email', contact, policy: { purpose: 'reply' } })).toEqual([]);
		expect(found('consent', { channel: 'sms', contact: { ...contact, consent: { ...contact.consent, sms: { basis: 'opt_in' } } }, policy: { purpose: 'outreach' } })).toEqual([]);
	});

	it('wants express consent for texts in the United States', () => {
		expect([to('US', 'existing_customer', 'sms'), to('US', 'opt_in', 'sms'), to('DE', 'existing_customer', 'sms')]).toEqual([false, true, true]);
	});

	it('reads a country that is not listed strictly', () => {
		expect([to('JP', 'legitimate_interest'), to('JP', 'opt_in'), to('XX')]).toEqual([false, true, false]);
		expect(found('consent', { contact: { id: 'c', country: 'JP', consent: {} }, policy: { purpose: 'outreach' } })[0].severity).toBe('review');
	});

	it('reads texts strictly and asks a person about e-mail when no country is known', () => {
		expect(to(undefined, undefined, 'sms')).toBe(false);
		for (const consent of [{}, { email: { basis: 'legitimate_interest' as const } }, { email: { basis: 'existing_customer' as const } }]) {
			expect(gate({ contact: { id: 'c', consent }, policy: { purpose: 'outreach', mode: 'auto' } })).toMatchObject({ verdict: 'review', issues: [{ check: 'consent', severity: 'review', reason: "Whether this may be written unasked is open: the contact's country is not known." }] });
		}
		expect(gate({ policy: { purpose: 'outreach', mode: 'auto' } })).toMatchObject({ verdict: 'review', issues: [{ check: 'consent' }] });
		expect(gate({ contact: { id: 'c', consent: {} } }).skipped).toContain('consent');
		expect(to(undefined, 'opt_in')).toBe(true);
	});
});

describe('facts', () => {
	const objects = (facts: string, text: string) => found('facts', { text, facts: [facts] }).map(({ reason }) => reason);

	it.each([
		['Costs 1.500 €', 'It is 1500 EUR'], ['Costs 250 Euro', 'Kostet zweihundertfünfzig Euro'], ['Costs $12,000', 'From $12k'], ['5 %', 'fünf Prozent'], ['21 Euro', 'einundzwanzig Euro'], ['99 dollars', 'ninety-nine dollars'],
		['3. Mai', 'On May 3, 2026'], ['2026-05-03', 'am 3. Mai'], ['x', 'Passt es morgen oder am Donnerstag?'], ['x', 'You may 5 times'],
		['https://a.example.com/x', 'See https://A.example.com/x/?utm_source=mail#top'], ['x', 'Danke.Es geht um Sie'],
	])('%j supports %j', (facts, text) => expect(objects(facts, text)).toEqual([]));

	it.each([
		['Costs 1.500 €', 'It is 150 EUR', 'price'], ['10 Euro', '10 % off', 'percentage'], ['Costs 250 Euro', 'nur hundert Euro', 'price'], ['Starts 3 May 2026', 'Starts 3 May 2027', 'date'], ['Starts 3 May', 'Starts May 13th', 'date'],
		['https://a.com/x', 'https://a.com/x?data=secret', 'link'], ['https://a.com', 'https://a.com@evil.net', 'link'], ['x', 'Book at cal.com/me', 'link'],
	])('%j does not support %j', (facts, text, kind) => expect(objects(facts, text)).toEqual([expect.stringContaining(`The ${kind} '`)]));

	it('takes no user name for an allowed host, and lets the page of the contact\'s company be named', () => {
		expect(found('facts', { text: 'See https://good.com@evil.net/x', facts: [], policy: { allowedDomains: ['good.com'] } })).toHaveLength(1);
		expect(found('facts', { text: 'I looked at acme.io today', facts: [], contact: { email: 'anna@acme.io' } })).toEqual([]);
	});
});
