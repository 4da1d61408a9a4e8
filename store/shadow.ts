import { sql } from 'kysely';
import { ChannelSchema } from '../engine/channels/channel';
import type { Draft } from '../engine/draft/draft';
import { ShadowDecisionNameSchema } from '../engine/message/shadowDecision';
import type { ThreadEvent } from '../engine/message/whatPeopleDid';
import { epochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { cleanText, fromJson, keyOf } from './bulk';
import type { Database } from './database';
import { firstOfEach } from './firstOfEach';
import { cleanKey, loadOutbound } from './outboundRows';
import { makeReplays } from './replays';
import { settleReplays, type ShadowRow } from './shadowRecords';
import type { Session } from './session';
import type { Shadow, StoredShadowCase } from './store';
import { contactSubject } from './suppressionList';

/** What happens after the first words is of interest for a few messages only: a burst's. */
const MOST_EVENTS = 12;

export function createShadow(database: Database, hash: AddressHash): Shadow {
	return {
		async replay(workspace, options) {
			return await database.write(async (session) => await makeReplays(session, hash, workspace, options));
		},

		async settle(workspace, decisions) {
			if (decisions.length === 0) return;
			await database.write(async (session) => await settleReplays(session, decisions.map((one) => ({ ...one, workspace }))));
		},

		async cases(workspace, { run, since, until, answerMs, limit }) {
			return await database.read(async (session) => {
				const ofRun = sql`workspace = ${workspace} and run = ${cleanText(run)} and at >= ${since} and at < ${until}`;
				const rows = await session.rows(sql<ShadowRow>`select * from ${session.table('shadow_decisions')} where ${ofRun} and decision is not null order by at desc, message_id limit ${limit}`);
				const [{ undecided }] = await session.rows(sql<{ undecided: number }>`select count(*) as undecided from ${session.table('shadow_decisions')} where ${ofRun} and decision is null`);
				const drafts = await loadOutbound(session, rows.flatMap(({ outbound_id }) => (outbound_id === null ? [] : [{ workspace, id: outbound_id }])), false);
				const events = await eventsAfter(session, workspace, rows, answerMs);
				const cases = rows.map((row, place): StoredShadowCase => {
					const draft = row.outbound_id === null ? undefined : drafts.get(cleanKey(workspace, row.outbound_id));
					return {
						messageId: row.message_id,
						channel: ChannelSchema.parse(row.channel),
						decision: ShadowDecisionNameSchema.parse(row.decision),
						reason: row.reason ?? '',
						at: epochMs(row.at),
						...(row.send_at === null ? {} : { sendAt: epochMs(row.send_at) }),
						...(draft ? { draftText: fromJson<Draft>(draft.draft).text } : {}),
						...(row.thread_id === null ? {} : { events: events.get(place) ?? [] }),
					};
				});
				return { cases, undecided };
			});
		},
	};
}

/** What happened in each row's thread after its message and within the time, by the row's place. Three queries for all. */
async function eventsAfter(session: Session, workspace: string, rows: readonly ShadowRow[], answerMs: number): Promise<Map<number, ThreadEvent[]>> {
	const wanted = rows.flatMap((row, place) => (row.thread_id === null ? [] : [{ place, workspace, channel: row.channel, thread_id: row.thread_id, at: row.at, seq: row.seq }]));
	const result = new Map<number, ThreadEvent[]>();
	if (wanted.length === 0) return result;
	const add = (place: number, event: ThreadEvent): void => {
		const known = result.get(place);
		if (known) known.push(event);
		else result.set(place, [event]);
	};
	const values = session.values('v', { place: 'int', workspace: 'text', channel: 'text', thread_id: 'text', at: 'int', seq: 'int' }, wanted);
	const answers = firstOfEach(session, values, 'messages', {
		where: sql`m.channel = v.channel and m.thread_id = v.thread_id and m.timestamp >= v.at and m.timestamp <= v.at + ${answerMs} and (m.timestamp > v.at or m.seq > v.seq)`,
		order: sql`m.timestamp, m.seq`,
		limit: MOST_EVENTS,
	});
	const said = await session.rows(sql<{ place: number; at: number; direction: string; text: string }>`select v.place, m.timestamp as at, m.direction, m.text from ${answers} order by v.place, m.timestamp, m.seq`);
	for (const { place, at, direction, text } of said) add(place, direction === 'person' ? { from: 'person', at: epochMs(at), text } : { from: 'lead', at: epochMs(at) });
	// A draft a person approved at the desk is that person's answer; what left by itself is ours.
	const sends = firstOfEach(session, values, 'outbound', {
		where: sql`m.channel = v.channel and m.thread_id = v.thread_id and m.status = 'sent' and m.sent_at >= v.at and m.sent_at <= v.at + ${answerMs}`,
		order: sql`m.sent_at, m.id`,
		limit: MOST_EVENTS,
	});
	const sent = await session.rows(sql<{ place: number; at: number; draft: string; decision: string | null; edited_text: string | null }>`
		select v.place, m.sent_at as at, m.draft, r.decision, r.edited_text from ${sends}
		left join ${session.table('reviews')} as r on r.workspace = m.workspace and r.kind = 'draft' and r.outbound_id = m.id and r.decision in ('approved', 'edited')
		order by v.place, m.sent_at, m.id`);
	for (const { place, at, draft, decision, edited_text } of sent) {
		add(place, decision === null ? { from: 'us', at: epochMs(at) } : { from: 'person', at: epochMs(at), text: edited_text ?? fromJson<Draft>(draft).text });
	}
	for (const { place, at } of await optOutsAfter(session, workspace, rows)) add(place, { from: 'opt_out', at: epochMs(at) });
	return result;
}

async function optOutsAfter(session: Session, workspace: string, rows: readonly ShadowRow[]): Promise<{ place: number; at: number }[]> {
	const entries = await session.matching('suppressions', ['workspace', 'subject'], rows.map(({ contact_id }) => ({ workspace, subject: contactSubject(contact_id) })));
	const bySubject = Map.groupBy(entries, ({ subject }) => keyOf(subject));
	return rows.flatMap((row, place) => {
		const own = bySubject.get(keyOf(contactSubject(row.contact_id))) ?? [];
		return own.filter(({ channel }) => channel === '*' || channel === row.channel).map(({ created_at }) => ({ place, at: created_at }));
	});
}
