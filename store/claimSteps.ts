import { sql } from 'kysely';
import type { DecideStep, EnrolmentFacts, StepDecision } from '../engine/sequence/decideStep';
import { SEQUENCE_CHANNELS, campaignStep, nextStep, SequenceSchema, strayStep, type FollowUp } from '../engine/sequence/sequence';
import type { Contact } from '../engine/message/contact';
import { draftId } from '../engine/message/spine';
import { epochMs, later } from '../engine/time';
import { addressesOf, type AddressHash } from './addresses';
import { fromJson, keyOf } from './bulk';
import { loadContacts } from './contactRows';
import { loadConversations } from './conversations';
import { changeEnrolments, enrolmentKey, resultOf, stepsOf, toEnrolments, type EnrolmentRow, type EnrolmentStepRow } from './enrolmentRows';
import { statusOf } from './outboundMoves';
import { loadOutbound } from './outboundRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import { loadSettings } from './settings';
import { endEnrolments } from './stopEnrolments';
import type { DueStep, Sequences } from './store';
import { suppressionReasons } from './suppressionList';

interface Candidate {
	row: EnrolmentRow;
	facts: EnrolmentFacts;
	contact?: Contact;
	decision: StepDecision;
}

/** See `Sequences.claimDue`. */
export async function claimSteps(session: Session, hash: AddressHash, { workspaces, leaseMs, limit }: Parameters<Sequences['claimDue']>[0], decide: DecideStep): ReturnType<Sequences['claimDue']> {
	// One claimant at a time: two must not hand out the same step.
	await session.lock('sequence', ['claim']);
	const inWorkspaces = workspaces ? sql`and ${session.among('workspace', workspaces)}` : sql``;
	const rows = await session.rows(sql<EnrolmentRow>`select * from ${session.table('enrolments')} where state = 'active' and next_at <= ${session.now} ${inWorkspaces} order by next_at, workspace, id limit ${limit}`);
	if (rows.length === 0) return { due: [], settled: [] };
	const candidates = (await loadCandidates(session, hash, rows)).map((one): Candidate => ({ ...one, decision: decide(one.facts) }));

	const ends = candidates.flatMap(({ row, decision }) => (decision.do === 'stop' ? [{ row, stop: decision.stop, actor: 'engine' as const }] : []));
	const stopped = await endEnrolments(session, ends);
	const others = candidates.filter(({ decision }) => decision.do !== 'stop');
	// What a reply stopped since it was read is left alone, and not handed out.
	const changed = new Map((await changeEnrolments(session, others.map((one) => after(one, session.now, leaseMs)))).map((row) => [enrolmentKey(row), row]));
	const went = others.flatMap((one) => {
		const row = changed.get(enrolmentKey(one.row));
		return row ? [{ ...one, row }] : [];
	});
	const steps = went.flatMap(({ row, decision }) => stepRow(row, decision, session.now));
	await session.insert('enrolment_steps', steps, sql`on conflict (workspace, enrolment_id, step_id) do update set result = excluded.result, sentence = excluded.sentence, at = excluded.at`);
	const handed = went.filter(({ decision }) => decision.do === 'hand');
	const settled = [...stopped, ...went.filter(({ decision }) => decision.do === 'pass' || decision.do === 'finish').map(({ row }) => row)];
	return { due: await dueSteps(session, handed), settled: await toEnrolments(session, settled) };
}

async function loadCandidates(session: Session, hash: AddressHash, rows: readonly EnrolmentRow[]): Promise<Omit<Candidate, 'decision'>[]> {
	const definitions = await session.matching('sequences', ['workspace', 'id', 'version'], rows.map(({ workspace, sequence_id, version }) => ({ workspace, id: sequence_id, version })));
	const byVersion = new Map(definitions.map((row) => [keyOf(row.workspace, row.id, row.version), SequenceSchema.parse(fromJson(row.definition))]));
	const steps = await stepsOf(session, rows);
	const contacts = await loadContacts(session, hash, rows.map(({ workspace, contact_id }) => ({ workspace, id: contact_id })));
	const settings = await loadSettings(session, rows.map(({ workspace, contact_id }) => ({ workspace, contactId: contact_id })));
	const asked = rows.flatMap((row) => {
		const contact = contacts.get(keyOf(row.workspace, row.contact_id));
		return contact ? SEQUENCE_CHANNELS.map((channel) => ({ workspace: row.workspace, contactId: contact.id, addresses: addressesOf(contact), channel })) : [];
	});
	const reasons = await suppressionReasons(session, hash, asked);
	const suppressed = new Map(asked.map(({ workspace, contactId, channel }, at) => [keyOf(workspace, contactId, channel), reasons[at]]));
	const places = rows.map((row) => {
		const sequence = byVersion.get(keyOf(row.workspace, row.sequence_id, row.version));
		const had = (steps.get(enrolmentKey(row)) ?? []).map((step) => ({ stepId: step.step_id, result: resultOf(step) }));
		const stepId = sequence && (strayStep(sequence, had) ?? nextStep(sequence, had)?.step.id);
		return { sequence, had, ...(stepId === undefined ? {} : { messageId: messageOf(row, stepId) }) };
	});
	const messages = await loadOutbound(session, places.flatMap(({ messageId }, at) => (messageId === undefined ? [] : [{ workspace: rows[at].workspace, id: messageId }])), false);
	return rows.map((row, at) => {
		const { sequence, had, messageId } = places[at];
		const contact = contacts.get(keyOf(row.workspace, row.contact_id));
		const planned = messageId === undefined ? undefined : messages.get(keyOf(row.workspace, messageId));
		const facts: EnrolmentFacts = {
			...(sequence ? { sequence } : {}),
			had,
			since: epochMs(row.since),
			...(row.not_before === null ? {} : { notBefore: epochMs(row.not_before) }),
			...(row.held_since === null ? {} : { heldSince: epochMs(row.held_since) }),
			leases: row.leases,
			...(row.status_then === null ? {} : { statusThen: row.status_then }),
			...(contact ? { contact } : {}),
			suppressed: Object.fromEntries(SEQUENCE_CHANNELS.map((channel) => [channel, suppressed.get(keyOf(row.workspace, row.contact_id, channel))])),
			settings: settings[at],
			...(planned ? { planned: { status: statusOf(planned), sentence: planned.sentence } } : {}),
			now: session.now,
		};
		return { row, facts, ...(contact ? { contact } : {}) };
	});
}

const messageOf = (row: EnrolmentRow, stepId: string): string => draftId(row.workspace, campaignStep(row.sequence_id, row.round, stepId), row.contact_id);

/** The row as the decision leaves it. */
function after({ row, decision }: Candidate, now: number, leaseMs: number): EnrolmentRow {
	switch (decision.do) {
		case 'hand':
			return { ...row, next_at: later(epochMs(now), leaseMs), leases: row.leases + 1, sentence: decision.sentence };
		case 'pass':
			return { ...row, since: now, next_at: now, leases: 0, sentence: decision.sentence };
		case 'wait':
			return { ...row, next_at: decision.until, sentence: decision.sentence };
		case 'finish':
			return { ...row, state: 'finished', next_at: null, ended_at: now, sentence: decision.sentence };
		case 'stop':
			return row;
	}
}

function stepRow(row: EnrolmentRow, decision: StepDecision, at: number): EnrolmentStepRow[] {
	if (decision.do !== 'hand' && decision.do !== 'pass') return [];
	const result: RowOf<'enrolment_steps'>['result'] = decision.do === 'hand' ? 'handed' : decision.result;
	return [{ workspace: row.workspace, enrolment_id: row.id, step_id: decision.step.id, contact_id: row.contact_id, outbound_id: messageOf(row, decision.step.id), result, sentence: decision.sentence, at }];
}

async function dueSteps(session: Session, handed: readonly Candidate[]): Promise<DueStep[]> {
	const enrolments = await toEnrolments(session, handed.map(({ row }) => row));
	const conversations = await loadConversations(session, handed.map(({ row }) => ({ workspace: row.workspace, contactId: row.contact_id })));
	return handed.flatMap(({ row, facts, contact, decision }, at): DueStep[] => {
		if (decision.do !== 'hand' || !contact || !facts.sequence) return [];
		const { step, number, of, sentence } = decision;
		const { id: stepId, channel, template, instructions, subject, waTemplate } = step;
		const followUp: FollowUp = {
			enrolmentId: row.id,
			sequenceId: row.sequence_id,
			name: facts.sequence.name,
			step: campaignStep(row.sequence_id, row.round, stepId),
			stepId,
			number,
			of,
			channel,
			...(template === undefined ? {} : { template }),
			...(instructions === undefined ? {} : { instructions }),
			...(subject === undefined ? {} : { subject }),
			...(waTemplate ? { waTemplate } : {}),
			draftId: messageOf(row, stepId),
			sentence,
		};
		return [{ workspace: row.workspace, followUp, enrolment: enrolments[at], contact, conversation: conversations.get(keyOf(row.workspace, row.contact_id)) ?? [] }];
	});
}
