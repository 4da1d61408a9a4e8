import { draftId } from '../../engine/message/spine';
import { HOUR, iso, later, MINUTE, SECOND } from '../../engine/time';
import type { NewDraft, Store } from '../../store/store';
import { CLAIM, draftOf, sendNow, START, toReview } from '../store/fixtures';
import { HOSTILE, seedBasics } from './deskWorld';

/** The message of that name to a contact; its id is the same in every run. */
export function messageId(workspace: string, name: string, contactId: string): string {
	return draftId(workspace, name, contactId);
}

function draft(workspace: string, name: string, contactId: string, text: string, more: Partial<NewDraft> = {}): NewDraft {
	const id = messageId(workspace, name, contactId);
	return { workspace, id, contactId, channel: 'whatsapp', to: '491511234567', inboundIds: [], purpose: 'reply', draft: draftOf(id, text), ...more };
}

async function seedWorkspace(store: Store, workspace: string): Promise<void> {
	await store.contacts.upsert(workspace, [
		{ id: 'anna', name: `Anna Berger of ${workspace}`, email: `anna@${workspace}.example`, phone: '+49 151 1234567', company: 'Berger Bau GmbH', language: 'de', consent: { whatsapp: { basis: 'inbound_request', at: iso(START), source: 'web form' } }, attributes: { size: '12 people' }, status: 'QUALIFIED', summary: 'Wants a quote for 12 workplaces before the end of the month.' },
		{ id: 'carlo', name: `Carlo Conti of ${workspace}`, phone: '+39 02 1234567' },
	]);
	await store.messages.record(workspace, [
		{ message: { channel: 'whatsapp', direction: 'inbound', source: 'channel', threadId: 'anna-1', text: 'Hello, what does it cost for twelve people?', attachments: [], timestamp: iso(later(START, -3 * HOUR)) }, contact: { id: 'anna' } },
		{ message: { channel: 'email', direction: 'inbound', source: 'channel', threadId: 'mallory-1', text: `From ${workspace} ${HOSTILE}`, subject: HOSTILE, attachments: [], timestamp: iso(later(START, -HOUR)) }, contact: { id: 'mallory' } },
	]);
	const answered = draft(workspace, 'answered', 'anna', `It is 20 euros a head, says ${workspace}.`);
	await store.outbound.markSent([{ workspace, id: answered.id, providerId: `wamid.${workspace}`, draft: answered, at: later(START, -2 * HOUR) }]);
	await store.outcomes.record([{ workspace, event: 'delivered', occurredAt: later(START, -2 * HOUR), outboundId: answered.id }]);
	const plan = async (one: NewDraft, inMs: number, decide = sendNow): Promise<void> => void (await store.outbound.plan([{ workspace, draftId: one.id, draft: one, sendAt: later(START, inMs) }], decide));

	const unclear = draft(workspace, 'unclear', 'carlo', 'Did this arrive?', { to: '39021234567' });
	await plan(unclear, 0);
	const failed = draft(workspace, 'failed', 'mallory', `Failed ${HOSTILE}`, { channel: 'email', to: HOSTILE });
	await plan(failed, 0);
	await store.outbound.claimDue({ workspaces: [workspace], ...CLAIM }, sendNow);
	await store.outbound.beginSend(workspace, [unclear.id, failed.id]);
	await store.outbound.markFailed([
		{ workspace, id: unclear.id, failure: { kind: 'unknown', message: 'The connection was lost.' } },
		{ workspace, id: failed.id, failure: { kind: 'permanent', code: HOSTILE, message: `No such mailbox ${HOSTILE}` } },
	]);
	await plan(draft(workspace, 'soon', 'anna', `Soon from ${workspace}: shall we talk tomorrow at ten?`), 40 * SECOND);
	await plan(draft(workspace, 'later', 'carlo', `Later from ${workspace}. ${'The offer holds until Friday. '.repeat(12)}`, { to: '39021234567', purpose: 'outreach' }), 5 * HOUR);
	await plan(draft(workspace, 'hostile', 'mallory', `Planned ${HOSTILE}`, { channel: 'email', to: HOSTILE }), 6 * HOUR);
	await plan(draft(workspace, 'asked', 'carlo', `A person should look, says ${workspace}.`, { to: '39021234567' }), 0, toReview);
	await store.pipelines.changeStages([{ workspace, contactId: 'anna', pipelineId: 'default', stageId: 'engaged', setBy: 'model', score: 72, log: { rule: 'score', actor: 'model', sentence: `Score 72 is in Engaged, says ${workspace}.` } }]);
	await store.pipelines.changeStages([{ workspace, contactId: 'mallory', pipelineId: 'default', stageId: 'new', setBy: 'model', log: { rule: 'score', actor: HOSTILE, sentence: HOSTILE } }]);
	await store.labels.correct(workspace, [{ contactId: 'anna', actor: 'eva@agency.example', score: 72, labels: [{ field: 'score', from: '50', to: '72' }], sentence: 'Corrected by eva@agency.example: score 50 → 72.' }]);
	await store.contacts.upsert(workspace, [{ id: 'mallory', phone: HOSTILE, company: HOSTILE, handles: { instagram: HOSTILE }, owner: HOSTILE, attributes: { [HOSTILE]: HOSTILE }, summary: HOSTILE, consent: { email: { basis: 'opt_in', source: HOSTILE } } }]);
	await store.contacts.setTakeOver(workspace, [{ contactId: 'mallory', until: later(START, 30 * MINUTE), by: HOSTILE }]);
	await store.suppressions.optOut([{ workspace, contactId: 'mallory', channel: 'sms', allChannels: false, reason: HOSTILE, actor: 'person' }]);
}

/** Two workspaces with people, messages in every state, and hostile text wherever somebody else may write. */
export async function seedPeople(store: Store): Promise<void> {
	await seedBasics(store);
	for (const workspace of ['acme', 'beta']) await seedWorkspace(store, workspace);
}
