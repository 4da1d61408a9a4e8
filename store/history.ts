import type { EpochMs } from '../engine/time';
import { cleanText, keyOf } from './bulk';
import { holdEnrolments } from './holdEnrolments';
import { contactLocks, upsertContacts } from './intake';
import { newMessageRow, READ_FROM_HISTORY, SEQ_STEP, toMessage, type MessageRow } from './messageRows';
import type { ContactRow } from './contactRows';
import type { Session } from './session';
import type { HistoryInput, HistoryRecorded } from './store';

interface Prepared {
	/** Which input it is of. */
	input: number;
	row: MessageRow;
}

/** See `Messages.recordHistory`. Constant in the number of statements. */
export async function recordHistory(session: Session, workspace: string, inputs: readonly HistoryInput[], since: EpochMs): Promise<HistoryRecorded[]> {
	const prepared = rowsOf(session, workspace, inputs);
	await session.lock('intake', [
		...prepared.flatMap(({ row }) => [keyOf(workspace, 'message', row.id), keyOf(workspace, 'message', keyOf(row.channel, row.provider_id))]),
		...contactLocks(workspace, inputs.map(({ contact }) => contact)),
	]);
	const contacts = await upsertContacts(session, workspace, inputs.map(({ contact }) => contact));
	await fillIn(session, contacts, inputs);
	const keptAt = await knownMessages(session, prepared.map(({ row }) => row));
	const sentByUs = await session.matchingOnly('outbound', ['channel', 'provider_id'], ['workspace', 'provider_id'], prepared.map(({ row }) => ({ workspace, provider_id: row.provider_id })));
	const ours = new Set(sentByUs.map((row) => keyOf(row.channel, row.provider_id)));
	const fresh: MessageRow[] = [];
	const news = new Map<number, MessageRow[]>();
	for (const { row, input } of prepared) {
		const provider = keyOf(row.channel, row.provider_id);
		row.contact_id = contacts[input].id;
		if (ours.has(provider)) continue;
		const at = keptAt.get(row.id) ?? keptAt.get(provider);
		if (at === undefined) fresh.push(row);
		if (at === undefined || at >= since) news.set(input, [...(news.get(input) ?? []), row]);
		keptAt.set(row.id, at ?? session.now).set(provider, at ?? session.now);
	}
	await session.insert('messages', fresh);
	// An answer that only the history shows stops a follow-up as any other.
	await holdEnrolments(session, fresh);
	return contacts.map(({ id }, input): HistoryRecorded => {
		const own = news.get(input) ?? [];
		return { contactId: id, news: own.length, inbound: own.filter(({ direction }) => direction === 'inbound').map(toMessage) };
	});
}

function rowsOf(session: Session, workspace: string, inputs: readonly HistoryInput[]): Prepared[] {
	const all = inputs.flatMap(({ contact, messages }, input) => messages.map(({ message, fromUs }, place) => ({ input, place, contact, message, fromUs })));
	return all.map(({ input, place, contact, message, fromUs }) => {
		const direction = fromUs ? 'person' : 'inbound';
		const row = newMessageRow(session, workspace, { message, contact }, 0, direction, 0);
		// It came in when it was written: figures of a period count what came in then, and number as they do.
		const cameIn = { received_at: row.timestamp, seq: row.timestamp * SEQ_STEP + (place % SEQ_STEP) };
		return { input, row: { ...row, ...cameIn, state: 'decided', decided_reason: READ_FROM_HISTORY[direction], decided_by: fromUs ? 'person' : 'engine', decided_at: session.now } };
	});
}

/** When the known ones of these came in or were kept, by id and by channel and provider id. */
async function knownMessages(session: Session, rows: readonly MessageRow[]): Promise<Map<string, number>> {
	const columns = ['id', 'channel', 'provider_id', 'received_at', 'decided_at'] as const;
	const stored = [
		...(await session.matchingOnly('messages', columns, ['workspace', 'id'], rows)),
		...(await session.matchingOnly('messages', columns, ['workspace', 'channel', 'provider_id'], rows)),
	];
	return new Map(stored.flatMap((row) => [row.id, keyOf(row.channel, row.provider_id)].map((key) => [key, Math.max(row.received_at, row.decided_at ?? 0)] as const)));
}

/** Name and pipeline where the contact has none: what a person wrote or chose stays. */
async function fillIn(session: Session, contacts: readonly ContactRow[], inputs: readonly HistoryInput[]): Promise<void> {
	const changed = new Map<string, ContactRow>();
	contacts.forEach((row, input) => {
		const { name, pipelineId } = inputs[input];
		if (row.name !== null && (row.pipeline_id !== null || pipelineId === undefined)) return;
		changed.set(row.id, { ...row, name: row.name ?? cleanText(name), pipeline_id: row.pipeline_id ?? pipelineId ?? null });
	});
	await session.update('contacts', ['workspace', 'id'], ['name', 'pipeline_id'], [...changed.values()]);
}
