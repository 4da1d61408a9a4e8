import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import { labelOfReply } from '../engine/outcome/labels';
import type { Reply } from '../engine/reply/reply';
import { OUTCOME_WINDOW_MS } from '../engine/outcome/windows';
import { epochMs, SECOND, type EpochMs } from '../engine/time';
import { attribute } from './attribution';
import { fromJson } from './bulk';
import { readHeld } from './holdEnrolments';
import { eachWith } from './firstOfEach';
import type { OutboundDbRow } from './outboundMoves';
import { outcomeRow } from './outcomeRows';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { OutcomeInput } from './store';

/** What tells an answer apart from every other, whoever reports it. */
export const answerEventId = (messageId: string): string => `answer:${messageId}`;

/** Providers name whole seconds: an answer within the second of our send would seem to come before it. */
const writtenAt = ({ timestamp }: RowOf<'messages'>): EpochMs => epochMs(timestamp % SECOND === 0 ? timestamp + SECOND - 1 : timestamp);

/**
 * A message that answers one of ours is an outcome of that one, labelled by how it reads; read again (refined by a model,
 * corrected by a person), its label follows. What is read
 * also tells a follow-up sequence whether it was an answer, and what it answers follows what is known as sent by then. Who wrote first answered nothing, and an absence notice is nobody's answer.
 */
export async function recordAnswers(session: Session, workspace: string, messageIds: readonly string[]): Promise<void> {
	const messages = await session.matching('messages', ['workspace', 'id'], [...new Set(messageIds)].map((id) => ({ workspace, id })));
	await readHeld(session, messages);
	const answers = messages.flatMap((row): OutcomeInput[] => {
		if (row.direction !== 'inbound' || row.source !== 'channel' || row.reply === null) return [];
		const reply = fromJson<Reply>(row.reply);
		return [{
			workspace,
			event: 'replied',
			occurredAt: writtenAt(row),
			threadId: row.thread_id,
			contactId: row.contact_id,
			channel: ChannelSchema.parse(row.channel),
			eventId: answerEventId(row.id),
			messageId: row.id,
			label: labelOfReply(reply),
			sentiment: reply.sentiment,
		}];
	});
	if (answers.length === 0) return;
	const attributions = await attribute(session, answers);
	const rows = answers.map((answer, at) => outcomeRow(session, answer, attributions[at])).filter(({ attributed }) => attributed !== 'none');
	const automatic = rows.filter(({ label }) => label === 'automatic_reply');
	await session.insert('outcomes', rows.filter(({ label }) => label !== 'automatic_reply'), sql`on conflict (workspace, id) do update set label = excluded.label, sentiment = excluded.sentiment, message_id = excluded.message_id, outbound_id = excluded.outbound_id, attributed = excluded.attributed`);
	if (automatic.length === 0) return;
	await session.rows(sql`delete from ${session.table('outcomes')} where (workspace, id) in (select v.workspace, v.id from ${session.values('v', { workspace: 'text', id: 'text' }, automatic)})`);
}

/** Answers that were read before it was known that a message had left belong to it from now on. Nothing is asked of messages that left this very moment. */
export async function adoptAnswers(session: Session, sent: readonly Pick<OutboundDbRow, 'workspace' | 'contact_id' | 'channel' | 'sent_at'>[]): Promise<void> {
	const late = sent.flatMap(({ workspace, contact_id, channel, sent_at }) => (sent_at !== null && sent_at < session.now ? [{ workspace, contact_id, channel, since: sent_at - SECOND, until: sent_at + OUTCOME_WINDOW_MS.replied }] : []));
	if (late.length === 0) return;
	const values = session.values('v', { workspace: 'text', contact_id: 'text', channel: 'text', since: 'int', until: 'int' }, late);
	const written = sql`m.workspace = v.workspace and m.contact_id = v.contact_id and m.timestamp >= v.since and m.timestamp <= v.until and m.channel = v.channel and m.direction = 'inbound' and m.reply is not null`;
	const answers = await session.rows(sql<{ workspace: string; id: string }>`select distinct m.workspace, m.id from ${eachWith(session, values, 'messages', written)}`);
	for (const workspace of new Set(answers.map((answer) => answer.workspace))) await recordAnswers(session, workspace, answers.filter((answer) => answer.workspace === workspace).map(({ id }) => id));
}
