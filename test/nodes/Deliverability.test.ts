import type { IDataObject } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { DAY } from '../../engine/time';
import { CLAIM, draftOf, sendNow } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const ACCOUNT = 'sales@acme.example';

describe('Lead Autopilot → Report → Deliverability', () => {
	const { store } = useEmbeddedStore();
	afterEach(() => jest.restoreAllMocks());

	async function mails(count: number, complaints: number, accountId: string | undefined = ACCOUNT): Promise<void> {
		const rows = Array.from({ length: count }, (_, at) => ({ id: `${accountId ?? 'none'}-${at}`, at }));
		await store().outbound.plan(rows.map(({ id, at }) => ({ workspace: 'default', draftId: id, draft: { workspace: 'default', id, contactId: `c${at}`, channel: 'email', to: `c${at}@x.example`, ...(accountId ? { accountId } : {}), inboundIds: [], purpose: 'outreach', draft: draftOf(id) } })), sendNow);
		await store().outbound.claimDue({ ...CLAIM, limit: count }, (facts) => ({ ...sendNow(facts), status: 'claimed' }));
		await store().outbound.beginSend('default', rows.map(({ id }) => id));
		await store().outbound.markSent(rows.map(({ id }) => ({ workspace: 'default', id, providerId: `<${id}@x>` })));
		await store().outcomes.record(rows.slice(0, complaints).map(({ id }) => ({ workspace: 'default', event: 'complaint', occurredAt: Date.now() as never, outboundId: id, eventId: id, channel: 'email' })));
	}
	const report = async (extra: IDataObject = {}) => (await runNode(new LeadAutopilot(), [{}], { parameters: { resource: 'report', operation: 'deliverability', workspace: 'default', ...extra } as never })).outputs[0].map(({ json }) => json.report as IDataObject);
	const killed = async (accountId: string) => (await store().settings.effective([{ workspace: 'default', accountId }]))[0].killSwitch;

	it('gives nothing where nothing was sent, and judges each sender', async () => {
		expect(await report()).toEqual([]);
		await mails(200, 2);
		await mails(150, 0, 'good@acme.example');
		const found = await report();
		expect(found.map(({ accountId, verdict, complaints, sent }) => [accountId, verdict, complaints, sent])).toEqual([['good@acme.example', 'good', 0, 150], [ACCOUNT, 'stop', 2, 200]]);
		expect(await killed(ACCOUNT)).toBe(false);
	});

	it('pauses who should stop when told so, once, and nobody else', async () => {
		await mails(200, 2);
		await mails(150, 0, 'good@acme.example');
		const [, first] = await report({ pauseSender: true });
		expect(first).toMatchObject({ paused: true, pausedNow: true, sentence: expect.stringMatching(/Paused: its mails wait for a person/) });
		expect([await killed(ACCOUNT), await killed('good@acme.example'), await killed('')]).toEqual([true, false, false]);
		expect((await report({ pauseSender: true }))[1]).toMatchObject({ paused: true, pausedNow: false });
	});

	it('says what to do about a sender that has no name', async () => {
		await mails(200, 2, '');
		const [one] = await report({ pauseSender: true });
		expect(one).toMatchObject({ verdict: 'stop', paused: false, sentence: expect.stringMatching(/cannot be paused by itself/) });
	});

	it('forgets after seven days', async () => {
		await mails(200, 2);
		const now = Date.now();
		jest.spyOn(Date, 'now').mockImplementation(() => now + 7 * DAY + 1_000);
		expect(await report()).toEqual([]);
	});
});
