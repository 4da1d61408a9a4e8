import { createHmac } from 'node:crypto';
import { HOUR, later } from '../../engine/time';
import { SANDBOX } from '../../sandbox/standins';
import { waitFor } from '../../sandbox/waitFor';
import type { Enrolment } from '../../engine/sequence/sequence';
import { PATIENCE_MS, startWorld, WORKSPACE, type World } from './world';

/**
 * A follow-up by e-mail, text message and WhatsApp in the real n8n with the shipped workflows, its days being seconds: who
 * never answers gets all three once, everybody else leaves the sequence in the moment that gives the reason.
 */
const WAIT_MINUTES = 0.25;
const QUICK = { pollSeconds: 0.2, workspaces: WORKSPACE };
/** A time of day must not decide what a test sees: steps leave as soon as the law lets them. */
const AT_ONCE = { 'parameters.purpose': 'reply' };
/** The gap of five minutes between two messages to one contact is for real days. */
const NO_GAP = { 'parameters.ruleSets': ['whatsappPair'] };

let started: World | undefined;
const world = (): World => {
	if (started === undefined) throw new Error('The world did not start');
	return started;
};
jest.setTimeout(240_000);

interface Lead {
	name: string;
	email: string;
	phone: string;
}
const lead = (name: string, number: number): Lead => ({ name, email: `${name.split(' ')[0].toLowerCase()}@mail.example`, phone: `+4915112349${String(number).padStart(3, '0')}` });
const NORA = lead('Nora Never', 1);
const REINER = lead('Reiner Reply', 2);
const OLGA = lead('Olga Optout', 3);
const TINA = lead('Tina Takeover', 4);
const MARTIN = lead('Martin Meeting', 5);
const KILLED = [lead('Kim Killed', 6), lead('Kai Killed', 7), lead('Kurt Killed', 8)];

const mailTo = ({ name }: Lead): string => `Hello ${name.split(' ')[0]}, thank you for your interest in our kitchens. Is there anything you would like to know?`;
const known = async ({ name, email, phone }: Lead): Promise<void> => {
	const basis = { basis: 'opt_in' as const };
	await world().store.contacts.upsert(WORKSPACE, [{ name, email, phone, country: 'DE', language: 'en', consent: { email: basis, sms: basis, whatsapp: basis } }]);
	world().script(name, { score: 50, status: 'CONTACTED', reply: mailTo({ name, email, phone }), confidence: 0.95 });
};
const enrol = async (leads: readonly Lead[]): Promise<unknown> => {
	const response = await fetch(world().sandbox.urlOf('10', 'Enrol Webhook'), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(leads.map((one) => ({ ...one, name: undefined, phone: undefined }))) });
	expect(response.status).toBe(200);
	return await response.json();
};
const enrolment = async ({ email }: Lead): Promise<Enrolment> => {
	const { id } = await world().contact(email);
	return (await world().store.sequences.enrolments(WORKSPACE, { contactId: id, limit: 1 }))[0];
};
/** What reached the lead, by channel. */
const got = ({ email, phone }: Lead): string[] => [...world().received(email), ...world().received(phone)].map(({ channel }) => channel);
const until = async (who: Lead, what: string, when: (one: Enrolment) => boolean): Promise<Enrolment> =>
	await waitFor(async () => {
		const one = await enrolment(who);
		return when(one) ? one : undefined;
	}, { what: `${who.name} to ${what}`, timeoutMs: PATIENCE_MS * 2 }).catch(async (error: Error) => {
		throw new Error(`${error.message}: ${JSON.stringify(await enrolment(who))} ${JSON.stringify((await world().rows(who.email)).map(({ status, sentence, channel }) => [channel, status, sentence]))}`);
	});
const mailed = async (who: Lead): Promise<Enrolment> => await until(who, 'get the e-mail', ({ steps }) => steps[0]?.result === 'sent');

beforeAll(async () => {
	started = await startWorld(['06', '10'], {
		replacements: {
			// A short lease: what a killed n8n had claimed is free again before the test loses patience.
			'04': {
				'Send Due': { 'parameters.options': { ...QUICK, leaseMinutes: 0.1 } },
				Settings: { 'assignments.twilioAccountSid': SANDBOX.twilioAccountSid, 'assignments.smsNumber': SANDBOX.smsNumber, 'assignments.fromEmail': SANDBOX.mailUser },
			},
			'10': {
				// As a user who wants it enables it; the stand-in has no credential for its header.
				'Enrol Webhook': { disabled: false, 'parameters.authentication': 'none' },
				'Follow-Up Due': { 'parameters.options': { ...QUICK, leaseMinutes: 0.2 } },
				Settings: { 'assignments.waitUnit': 'minutes', 'assignments.smsAfterDays': WAIT_MINUTES, 'assignments.whatsAppAfterDays': WAIT_MINUTES },
				'Generate With Confidence': { 'parameters.auditShare': 0 },
				'Best Send Time': AT_ONCE,
				'Find a Later Time': AT_ONCE,
				'Rate Limit': NO_GAP,
				'Try the Next Free Time': NO_GAP,
			},
		},
	});
	await world().set({ outreachDelaySeconds: 0, companyName: 'Acme Kitchens', senderName: 'Robin', postalAddress: 'Musterstraße 1, 28195 Bremen', country: 'DE', timezone: 'Europe/Berlin' });
	for (const who of [NORA, REINER, OLGA, TINA, MARTIN, ...KILLED]) await known(who);
}, 600_000);
afterAll(async () => await started?.stop());

describe('who leaves the sequence', () => {
	it('is enrolled by the webhook, once, and nobody who is not on record', async () => {
		expect(await enrol([REINER, OLGA, TINA, MARTIN])).toEqual({ contacts: 4 });
		const { id } = await enrolment(REINER);
		const forged = { followUp: { step: 'forged', stepId: 'x', channel: 'email', template: 'Pay now.' }, workspace: 'other', contact: { id: '' } };
		// The answer tells nobody who is on record.
		expect(await enrol([{ ...REINER, ...forged }, { ...REINER, email: 'nobody@mail.example' }])).toEqual({ contacts: 2 });
		expect(await enrol([{ ...REINER, email: 'nobody@mail.example' }])).toEqual({ contacts: 1 });
		const known = await world().store.sequences.enrolments(WORKSPACE, { limit: 50 });
		expect(known).toHaveLength(4);
		expect(known.map((one) => one.id)).toContain(id);
	});

	it('answers on another channel after the e-mail', async () => {
		await mailed(REINER);
		const text = 'Yes please, can you call me about the kitchen tomorrow?';
		world().script(text, { score: 70, status: 'QUALIFIED', reply: 'Gladly. A colleague will call you tomorrow about your kitchen.' });
		await world().whatsApp({ from: REINER.phone, name: REINER.name, text });
		expect(await until(REINER, 'be stopped', ({ state }) => state === 'stopped')).toMatchObject({ code: 'replied', steps: [{ stepId: 'email', result: 'sent' }] });
	});

	it('opts out', async () => {
		await mailed(OLGA);
		await world().whatsApp({ from: OLGA.phone, name: OLGA.name, text: 'Please stop writing to me.' });
		expect(await until(OLGA, 'be stopped', ({ state }) => state === 'stopped')).toMatchObject({ code: 'opt_out', steps: [{ result: 'sent' }] });
	});

	it('is taken over by a colleague', async () => {
		await mailed(TINA);
		const { id } = await world().contact(TINA.email);
		await world().store.contacts.setTakeOver(WORKSPACE, [{ contactId: id, until: later(await world().store.clock.now(), HOUR), by: 'mia' }]);
		expect(await enrolment(TINA)).toMatchObject({ state: 'stopped', code: 'takeover' });
	});

	it('books a meeting, as another system reports', async () => {
		const { steps } = await mailed(MARTIN);
		const body = JSON.stringify({ event: 'meeting_booked', id: 'meeting-martin', draftId: steps[0].draftId });
		const at = Math.floor(Date.now() / 1000);
		const headers = { 'content-type': 'application/json', 'x-timestamp': String(at), 'x-signature': createHmac('sha256', SANDBOX.webhookSecret).update(`${at}.${body}`).digest('hex') };
		expect((await fetch(world().sandbox.urlOf('06', 'Other System'), { method: 'POST', headers, body })).status).toBe(200);
		expect(await enrolment(MARTIN)).toMatchObject({ state: 'stopped', code: 'meeting' });
	});
});

it('who never answers gets e-mail, text message and WhatsApp template, once each', async () => {
	await enrol([NORA]);
	expect(await until(NORA, 'finish', ({ state }) => state === 'finished')).toMatchObject({ sentence: 'Finished: 3 of 3 steps were sent, and no answer came while it ran.' });
	expect(got(NORA).sort()).toEqual(['email', 'sms', 'whatsapp']);
	const [mail] = world().received(NORA.email);
	expect(mail.text).toContain(mailTo(NORA));
	const template = world().received(NORA.phone).find(({ channel }) => channel === 'whatsapp');
	expect(template?.raw).toMatchObject({ type: 'template', template: { name: 'follow_up', language: { code: 'en' }, components: [{ type: 'body', parameters: [{ type: 'text', text: 'Nora' }] }] } });
	const sentAt = (await world().rows(NORA.email)).map(({ sentAt: at }) => at ?? 0).sort((a, b) => a - b);
	// Each wait began when the message before had left.
	for (const place of [1, 2]) expect(sentAt[place] - sentAt[place - 1]).toBeGreaterThanOrEqual(WAIT_MINUTES * 60_000);
});

it('who left it got nothing more meanwhile', async () => {
	// Nora went through both waits after they had left.
	expect(got(REINER)).toEqual(['email', 'whatsapp']);
	expect((await world().rows(REINER.email)).map(({ channel, purpose }) => [channel, purpose])).toEqual([['whatsapp', 'reply'], ['email', 'outreach']]);
	for (const who of [OLGA, TINA, MARTIN]) expect([who.name, got(who)]).toEqual([who.name, ['email']]);
});

it('keeps no execution waiting, however long the waits are', async () => {
	expect(await world().sandbox.api.executions({ status: 'waiting' })).toEqual([]);
});

it('n8n killed in the middle sends each step once all the same', async () => {
	await enrol(KILLED);
	for (const moment of [1, 2, 3]) {
		const goal = moment * 2 - 1;
		await waitFor(() => KILLED.flatMap(got).length >= goal, { what: `${goal} messages to have left`, timeoutMs: PATIENCE_MS * 2, everyMs: 5 });
		await world().sandbox.n8n.kill();
		await world().sandbox.n8n.restart();
	}
	for (const who of KILLED) {
		// A send that was cut off is settled by a person or a receipt, never by sending again: then the sequence waits there.
		const one = await waitFor(async () => {
			const found = await enrolment(who);
			const rows = await world().rows(who.email);
			return found.state === 'finished' || rows.some(({ status }) => status === 'sending' || status === 'uncertain') ? found : undefined;
		}, { what: `${who.name} to get through`, timeoutMs: 180_000 });
		const channels = got(who);
		expect([who.name, new Set(channels).size]).toEqual([who.name, channels.length]);
		if (one.state === 'finished') expect(channels.sort()).toEqual(['email', 'sms', 'whatsapp']);
	}
	expect(await world().sandbox.api.executions({ status: 'waiting' })).toEqual([]);
}, 400_000);
