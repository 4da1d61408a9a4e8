import { sql } from 'kysely';
import type { Draft } from '../engine/draft/draft';
import type { Gate } from '../engine/gate/gate';
import type { AuditEntry, AuditKind } from '../engine/privacy/auditTrail';
import type { Reply } from '../engine/reply/reply';
import type { Schedule } from '../engine/sendTime/schedule';
import { epochMs, iso } from '../engine/time';
import { fromJson } from './bulk';
import { rowsAbout, type Person } from './person';
import type { RowOf, TableName } from './schema';
import type { Session } from './session';

export interface AuditWindow {
	/** Epoch milliseconds, both included. */
	since: number;
	until: number;
	/** Rows of a source, the newest. */
	most: number;
}
type Detail = Readonly<Record<string, unknown>>;

const PEOPLE = new Set(['person', 'lead', 'reviewer']);
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);
const share = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
const record = (value: unknown): Detail => (typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {});

function entry(id: string, at: number, kind: AuditKind, rest: Omit<AuditEntry, 'id' | 'at' | 'kind'>): AuditEntry {
	const known = Object.entries(rest).filter(([, value]) => value !== undefined && value !== null);
	return { id: `${kind}:${id}`, at: iso(epochMs(at)), kind, sentence: rest.sentence, actor: rest.actor, automated: rest.automated, ...Object.fromEntries(known) };
}

async function newest<T extends TableName>(session: Session, name: T, time: keyof RowOf<T> & string, person: Person, { since, until, most }: AuditWindow): Promise<RowOf<T>[]> {
	const about = rowsAbout(session, name, person);
	if (!about) return [];
	return await session.rows(sql<RowOf<T>>`select * from ${session.table(name)} where ${about} and ${sql.ref(time)} between ${since} and ${until} order by ${sql.ref(time)} desc limit ${most}`);
}

const SENTENCES: Readonly<Record<string, (detail: Detail) => string>> = {
	takeover: ({ until }) => (until === null ? 'The conversation was handed back to the autopilot.' : 'A person took the conversation over.'),
	opt_out: ({ channel, allChannels, reason }) => `Nothing is sent any more ${allChannels === true ? 'on any channel' : `by ${text(channel) ?? 'this channel'}`}: ${text(reason) ?? 'asked for'}.`,
	opt_in: ({ channel, reason }) => `Writing by ${text(channel) ?? 'this channel'} is allowed again: ${text(reason) ?? 'asked for'}.`,
	erasure: ({ scope }) => (scope === 'ai' ? 'What was concluded about the person was erased.' : 'The person was erased.'),
};
const ACTIVITY_KINDS: readonly AuditKind[] = ['classification', 'stage', 'stage_held', 'takeover', 'opt_out', 'opt_in', 'correction', 'consent', 'erasure'];

function ofActivity(row: RowOf<'activities'>): AuditEntry[] {
	const kind = ACTIVITY_KINDS.find((one) => one === row.kind);
	if (!kind) return [];
	const detail = fromJson<Detail>(row.detail);
	const classification = record(detail.classification);
	const actor = text(detail.by) ?? text(detail.setBy) ?? text(detail.actor) ?? (kind === 'classification' ? (text(classification.modelId) ? 'model' : 'engine') : 'engine');
	return [
		entry(row.id, row.at, kind, {
			sentence: text(detail.sentence) ?? text(classification.sentence) ?? (Object.hasOwn(SENTENCES, kind) ? SENTENCES[kind](detail) : kind),
			actor,
			automated: kind === 'classification' || (!['correction', 'takeover', 'erasure'].includes(kind) && !PEOPLE.has(text(detail.setBy) ?? text(detail.actor) ?? 'engine')),
			modelId: text(classification.modelId),
			promptVersion: text(classification.promptVersion),
			rule: text(detail.rule),
			confidence: share(classification.confidence) ?? share(detail.confidence),
			messageId: text(detail.messageId),
		}),
	];
}

function ofMessage(row: RowOf<'messages'>): AuditEntry[] {
	if (row.reply === null) return [];
	const { intent, optOut } = fromJson<Reply>(row.reply);
	const stop = optOut.wanted ? ` It asks not to be written to again (certainty ${Math.round(optOut.certainty * 100)} %).` : '';
	return [entry(row.id, row.received_at, 'reading', { sentence: `The message was read as '${intent.replaceAll('_', ' ')}'.${stop}`, actor: 'engine', automated: true, ...(optOut.wanted ? { confidence: optOut.certainty } : {}), messageId: row.id })];
}

function ofOutbound(row: RowOf<'outbound'>): AuditEntry[] {
	const draft = fromJson<Draft>(row.draft);
	const gate = row.gate === null ? undefined : fromJson<Gate>(row.gate);
	const schedule = row.schedule === null ? undefined : fromJson<Schedule>(row.schedule);
	const about = { automated: true, outboundId: row.id };
	return [
		entry(row.id, row.created_at, 'draft', { ...about, sentence: draft.sentence, actor: draft.usedFallback ? 'engine' : 'model', modelId: draft.modelId, promptVersion: draft.promptVersion, confidence: draft.confidence, rule: draft.decision.source }),
		...(gate ? [entry(row.id, row.created_at, 'gate', { ...about, sentence: gate.sentence, actor: 'engine', rule: gate.issues.map(({ check }) => check).join(', ') || undefined })] : []),
		...(schedule ? [entry(row.id, row.created_at, 'send_time', { ...about, sentence: schedule.sentence, actor: 'engine', rule: schedule.source })] : []),
		...rolloutOf(row, about),
	];
}

/** By which side of a rollout it was written, and how likely that was. */
function rolloutOf(row: RowOf<'outbound'>, about: { automated: boolean; outboundId: string }): AuditEntry[] {
	const { rollout_candidate: candidate, rollout_arm: arm, rollout_propensity: chance } = row;
	if (candidate === null || arm === null || chance === null) return [];
	const side = arm === 'candidate' ? `the version being tried, ${candidate}` : `the deployed version, beside ${candidate}`;
	return [entry(row.id, row.created_at, 'rollout', { ...about, sentence: `Drawn by lot to be written to by ${side}; the chance was ${Math.round(chance * 100)} %.`, actor: 'engine', rule: arm })];
}

function ofTransition(row: RowOf<'outbound_transitions'>): AuditEntry {
	return entry(`${row.outbound_id}:${row.version}`, row.at, 'route', { sentence: row.reason, actor: row.actor, automated: !PEOPLE.has(row.actor), rule: `${row.from_status ?? 'new'} → ${row.to_status}`, outboundId: row.outbound_id });
}

function ofReview(row: RowOf<'reviews'>): AuditEntry[] {
	if (row.decided_at === null || row.decision === null) return [];
	return [entry(row.id, row.decided_at, 'review', { sentence: `A person decided '${row.decision.replaceAll('_', ' ')}' about the ${row.kind.replaceAll('_', ' ')}.`, actor: row.reviewer ?? 'person', automated: false, ...(row.outbound_id === null ? {} : { outboundId: row.outbound_id }), ...(row.message_id === null ? {} : { messageId: row.message_id }) })];
}

function ofExposure(row: RowOf<'exposures'>): AuditEntry {
	return entry(`${row.experiment_id}:${row.contact_id}`, row.assigned_at, 'experiment', { sentence: `Experiment '${row.experiment_id}' drew variant '${row.variant_id}', which had a chance of ${Math.round(row.propensity * 100)} %.`, actor: 'engine', automated: true, rule: row.variant_id });
}

function ofShadow(row: RowOf<'shadow_decisions'>): AuditEntry[] {
	if (row.decided_at === null || row.decision === null) return [];
	return [entry(`${row.run}:${row.message_id}`, row.decided_at, 'shadow', { sentence: row.sentence ?? `In shadow it would have been '${row.decision}'.`, actor: 'engine', automated: true, messageId: row.message_id })];
}

function ofEnrolled(row: RowOf<'enrolments'>): AuditEntry {
	return entry(`${row.id}:enrolled`, row.enrolled_at, 'sequence', { sentence: `Enrolled in the follow-up sequence '${row.sequence_id}'.`, actor: row.enrolled_by, automated: row.enrolled_by === 'workflow' });
}

function ofEnded(row: RowOf<'enrolments'>): AuditEntry[] {
	return row.ended_at === null ? [] : [entry(`${row.id}:ended`, row.ended_at, 'sequence', { sentence: row.sentence, actor: row.code === 'person' ? 'person' : 'engine', automated: row.code !== 'person', rule: row.code ?? row.state })];
}

function ofStep(row: RowOf<'enrolment_steps'>): AuditEntry {
	return entry(`${row.enrolment_id}:${row.step_id}`, row.at, 'sequence', { sentence: row.sentence, actor: 'engine', automated: true, rule: `${row.step_id}: ${row.result}`, outboundId: row.outbound_id });
}

function ofNote(row: RowOf<'audit_events'>): AuditEntry {
	return { ...entry(row.id, row.at, row.kind as AuditKind, { sentence: row.sentence, actor: row.actor, automated: !PEOPLE.has(row.actor) }), ...fromJson<object>(row.detail) };
}

/** Every decision of the window, each once, from wherever it is kept. */
export async function auditEntries(session: Session, person: Person, window: AuditWindow): Promise<AuditEntry[]> {
	return [
		...(await newest(session, 'activities', 'at', person, window)).flatMap(ofActivity),
		...(await newest(session, 'messages', 'received_at', person, window)).flatMap(ofMessage),
		...(await newest(session, 'outbound', 'created_at', person, window)).flatMap(ofOutbound),
		...(await newest(session, 'outbound_transitions', 'at', person, window)).map(ofTransition),
		...(await newest(session, 'reviews', 'decided_at', person, window)).flatMap(ofReview),
		...(await newest(session, 'exposures', 'assigned_at', person, window)).map(ofExposure),
		...(await newest(session, 'shadow_decisions', 'decided_at', person, window)).flatMap(ofShadow),
		...(await newest(session, 'enrolments', 'enrolled_at', person, window)).map(ofEnrolled),
		...(await newest(session, 'enrolments', 'ended_at', person, window)).flatMap(ofEnded),
		...(await newest(session, 'enrolment_steps', 'at', person, window)).map(ofStep),
		...(await newest(session, 'audit_events', 'at', person, window)).map(ofNote),
	];
}
