import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { draftId } from '../../engine/message/spine';
import { SHADOW_POLICY } from '../../engine/message/whatPeopleDid';
import { DAY, HOUR, MINUTE } from '../../engine/time';
import { ClassifyLead } from '../../nodes/ClassifyLead/ClassifyLead.node';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { shadowReportFields } from '../../nodes/LeadAutopilot/shadowReportDescription';
import { Outbox } from '../../nodes/Outbox/Outbox.node';
import { QualityGate } from '../../nodes/QualityGate/QualityGate.node';
import { StageAssign } from '../../nodes/StageAssign/StageAssign.node';
import { useEmbeddedStore } from './embeddedStore';
import { useModelStandIn } from './modelStandIn';
import { runNode } from './runNode';
import { countingCalls, storeCalls } from './storeCalls';

jest.mock('../../store/openStore', () => {
	const actual = jest.requireActual<typeof import('../../store/openStore')>('../../store/openStore');
	return { ...actual, openStore: async (...parameters: Parameters<typeof actual.openStore>) => countingCalls(await actual.openStore(...parameters)) };
});

const BEGAN = Date.now() - 10 * DAY;
const FACTS = 'The price is 20 euros.';

interface Report extends IDataObject {
	decisions: Record<string, number>;
	reasons: { decision: string; reason: string; count: number }[];
	people: Record<string, Record<string, number>>;
	agreement: Record<string, { agreed: number; of: number }>;
	undecided: number;
	sentence: string;
	comparison?: { both: number; same: number; changed: object[]; sentence: string };
}

describe('shadow mode', () => {
	const { store, breakStore } = useEmbeddedStore();
	const model = useModelStandIn();

	const said = async (direction: 'lead' | 'person', thread: string, text: string, at: number): Promise<void> => {
		const input = { message: { channel: 'whatsapp' as const, direction: 'inbound' as const, source: 'channel' as const, threadId: thread, text, attachments: [], timestamp: new Date(at).toISOString(), providerId: `${thread}-${direction}-${at}` }, contact: { phone: `+49151${String(1_000_000 + [...thread].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 8_000_000)}`, timezone: 'Europe/Berlin' } };
		if (direction === 'lead') await store().messages.record('default', [input]);
		else await store().messages.recordFromPerson('default', [{ ...input, takeOverMs: DAY }]);
	};
	const past = async (parameters: INodeParameters = {}, workspace = 'default') => await runNode(new LeadAutopilot(), [{}], { parameters: { resource: 'report', operation: 'pastConversations', workspace, ...parameters } });
	const report = async (parameters: INodeParameters = {}): Promise<{ report: Report; items: IDataObject[] }> => {
		const { outputs } = await runNode(new LeadAutopilot(), [{}], { parameters: { resource: 'report', operation: 'shadowMode', workspace: 'default', ...parameters } });
		return { report: outputs[0][0].json.report as Report, items: outputs[0].slice(1).map(({ json }) => json.shadow as IDataObject) };
	};
	/** The nodes a replay goes through, as workflow 11 connects them. */
	const through = async (items: IDataObject[], threshold = 0.85): Promise<void> => {
		const all = (outputs: { json: IDataObject }[][]): IDataObject[] => outputs.flat().map(({ json }) => json);
		const classified = all((await runNode(new ClassifyLead(), items, { parameters: { split: false } })).outputs);
		const quiet = classified.filter(({ reply }) => (reply as IDataObject).needsAnswer === false);
		if (quiet.length > 0) await runNode(new Outbox(), quiet, { parameters: { operation: 'noReply' } });
		const asked = classified.filter((item) => !quiet.includes(item));
		const drafted = all((await runNode(new GenerateWithConfidence(), asked, { credentials: model.credential(), parameters: { facts: FACTS, auditShare: 0, threshold } })).outputs);
		const gated = all((await runNode(new QualityGate(), drafted, {})).outputs);
		const { outputs } = await runNode(new Outbox(), gated, {});
		expect(outputs.map(({ length }) => length)).toEqual([0, 0, gated.length]);
	};
	const nothingLeaves = async (): Promise<void> => {
		const rows = await store().outbound.list('default', { limit: 1_000 });
		expect(rows.filter(({ status }) => status !== 'cancelled')).toEqual([]);
		expect((await runNode(new Outbox(), [{}], { parameters: { operation: 'claimDue' } })).outputs[0]).toEqual([]);
	};
	/** Answered alike, answered otherwise, left alone, opted out, thanked. */
	const conversations = async (): Promise<void> => {
		await said('lead', 'alike', 'Hello, how much is it please?', BEGAN);
		await said('person', 'alike', 'Hello! The price is 20 euros. 😀', BEGAN + HOUR);
		await said('lead', 'otherwise', 'Can you tell me how much it is?', BEGAN);
		await said('person', 'otherwise', 'I will call you tomorrow morning about that', BEGAN + HOUR);
		await said('lead', 'alone', 'What does it cost?', BEGAN);
		await said('lead', 'stop', 'STOP', BEGAN);
		await said('lead', 'late', 'How much is it?', Date.now() - MINUTE);
	};
	beforeEach(async () => {
		model.answers({ text: 'Hello! The price is 20 euros.', subject: null, confidence: 0.93, reasoning: 'The fact says so.' });
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'auto' }, 'test');
	});

	it('replays the past through the nodes, sends nothing in mode auto, and holds it against what people did', async () => {
		await conversations();
		const { outputs, hints } = await past({ run: 'r1' });
		expect(outputs[0].map(({ json }) => (json.message as IDataObject).text).sort()).toEqual(['Can you tell me how much it is?', 'Hello, how much is it please?', 'What does it cost?']);
		expect(outputs[0].flatMap(({ json }) => json.conversation as IDataObject[]).filter(({ from }) => from !== 'lead')).toEqual([]);
		expect(hints.join()).toContain('1 lead asks to stop: counted as blocked');
		expect(hints.join()).toContain('the same daily budget as live messages');
		await through(outputs[0].map(({ json }) => json));
		await nothingLeaves();
		const { report: told, items } = await report({ run: 'r1', reportOptions: { listMessages: true } });
		expect(told).toMatchObject({
			decisions: { send: 3, review: 0, block: 1, no_reply: 0 },
			people: { send: { answered_alike: 1, answered_differently: 1, no_answer: 1 }, block: { no_answer: 1 } },
			agreement: { all: { agreed: 2, of: 4 }, send: { agreed: 1, of: 3 }, silence: { agreed: 1, of: 1 } },
			undecided: 0,
		});
		expect(told.sentence).toContain('Of 4 messages 3 would have been sent, 1 would have been blocked.');
		expect(items).toHaveLength(4);
		expect(items.find(({ people }) => JSON.stringify(people).includes('20 euros'))).toMatchObject({ decision: 'send', similarity: 1, agreed: true });
	});

	it('holds drafts and answers to the likeness asked for', async () => {
		await conversations();
		await through((await past({ run: 'r1' })).outputs[0].map(({ json }) => json));
		expect((await report({ run: 'r1', reportOptions: { alikeFrom: 1 } })).report).toMatchObject({ alikeFrom: 1, agreement: { send: { agreed: 1, of: 3 } } });
		await expect(report({ run: 'r1', reportOptions: { alikeFrom: 0 } })).rejects.toThrow("'Alike From' must lie above 0");
	});

	it('leaves what is known of the contact as it is', async () => {
		await conversations();
		const { outputs } = await past();
		const contactId = String((outputs[0][0].json.contact as IDataObject).id);
		await through(outputs[0].map(({ json }) => json));
		expect(await store().contacts.find('default', [contactId])).toMatchObject([{ id: contactId, score: undefined, status: undefined }]);
	});

	it('lets Stage Assign and Quality Gate decide about a message of the past and keeps nothing of it', async () => {
		await said('lead', 'alike', 'Hello, how much is it please?', BEGAN);
		await said('person', 'alike', 'The price is 20 euros.', BEGAN + HOUR);
		const [{ json }] = (await past({ run: 'r1' })).outputs[0];
		const { message, contact } = json as { message: { id: string; threadId: string }; contact: { id: string } };
		const staged = (await runNode(new StageAssign(), [{ ...json, score: 80 }, { ...json, contact: {}, email: 'new@example.com', score: 80 }], { parameters: { contact: '={{ $json.contact.id ?? $json.email }}', score: '={{ $json.score }}' } })).outputs;
		expect(staged[0].map((item) => (item.json.stage as IDataObject).changed)).toEqual([true, true]);
		const [known, made] = await store().contacts.find('default', [contact.id, 'new@example.com']);
		expect([known?.stageId, made]).toEqual([undefined, undefined]);
		expect((await store().pipelines.activities('default', contact.id, 100)).map(({ kind }) => kind)).toEqual(['takeover']);

		const texts = ['STOP', 'I joined a different gym ages ago so you can scrub me from your contacts', 'I am out of office until Monday'];
		const gated = (await runNode(new QualityGate(), texts.map((inboundText) => ({ ...json, inboundText })), { parameters: { check: 'inbound', inboundText: '={{ $json.inboundText }}' } })).outputs;
		expect(gated.map(({ length }) => length)).toEqual([0, 1, 2]);
		expect(await store().suppressions.check('default', [{ contactId: contact.id, channel: 'whatsapp' }])).toEqual([undefined]);
		expect(await store().reviews.list('default', { limit: 10 })).toEqual([]);
		expect(await store().messages.readings('default', [message.id])).toEqual([undefined]);
		expect((await report({ run: 'r1' })).report.undecided).toBe(1);

		// The same words of today count.
		const today = { ...message, replayOf: undefined };
		await runNode(new QualityGate(), [{ ...json, message: today }], { parameters: { check: 'inbound', inboundText: 'STOP' } });
		expect(await store().suppressions.check('default', [{ contactId: contact.id, channel: 'whatsapp' }])).toEqual([expect.any(String)]);
	});

	it('runs again without paying or deciding again, and another run tells what a setting changes', async () => {
		await conversations();
		const items = (await past({ run: 'r1' })).outputs[0].map(({ json }) => json);
		await through(items);
		await through(items);
		expect(model.requests).toHaveLength(3);
		const again = await past({ run: 'r1' });
		expect([again.outputs[0].length, again.hints.join()]).toEqual([0, expect.stringContaining("4 messages were decided in run 'r1' before")]);
		expect(again.hints.join()).not.toContain('budget');
		await through((await past({ run: 'stricter' })).outputs[0].map(({ json }) => json), 0.99);
		const { report: told } = await report({ run: 'stricter', reportOptions: { compareWith: 'r1' } });
		expect(told.reasons[0]).toMatchObject({ decision: 'review', reason: 'confidence', count: 3 });
		expect(told.comparison).toMatchObject({ both: 4, same: 1, changed: [{ from: 'send', to: 'review', count: 3 }] });
		await nothingLeaves();
	});

	it('says what is registered and not decided yet', async () => {
		await conversations();
		await past({ run: 'r1' });
		expect((await report({ run: 'r1' })).report).toMatchObject({ cases: 1, undecided: 3 });
	});

	it('keeps live decisions through the Outbox, with what people wrote beside them', async () => {
		await store().settings.set('default', { kind: 'workspace' }, { mode: 'shadow' }, 'test');
		await said('lead', 'live', 'How much is it?', Date.now() - HOUR);
		await said('person', 'live', 'Hello, the price is 20 euros', Date.now() - MINUTE);
		await said('lead', 'thanks', 'Thank you very much!', Date.now() - HOUR);
		const ready = await store().messages.claimReady({ quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 10 });
		const items = ready.map(({ message, contact, conversation }) => ({ message, contact, conversation }) as unknown as IDataObject);
		await through(items);
		await nothingLeaves();
		const { report: told } = await report();
		expect(told).toMatchObject({ run: 'live', decisions: { send: 1, review: 0, block: 0, no_reply: 1 }, agreement: { all: { agreed: 1, of: 1 } }, people: { no_reply: { open: 1 } } });
		expect(await store().messages.claimReady({ quietMs: 0, leaseMs: MINUTE, maxLeases: 3, limit: 10 })).toEqual([]);
	});

	it('tells of an empty time without making figures up', async () => {
		const { report: told } = await report({ since: '2001-01-01T00:00:00Z', until: '2001-02-01T00:00:00Z' });
		expect(told).toMatchObject({ cases: 0, agreement: { all: { agreed: 0, of: 0 } }, sentence: expect.stringContaining('Nothing was decided') });
		expect((await past()).outputs).toEqual([[]]);
	});

	it.each([
		['a run called live', { run: 'live' }, "'Run' cannot be 'live'"],
		['no run', { run: ' ' }, "'Run' is empty"],
		['a time that ends before it begins', { since: '2026-03-02T00:00:00Z', until: '2026-03-01T00:00:00Z' }, "'Since' is not before 'Until'"],
		['a time that is none', { since: 'yesterday-ish' }, "'Since' is no date"],
		['a limit of nothing', { limit: 0 }, "'Limit' must be 1 or more"],
		['no time to answer', { options: { answerHours: -1 } }, "'Answer Within (Hours)' must be above 0"],
	])('refuses %s', async (_what, parameters, message) => {
		await expect(past(parameters)).rejects.toThrow(message);
	});

	it('says so when the store is away, and leaves the error on request', async () => {
		breakStore();
		await expect(past()).rejects.toThrow();
		const { outputs } = await runNode(new LeadAutopilot(), [{}], { parameters: { resource: 'report', operation: 'shadowMode', workspace: 'default' }, continueOnFail: true });
		expect(outputs[0][0].json.error).toEqual(expect.any(String));
	});

	it('costs the same number of store calls for three messages and for three hundred', async () => {
		const cost = async (size: number, run: string): Promise<string[]> => {
			await store().messages.record('default', Array.from({ length: size }, (_, i) => ({ message: { channel: 'email' as const, direction: 'inbound' as const, source: 'channel' as const, threadId: `${run}-${i}`, text: 'How much is it?', attachments: [], timestamp: new Date(BEGAN + i).toISOString(), providerId: `${run}-${i}` }, contact: { email: `${run}-${i}@mail.example` } })));
			storeCalls.length = 0;
			expect((await past({ run, limit: 5_000, options: { channels: ['email'] } })).outputs[0].length).toBeGreaterThanOrEqual(size);
			await report({ run });
			return [...storeCalls];
		};
		expect(await cost(300, 'many')).toEqual(await cost(3, 'few'));
	});

	it('offers the time to answer that the policy names, and names drafts as the spine does', async () => {
		const shown = shadowReportFields.flatMap(({ options = [] }) => options).filter((option) => 'default' in option && option.name === 'answerHours');
		expect(shown.map((option) => ('default' in option ? option.default : undefined))).toEqual([SHADOW_POLICY.answerHours, SHADOW_POLICY.answerHours]);
		await conversations();
		const [{ json }] = (await past({ run: 'r1' })).outputs[0];
		await through([json]);
		const { message, contact } = json as { message: { id: string; replayOf: string }; contact: { id: string } };
		expect(message.id).not.toBe(message.replayOf);
		expect(await store().outbound.find('default', [draftId('default', message.id, contact.id)])).toMatchObject([{ status: 'cancelled', sentence: expect.stringMatching(/^Replay: would have been sent/) }]);
	});
});
