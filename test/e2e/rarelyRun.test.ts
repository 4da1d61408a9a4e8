import { FRAMEWORKS } from '../../engine/draft/style';
import { decideRoute } from '../../engine/message/route';
import { DAY, HOUR, later, MINUTE } from '../../engine/time';
import type { ModelRequest } from '../../sandbox/standins';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { waitFor } from '../../sandbox/waitFor';
import { closeAllStores } from '../../store/openStore';
import type { Store } from '../../store/store';
import { CLAIM, draftOf, newDraft, PASS } from '../store/fixtures';
import { rowsInto, runRows } from './support/rowsWorkflow';
import { PATIENCE_MS, WORKSPACE } from './world';

/** What runs once a week, once a mishap or only when somebody switches it on, once in a real n8n. */
const TEAM = 'team@demo.example';
const CLIENT = 'client@demo.example';
const EVERY_2_SECONDS = { 'parameters.rule': { interval: [{ field: 'seconds', secondsInterval: 2 }] } };
const PACK = 'n8n-nodes-lead-autopilot';
const RESUME = rowsInto('rare-resume', { name: 'Resume', type: `${PACK}.leadAutopilot`, parameters: { resource: 'settings', operation: 'resumeSender', workspace: WORKSPACE, accountChannel: 'whatsapp', heldAccount: '={{ $json.number }}' } });
const DRAFT = rowsInto('rare-draft', { name: 'Draft', type: `${PACK}.generateWithConfidence`, parameters: { useWinning: true } });
const GATE = rowsInto('rare-gate', { name: 'Gate', type: `${PACK}.qualityGate`, parameters: { model: 'credential' }, credentials: { leadAutopilotModelApi: { name: 'Sandbox Model' } } });

const THREAT = 'you will regret it if you buy elsewhere';
const asked: ModelRequest[] = [];
let sandbox: Sandbox;
let store: Store;

beforeAll(async () => {
	sandbox = await startSandbox({
		workflows: ['09', '12'],
		replacements: {
			'09': { 'Every Minute': EVERY_2_SECONDS, Settings: { 'assignments.alertTo': TEAM, 'assignments.alertFrom': 'alerts@demo.example' } },
			'12': { 'Every Monday': EVERY_2_SECONDS, Settings: { 'assignments.letterTo': CLIENT, 'assignments.letterFrom': 'letters@demo.example' } },
		},
		extraWorkflows: [RESUME, DRAFT, GATE],
	});
	sandbox.standIns.script.model((request) => {
		asked.push(request);
		const wantsFindings = Object.keys(request.schema?.properties ?? {}).includes('findings');
		return { json: wantsFindings ? { findings: [{ kind: 'threat', quote: THREAT }], ordersToModel: null } : { text: `Thank you for asking, but ${THREAT}.`, subject: null, confidence: 0.95, reasoning: 'It answers what was asked.' } };
	});
	store = await sandbox.openStore();
	await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'auto', companyName: 'Haus & <b>Herd</b>' }, 'test');
}, 600_000);

afterAll(async () => {
	await store?.close();
	await sandbox?.stop();
	await closeAllStores();
});

const mailsTo = (address: string) => sandbox.standIns.inbox.list().filter(({ to }) => to === address);
/** Outreach by a number, as if it had left. */
const told = async (id: string, number: string, at?: number) => {
	const now = await store.clock.now();
	await store.outbound.markSent([{ workspace: WORKSPACE, id, at: later(now, -(at ?? HOUR)), draft: newDraft({ workspace: WORKSPACE, id, contactId: `c-${id}`, purpose: 'outreach', accountId: number }) }]);
};
const failed = async (id: string, errorCode: string) => await store.outcomes.record([{ workspace: WORKSPACE, event: 'failed', outboundId: id, occurredAt: await store.clock.now(), eventId: `${id}-${errorCode}`, channel: 'whatsapp', errorCode }]);

it('12 mails the letter in both parts, with nothing in it that became markup', async () => {
	// The first ones may have left before the client's name was set.
	const letter = await waitFor(() => mailsTo(CLIENT).find(({ subject }) => subject?.includes('Haus & <b>Herd</b>')), { what: 'the weekly letter with the name of the client', timeoutMs: PATIENCE_MS });
	expect(letter.text).toMatch(/\bsent\b/i);
	const raw = JSON.stringify(letter);
	expect(raw).toContain('&lt;b&gt;Herd');
	expect((await sandbox.api.executions({ workflowId: sandbox.workflows.get('12')?.id, status: 'error' })).length).toBe(0);
}, 120_000);

it('09 mails a held sender once, and Resume Sender lets what waited for it leave', async () => {
	await told('told', 'n1');
	await failed('told', '131031');
	const waiting = newDraft({ workspace: WORKSPACE, id: 'waits', contactId: 'c-waits', purpose: 'outreach', accountId: 'n1', draft: { ...draftOf('waits'), waTemplate: { name: 'offer', language: 'en', parameters: [] } } });
	await store.outbound.saveDrafts([waiting]);
	await store.outbound.recordGates(WORKSPACE, [{ draftId: 'waits', gate: PASS }]);
	expect(await store.outbound.plan([{ workspace: WORKSPACE, draftId: 'waits' }], decideRoute)).toMatchObject([{ row: { status: 'in_review' } }]);
	const alerts = () => mailsTo(TEAM).filter(({ subject }) => /paused sender/.test(subject ?? ''));
	const alert = await waitFor(() => alerts()[0], { what: 'the alert on the held sender', timeoutMs: PATIENCE_MS });
	expect(alert.text).toMatch(/Meta has locked the business account/);

	const { status, items } = await runRows(sandbox.api, RESUME, [{ number: 'n1' }, { number: 'nobody' }]);
	expect(status).toBe('success');
	expect(items.get(0)?.resumed).toMatchObject({ ended: [{ kind: 'pause', code: '131031' }], plannedAgain: ['waits'], sentence: expect.stringMatching(/sends again: .*1 message is planned again\.$/) });
	expect(items.get(1)?.resumed).toMatchObject({ ended: [], plannedAgain: [], sentence: 'Nothing held whatsapp nobody back.' });
	expect(await store.outbound.find(WORKSPACE, ['waits'])).toMatchObject([{ status: 'scheduled' }]);
	expect((await store.outbound.claimDue({ ...CLAIM, workspaces: [WORKSPACE] }, decideRoute)).claimed).toEqual([]);

	// Another alert that is mailed later shows that this one would have been mailed again by now.
	await told('other', 'n2');
	await failed('other', '190');
	await waitFor(() => mailsTo(TEAM).find(({ subject }) => /reconnect token/.test(subject ?? '')), { what: 'the alert on the refused token', timeoutMs: PATIENCE_MS });
	expect(alerts()).toHaveLength(1);
}, 180_000);

it('drafts in the style that won with the industry, and a model on the gate holds back what no rule knows', async () => {
	const now = await store.clock.now();
	const sentAt = later(now, -30 * DAY);
	const styles = [['pas', 'direct', 34], ['aida', 'friendly', 2]] as const;
	for (const [framework, tone, answered] of styles) {
		const ids = Array.from({ length: 40 }, (_, at) => `${framework}-${at}`);
		await store.contacts.upsert(WORKSPACE, ids.map((id) => ({ id: `c-${id}`, attributes: { industry: 'kitchens' } })));
		await store.outbound.markSent(ids.map((id) => ({ workspace: WORKSPACE, id, at: sentAt, draft: newDraft({ workspace: WORKSPACE, id, contactId: `c-${id}`, channel: 'email', to: `${id}@mail.example`, purpose: 'outreach', draft: { ...draftOf(id), framework, tone } }) })));
		await store.outcomes.record(ids.slice(0, answered).map((outboundId) => ({ workspace: WORKSPACE, event: 'replied' as const, outboundId, occurredAt: later(sentAt, HOUR + MINUTE), eventId: `r-${outboundId}`, channel: 'email' as const, label: 'positive_reply' as const })));
	}
	await store.contacts.upsert(WORKSPACE, [{ id: 'ann', email: 'ann@mail.example', name: 'Ann', attributes: { industry: 'kitchens' } }, { id: 'bo', email: 'bo@mail.example', name: 'Bo', attributes: { industry: 'ships' } }]);
	asked.length = 0;
	const drafts = await runRows(sandbox.api, DRAFT, [{ email: 'ann@mail.example', channel: 'email', text: 'What does a counter cost?' }, { email: 'bo@mail.example', channel: 'email', text: 'What does a mast cost?' }]);
	expect(drafts.status).toBe('success');
	expect(drafts.items.get(0)?.draft).toMatchObject({ framework: 'pas', tone: 'direct' });
	expect(drafts.items.get(1)?.draft).toMatchObject({ tone: 'friendly' });
	expect(drafts.items.get(1)?.draft).not.toHaveProperty('framework', 'pas');
	expect(asked.filter(({ system }) => system.includes(FRAMEWORKS.pas.instruction))).toHaveLength(1);

	const gated = await runRows(sandbox.api, GATE, [drafts.items.get(0) ?? {}]);
	expect(gated.status).toBe('success');
	expect(gated.items.get(0)?.gate).toMatchObject({ issues: expect.arrayContaining([expect.objectContaining({ check: 'model_moderation', severity: 'review' })]) });
}, 180_000);
