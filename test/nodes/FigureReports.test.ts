import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { ExperimentFigureSchema } from '../../engine/report/experiments';
import { FigureSchema } from '../../engine/report/figure';
import { ChannelDaySchema, FunnelStepSchema } from '../../engine/report/health';
import { LimitUseSchema } from '../../engine/report/limitUse';
import { ReadinessLineSchema } from '../../engine/report/readiness';
import { SendTimeFigureSchema } from '../../engine/report/sendTimes';
import { FIGURE_REPORTS } from '../../nodes/LeadAutopilot/figureReports';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { CLAIM, draftOf, sendNow } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const WORKSPACE = 'default';

describe('Lead Autopilot → Report → figures of the desk', () => {
	const { store } = useEmbeddedStore();
	const run = async (operation: string, parameters: INodeParameters = {}, options: { continueOnFail?: boolean } = {}) => await runNode(new LeadAutopilot(), [{}], { parameters: { resource: 'report', operation, workspace: WORKSPACE, ...parameters }, ...options });
	const report = async (operation: string, parameters: INodeParameters = {}): Promise<IDataObject[]> => (await run(operation, parameters)).outputs[0].map(({ json }) => json.report as IDataObject);
	const kind = (rows: IDataObject[], wanted: string) => rows.filter((row) => row.kind === wanted);

	async function mails(count: number, workspace = WORKSPACE): Promise<void> {
		const ids = Array.from({ length: count }, (_, at) => `mail-${at}`);
		await store().contacts.upsert(workspace, ids.map((id) => ({ id: `c-${id}` })));
		await store().outbound.plan(ids.map((id) => ({ workspace, draftId: id, draft: { workspace, id, contactId: `c-${id}`, channel: 'email', to: `${id}@x.example`, inboundIds: [], purpose: 'outreach', draft: draftOf(id) } })), sendNow);
		await store().outbound.claimDue({ ...CLAIM, workspaces: [workspace], limit: count }, (facts) => ({ ...sendNow(facts), status: 'claimed' }));
		await store().outbound.beginSend(workspace, ids);
		await store().outbound.markSent(ids.map((id) => ({ workspace, id })));
	}

	it.each(Object.keys(FIGURE_REPORTS))('%s answers on an empty workspace, every item with its sentence', async (operation) => {
		for (const row of await report(operation)) {
			expect(row).toMatchObject({ name: expect.any(String), kind: expect.any(String), workspace: WORKSPACE, sentence: expect.stringMatching(/\S/) });
			expect(JSON.stringify(row)).not.toMatch(/NaN|Infinity/);
		}
	});

	it('counts what was sent, of its own workspace only', async () => {
		await mails(3);
		await mails(2, 'other');
		const rows = await report('health', { period: 'last7Days' });
		const figures = kind(rows, 'figure').map((row) => FigureSchema.parse(row));
		expect(figures.find(({ key }) => key === 'sent')?.value).toBe(3);
		expect(kind(rows, 'channelDay').map((row) => ChannelDaySchema.parse(row).sent).reduce((sum, sent) => sum + sent, 0)).toBe(3);
		expect(kind(rows, 'funnelStep').map((row) => FunnelStepSchema.parse(row).count)).toEqual([3, 3, 0, 0, 0]);
		expect(kind(await report('health', { period: 'last7Days', reportChannel: 'sms' }), 'figure').find(({ key }) => key === 'sent')?.value).toBe(0);
		expect(kind(await report('outbox'), 'whole')[0]).toMatchObject({ sent: 3 });
		expect(kind(await report('models'), 'drafts')[0]).toMatchObject({ drafts: 3 });
	});

	it('gives each item the shape its schema promises', async () => {
		await mails(1);
		await store().experiments.save([{ workspace: WORKSPACE, id: 'e', name: 'Subject', status: 'running', metric: 'reply', variants: ['a', 'b'].map((id) => ({ id, name: id, weight: 1 })) }]);
		expect((await report('experiments')).map((row) => ExperimentFigureSchema.parse(row).name)).toEqual(['Subject']);
		expect((await report('limits')).map((row) => LimitUseSchema.parse(row).rule)).toEqual(['workspaceDailyCap', 'contactDailyCap', 'modelSpendCapUsd']);
		expect((await report('sendTimes')).map((row) => SendTimeFigureSchema.parse(row)).map(({ channel, sends, learnt, hours }) => [channel, sends, learnt, hours.length])).toEqual([['email', 1, false, 168]]);
		const readiness = await report('readiness');
		expect(kind(readiness, 'condition').map((row) => ReadinessLineSchema.parse(row).key).sort()).toEqual(['accepted', 'calibration', 'caps', 'consent', 'deliverability', 'killSwitch', 'optOuts', 'overdue', 'reviews']);
		expect(kind(readiness, 'whole')).toMatchObject([{ ready: false, sentence: expect.stringMatching(/^Not ready for auto: /) }]);
	});

	it('counts days in the time zone of the settings, and says when that is none', async () => {
		await store().settings.set(WORKSPACE, { kind: 'workspace' }, { timezone: 'Asia/Tokyo' }, 'test');
		expect((await report('outbox'))[0].period).toMatchObject({ zone: 'Asia/Tokyo' });
		await store().settings.set(WORKSPACE, { kind: 'workspace' }, { timezone: 'Mars/Olympus' }, 'test');
		const { outputs, hints } = await run('outbox');
		expect((outputs[0][0].json.report as IDataObject).period).toMatchObject({ zone: 'UTC' });
		expect(hints.join()).toContain("'Mars/Olympus' in the settings is no time zone");
	});

	it('takes a period of one’s own, and says what is wrong with one', async () => {
		const own = async (periodSince: string, periodUntil = '') => await run('health', { period: 'own', periodSince, periodUntil });
		expect(((await own('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z')).outputs[0][0].json.report as IDataObject).period).toEqual({ since: '2026-01-01T00:00:00.000Z', until: '2026-02-01T00:00:00.000Z', zone: 'UTC' });
		await expect(own('')).rejects.toThrow("'Since' is empty");
		await expect(own('2026-02-01T00:00:00Z', '2026-01-01T00:00:00Z')).rejects.toThrow('its beginning is not before its end');
		await expect(own('2020-01-01T00:00:00Z', '2026-01-01T00:00:00Z')).rejects.toThrow('longer than 367 days');
		await expect(own('yesterday')).rejects.toThrow("'Since' is no date and time");
		await expect(run('health', { period: 'someday' })).rejects.toThrow("'Period' cannot be 'someday'");
		expect((await run('health', { period: 'someday' }, { continueOnFail: true })).outputs[0][0].json.error).toContain("'Period' cannot be");
	});

	it('writes the letter in the name of the company', async () => {
		await mails(2);
		await store().settings.set(WORKSPACE, { kind: 'workspace' }, { companyName: 'Kitchens & <Sons>' }, 'test');
		const [letter] = await report('weeklyLetter', { period: 'last7Days' });
		expect(letter).toMatchObject({ kind: 'letter', subject: expect.stringMatching(/^Your week: Kitchens & <Sons>: /), text: expect.stringContaining('- email: 2 sent,'), html: expect.stringContaining('Kitchens &amp; &lt;Sons&gt;') });
		expect(letter.html).not.toContain('<Sons>');
	});
});
