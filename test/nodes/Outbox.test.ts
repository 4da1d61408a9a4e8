import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { Draft } from '../../engine/draft/draft';
import type { Gate } from '../../engine/gate/gate';
import { draftId } from '../../engine/message/spine';
import { epochMs } from '../../engine/time';
import { Outbox } from '../../nodes/Outbox/Outbox.node';
import type { NewDraft } from '../../store/store';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const node = new Outbox();
const PASS: Gate = { verdict: 'pass', issues: [], skipped: [], sentence: 'Every check passed.' };

describe('Outbox', () => {
	const { store, breakStore } = useEmbeddedStore();
	const run = async (operation: string, items: IDataObject[], parameters: INodeParameters = {}, continueOnFail = false) => await runNode(node, items, { parameters: { operation, ...parameters }, continueOnFail });

	/** A lead's message and a draft that answers it, as the nodes before the Outbox leave them. */
	async function drafted({ mode = 'auto', gate = PASS, person = 'ann' }: { mode?: 'auto' | 'assist' | 'shadow'; gate?: Gate; person?: string } = {}): Promise<IDataObject> {
		await store().settings.set('default', { kind: 'workspace' }, { mode, replyDelaySeconds: 0 }, 'test');
		const [{ message, contact, conversation }] = await store().messages.record('default', [
			{ message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', accountId: '300', threadId: `t-${person}`, text: 'How much?', attachments: [], timestamp: new Date(Date.now() - 60_000).toISOString(), providerId: `wamid.in-${person}` }, contact: { name: person, phone: `+491511${person.length}${person.charCodeAt(0)}567` } },
		]);
		const draft: Draft = { id: draftId('default', message.id, contact.id), text: 'It costs 20 euros.', language: 'en', facts: [], confidence: 0.95, signals: {}, usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed', audited: false }, sentence: 'Drafted.' };
		const row: NewDraft = { workspace: 'default', id: draft.id, contactId: contact.id, channel: 'whatsapp', to: contact.phone ?? '', accountId: '300', threadId: `t-${person}`, inboundIds: [message.id], purpose: 'reply', draft };
		await store().outbound.saveDrafts([row]);
		await store().outbound.recordGates('default', [{ draftId: draft.id, gate }]);
		return { message, contact, conversation, draft, gate } as unknown as IDataObject;
	}
	const statusOf = async (item: IDataObject): Promise<string | undefined> => (await store().outbound.find('default', [(item.draft as IDataObject).id as string]))[0]?.status;

	it('walks a message from draft to sent, each step once', async () => {
		const item = await drafted();
		const planned = (await run('schedule', [item])).outputs;
		expect(planned.map((output) => output.length)).toEqual([1, 0, 0]);
		expect(planned[0][0].json).toMatchObject({ job: { status: 'scheduled', workspace: 'default', channel: 'whatsapp', accountId: '300', sentence: expect.stringContaining('Will be sent at') } });

		const due = (await run('claimDue', [{}])).outputs[0];
		expect(due.map(({ json }) => json)).toMatchObject([{ job: { status: 'claimed' }, draft: { text: 'It costs 20 euros.' }, contact: { name: 'ann' }, message: { workspace: 'default', threadId: 't-ann', answersProviderId: 'wamid.in-ann' } }]);
		expect((await run('claimDue', [{}])).outputs[0]).toEqual([]);

		const begun = (await run('beginSend', [due[0].json])).outputs;
		expect(begun.map((output) => output.length)).toEqual([1, 0]);
		expect((await run('beginSend', [due[0].json])).outputs[1][0].json.job).toMatchObject({ sentence: expect.stringContaining('could send it twice') });

		const answer = { ...due[0].json, statusCode: 200, headers: {}, body: { messages: [{ id: 'wamid.out' }] } };
		const sent = (await run('markSent', [answer])).outputs[0][0].json;
		expect(sent.job).toMatchObject({ status: 'sent', attempts: 1 });
		expect((await run('markSent', [answer])).outputs[0][0].json.job).toMatchObject({ status: 'sent' });
		expect(await store().outbound.list('default', { statuses: ['sent'], limit: 10 })).toMatchObject([{ providerId: 'wamid.out', attempts: 1 }]);
		expect((await run('schedule', [item])).outputs[0][0].json.job).toMatchObject({ status: 'sent' });
	});

	it.each([
		['the kill switch is thrown', async () => void (await store().settings.set('default', { kind: 'workspace' }, { killSwitch: true }, 'test')), 'in_review', 'kill switch'],
		['the mode is switched off', async () => void (await store().settings.set('default', { kind: 'workspace' }, { mode: 'off' }, 'test')), 'cancelled', 'mode is off'],
		['a colleague takes over', async (contactId: string) => await store().contacts.setTakeOver('default', [{ contactId, until: epochMs(Date.now() + 60_000), by: 'Eva' }]), 'in_review', 'taken the conversation over'],
		['the lead writes again', async () => void (await store().messages.record('default', [{ message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', threadId: 't-ann', text: 'Wait!', attachments: [], timestamp: new Date().toISOString(), providerId: 'wamid.again' }, contact: { phone: '+49151197567' } }])), 'cancelled', 'newer message'],
		['the lead opts out', async (contactId: string) => void (await store().suppressions.optOut([{ workspace: 'default', contactId, channel: 'whatsapp', allChannels: false, reason: 'wrote STOP', actor: 'engine' }])), 'cancelled', 'opted out'],
	])('begins no send when %s between claim and send', async (_what, change, status, sentence) => {
		await run('schedule', [await drafted()]);
		const [{ json }] = (await run('claimDue', [{}])).outputs[0];
		await change((json.contact as { id: string }).id);
		const { outputs } = await run('beginSend', [json]);
		expect(outputs.map((output) => output.length)).toEqual([0, 1]);
		expect(outputs[1][0].json.job).toMatchObject({ status, attempts: 0, sentence: expect.stringContaining(sentence) });
	});

	it('sends the text that is stored, whatever the item says', async () => {
		await run('schedule', [await drafted()]);
		const [{ json }] = (await run('claimDue', [{}])).outputs[0];
		const [[begun]] = (await run('beginSend', [{ ...json, draft: { ...(json.draft as IDataObject), text: 'An older text.' } }])).outputs;
		expect(begun.json.draft).toMatchObject({ text: 'It costs 20 euros.' });
	});

	it('plans a draft once when two executions schedule it at the same time', async () => {
		const item = await drafted();
		const both = await Promise.all([run('schedule', [item]), run('schedule', [item])]);
		expect(both.map(({ outputs }) => outputs[0].length)).toEqual([1, 1]);
		const moves = await store().outbound.transitions('default', (item.draft as IDataObject).id as string);
		expect(moves.filter(({ to }) => to === 'scheduled')).toHaveLength(1);
		const claims = await Promise.all([run('claimDue', [{}]), run('claimDue', [{}])]);
		expect(claims.flatMap(({ outputs }) => outputs[0])).toHaveLength(1);
	});

	it('asks a person in mode assist, with a due date', async () => {
		const { outputs } = await run('schedule', [await drafted({ mode: 'assist' })]);
		expect(outputs[1][0].json).toMatchObject({ job: { status: 'in_review', sentence: expect.stringContaining('the mode is assist') }, review: { kind: 'draft', dueAt: expect.any(String) } });
	});

	it('sends nothing in shadow mode and says what would have been', async () => {
		const { outputs } = await run('schedule', [await drafted({ mode: 'shadow' })]);
		expect(outputs[2][0].json.job).toMatchObject({ status: 'cancelled', sentence: expect.stringMatching(/^Shadow mode: would have been sent at/) });
	});

	it('believes the stored verdict and decision, not the item’s', async () => {
		const item = await drafted({ gate: { ...PASS, verdict: 'block', issues: [{ check: 'promise', severity: 'block', reason: 'Promises too much.' }] } });
		const { outputs } = await run('schedule', [{ ...item, gate: { ...PASS }, draft: { ...(item.draft as IDataObject), confidence: 1 } }]);
		expect(outputs[2][0].json.job).toMatchObject({ status: 'blocked', sentence: expect.stringContaining('Promises too much') });
	});

	it('sends a draft nobody stored to review, whatever it claims', async () => {
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'auto' }, 'test');
		const spoof = { email: 'ann@mail.example', draft: { id: 'mine', text: 'Buy now', language: 'en', confidence: 1, usedFallback: false, decision: { autoSend: true, threshold: 0, source: 'certified', audited: false }, sentence: 'x' }, gate: { ...PASS } };
		const { outputs } = await run('schedule', [spoof]);
		expect(outputs[1][0].json.job).toMatchObject({ id: 'mine', status: 'in_review', to: 'ann@mail.example', sentence: expect.stringContaining('no quality gate') });
	});

	it('plans a text of one’s own after a plain row, each contact and step once', async () => {
		const own = { own: { text: 'Our spring offer', step: 'spring-1' } };
		const rows = [{ name: 'Ann', email: 'ann@mail.example' }, { name: 'Bob', phone: '+4915112345678' }];
		const first = (await run('schedule', rows, own)).outputs[1].map(({ json }) => json.job as IDataObject);
		expect(first).toMatchObject([{ channel: 'email', to: 'ann@mail.example' }, { channel: 'whatsapp', to: '+4915112345678' }]);
		const again = (await run('schedule', rows, own)).outputs[1].map(({ json }) => (json.job as IDataObject).id);
		expect(again).toEqual(first.map(({ id }) => id));
	});

	it('keeps a text of one’s own apart from the stored draft that came with the item', async () => {
		const item = await drafted();
		const own = { own: { text: 'My own words' } };
		const [{ json }] = (await run('schedule', [item], own)).outputs[1];
		const job = json.job as IDataObject;
		expect(job).toMatchObject({ status: 'in_review' });
		expect(job.id).not.toBe((item.draft as IDataObject).id);
		expect((await store().outbound.find('default', [String(job.id)]))[0]?.draft.text).toBe('My own words');
		expect((await run('schedule', [item], own)).outputs[1][0].json.job).toMatchObject({ id: job.id });
		expect((await run('schedule', [item], { own: { text: 'Other words' } })).outputs[1][0].json.job).not.toMatchObject({ id: job.id });
		const nobody = { ...item, contact: undefined };
		expect((await run('schedule', [nobody], own, true)).outputs[2][0].json.error).toContain('no contact');
	});

	it('takes a stricter verdict on the item for the stored one', async () => {
		const item = await drafted();
		const { outputs } = await run('schedule', [{ ...item, gate: { ...PASS, verdict: 'block', issues: [{ check: 'own', severity: 'block', reason: 'Says too much.' }] } as unknown as IDataObject }]);
		expect(outputs[2][0].json.job).toMatchObject({ status: 'blocked', sentence: expect.stringContaining('Says too much') });
	});

	it('fails only the item without a draft', async () => {
		const item = await drafted();
		const { outputs } = await run('schedule', [{ name: 'X' }, item], {}, true);
		expect(outputs.map((output) => output.length)).toEqual([1, 0, 1]);
		expect(outputs[2][0].json.error).toContain("'Draft ID' is empty");
		await expect(run('schedule', [{ draft: { id: 'unknown' } }])).rejects.toThrow('No draft unknown is stored');
	});

	it('sends to review with a reason and settles a message without a reply', async () => {
		const item = await drafted();
		const review = (await run('sendToReview', [{ ...item, gate: { ...PASS, verdict: 'review', sentence: 'Names a price.' } }])).outputs[0][0].json;
		expect(review).toMatchObject({ job: { status: 'in_review', sentence: 'Waits for a person: Names a price.' } });
		const other = await drafted({ person: 'bobby' });
		const settled = (await run('noReply', [{ ...other, reply: { intent: 'out_of_office' } }])).outputs[0][0].json;
		expect(settled.noReply).toEqual({ sentence: 'No answer needed: the message reads as out of office.' });
		expect(await store().messages.claimReady({ quietMs: 0, leaseMs: 1000, maxLeases: 3, limit: 10 })).toEqual([]);
	});

	describe('a send that did not work', () => {
		async function sending(): Promise<IDataObject> {
			const item = await drafted();
			await run('schedule', [item]);
			const [{ json }] = (await run('claimDue', [{}])).outputs[0];
			await run('beginSend', [json]);
			return json;
		}
		const refusal = (code: number, statusCode = 400): IDataObject => ({ statusCode, headers: {}, body: { error: { message: `(#${code}) no`, type: 'OAuthException', code, fbtrace_id: 'A' } } });

		it('is tried again later when the provider says when', async () => {
			const json = (await run('markFailed', [{ ...(await sending()), ...refusal(131049) }])).outputs[0][0].json as { job: { status: string; sendAt: string }; failure: IDataObject };
			expect(json).toMatchObject({ job: { status: 'scheduled' }, failure: { code: '131049', kind: 'not_sent' } });
			expect(Date.parse(json.job.sendAt)).toBeGreaterThan(Date.now() + 23 * 3_600_000);
		});
		it('suppresses who opted out at the provider, and never sends again', async () => {
			const job = await sending();
			const [{ json }] = (await run('markFailed', [{ ...job, ...refusal(131050) }])).outputs[0];
			expect(json).toMatchObject({ job: { status: 'failed' }, failure: { suppressed: 'opt_out' } });
			const contact = job.contact as { phone: string };
			expect(await store().suppressions.check('default', [{ channel: 'whatsapp', address: contact.phone }])).toEqual([expect.any(String)]);
		});
		it('is uncertain when the connection broke, and is told twice alike', async () => {
			const item = { ...(await sending()), error: { message: 'x', name: 'NodeApiError', cause: { name: 'Error', message: 'socket hang up' } } };
			expect((await run('markFailed', [item])).outputs[0][0].json).toMatchObject({ job: { status: 'uncertain' }, failure: { kind: 'unknown' } });
			expect((await run('markFailed', [item])).outputs[0][0].json.job).toMatchObject({ status: 'uncertain' });
			const [summary, alert] = (await run('tidyUp', [{}])).outputs[0].map(({ json }) => json);
			expect(summary.tidyUp).toMatchObject({ returned: [], uncertain: [] });
			expect(alert.alert).toMatchObject({ kind: 'uncertain_sends', sentence: expect.stringContaining('may or may not have left') });
		});
		it('is not believed when it is about an earlier try', async () => {
			const job = await sending();
			const item = { ...job, ...refusal(131056) };
			const late = (await run('markFailed', [item], { attempt: '7' })).outputs[0][0].json;
			expect(late.job).toMatchObject({ status: 'sending', sentence: 'This report is about try 7, and try 1 is under way: nothing was changed.' });
			expect((await run('markFailed', [item], { attempt: 'x' }, true)).outputs[0][0].json.error).toContain("'Try' must be a whole number");
			expect((await run('markFailed', [item], { attempt: '1' })).outputs[0][0].json.job).toMatchObject({ status: 'scheduled' });
		});
		it('is not taken for sent by a wire in the wrong place', async () => {
			expect((await run('markSent', [{ ...(await sending()), ...refusal(131047) }])).outputs[0][0].json).toMatchObject({ job: { status: 'in_review', sentence: expect.stringContaining('approved template') }, failure: { code: '131047', action: 'use_template' } });
		});
	});

	it('cancels what is planned, and refuses what is sent', async () => {
		const item = await drafted();
		await run('schedule', [item]);
		expect((await run('cancel', [item])).outputs[0][0].json.job).toMatchObject({ status: 'cancelled', sentence: 'Stopped by a person.' });
		expect(await statusOf(item)).toBe('cancelled');
		expect((await run('list', [{}], { statuses: ['cancelled'] })).outputs[0]).toHaveLength(1);
	});

	it('says what to do when no job can be found', async () => {
		await expect(run('markSent', [{ messages: [{ id: 'wamid.1' }] }])).rejects.toThrow("'Job ID' is empty");
		await expect(run('markSent', [{ job: { id: 'nope' } }])).rejects.toThrow("No message nope is known in workspace 'default'");
		const { outputs } = await run('beginSend', [{ job: { id: 'nope' } }, {}], {}, true);
		expect(outputs.map((output) => output.length)).toEqual([0, 2]);
	});

	it('leaves on Blocked when the store is away', async () => {
		breakStore();
		const { outputs } = await run('schedule', [{ draft: { id: 'x' } }], {}, true);
		expect(outputs[2][0].json.error).toEqual(expect.any(String));
		await expect(run('claimDue', [{}])).rejects.toThrow();
	});
});
