import type { OutboundStatus } from '../engine/message/outbound';
import { later, MINUTE, SECOND, type EpochMs } from '../engine/time';
import type { AddressHash } from './addresses';
import { adoptAnswers } from './answers';
import { StoreInputError, TransitionRefusedError } from './errors';
import { moveRows, outboundKey, statusOf, type Move, type OutboundDbRow } from './outboundMoves';
import { cleanKey, insertDrafts, loadOutbound, toOutbound } from './outboundRows';
import { mayBeSettled, settleByReceipts } from './receipts';
import { loadFacts } from './routeFacts';
import { TOKEN_PAUSE_MS } from './senderHolds';
import type { Session } from './session';
import type { DecideRoute, NewDraft, Outbound, OutboundRow, Route, SendFailure } from './store';

/** How often a message is tried in all, and how long after each failed try the next one waits when the provider named no time. */
export const MAX_TRIES = 3;
const BACKOFF_MS: readonly number[] = [30 * SECOND, 2 * MINUTE, 8 * MINUTE];
/**
 * How often a message may meet a refused sender before a person looks at it. A refusal that time or a new token mends: a
 * day of quarter-hours. One for good: what is taken for the sender's fault may be the message's, and each try pauses the sender.
 */
const SPARED_TRIES = { not_sent: 96, permanent: 3 } as const;
/** How long a send may be under way before nobody can tell what became of it. */
const SENDING_LEASE_MS = 5 * MINUTE;

/** The legal way from where a row stands to `sent`, for a message that was sent without the Outbox having sent it. */
const WAY_TO_SENT: Readonly<Partial<Record<OutboundStatus, readonly OutboundStatus[]>>> = {
	drafted: ['scheduled', 'claimed', 'sending', 'sent'],
	in_review: ['scheduled', 'claimed', 'sending', 'sent'],
	blocked: ['in_review', 'scheduled', 'claimed', 'sending', 'sent'],
	failed: ['scheduled', 'claimed', 'sending', 'sent'],
	scheduled: ['claimed', 'sending', 'sent'],
	claimed: ['sending', 'sent'],
	sending: ['sent'],
	uncertain: ['sent'],
};

/** See `Outbound.beginSend`. */
export async function beginSend(session: Session, hash: AddressHash, workspace: string, ids: readonly string[], decide?: DecideRoute): ReturnType<Outbound['beginSend']> {
	const rows = await loadOutbound(session, ids.map((id) => ({ workspace, id })), true);
	const leased = [...rows.values()].filter((row) => row.status === 'claimed' && (row.lease_until ?? 0) > session.now);
	// Minutes may lie between claim and send: an opt-out, a stop or a takeover of that time must count. Caps were counted with the claim.
	const facts = decide ? await loadFacts(session, hash, leased, { counts: false }) : undefined;
	const moves = leased.map((row, at) => nextMove(row, facts && decide?.(facts[at]), session.now));
	const after = new Map((await moveRows(session, moves)).map((row) => [row.id, row]));
	const begun = new Set<string>();
	return ids.map((id) => {
		const row = rows.get(cleanKey(workspace, id));
		if (!row) return { id, ok: false, sentence: `No message ${id} is known here; it must not be sent.` };
		const now = after.get(row.id) ?? row;
		// In a batch that names a row twice, the first mention sends it.
		const ok = after.has(row.id) && now.status === 'sending' && !begun.has(row.id);
		if (ok) begun.add(row.id);
		return { id, ok, row: toOutbound(now), sentence: ok ? now.sentence : whyNot(now, session.now) };
	});
}

/** A claimed row begins to be sent, unless what was decided now says otherwise. */
function nextMove(row: OutboundDbRow, route: Route | undefined, now: EpochMs): Move {
	const go = route === undefined || route.status === 'claimed' || (route.status === 'scheduled' && (route.sendAt === undefined || route.sendAt <= now));
	if (!go) return { row, to: route.status, actor: 'dispatcher', sentence: route.sentence, dueAt: route.dueAt, held: route.waitsForSender, set: { send_at: route.sendAt ?? row.send_at } };
	const attempts = row.attempts + 1;
	return { row, to: 'sending', actor: 'dispatcher', sentence: `Handed to the channel, try ${ownTries(row, attempts)} of ${MAX_TRIES}.`, set: { attempts, sending_at: now, lease_until: later(now, SENDING_LEASE_MS) } };
}

function whyNot(row: OutboundDbRow, now: EpochMs): string {
	if (row.status === 'claimed' && (row.lease_until ?? 0) <= now) return 'Its lease ran out before sending began; it becomes due again by itself.';
	if (row.status === 'sending') return 'Another try has begun already; sending again could send it twice.';
	return `It is ${row.status} now and must not be sent: ${row.sentence}`;
}

/** See `Outbound.markSent`. */
export async function markSent(session: Session, sent: Parameters<Outbound['markSent']>[0]): ReturnType<Outbound['markSent']> {
	const drafts: NewDraft[] = sent.flatMap(({ workspace, id, draft }) => (draft ? [{ ...draft, workspace, id }] : []));
	await insertDrafts(session, drafts);
	const rows = await loadOutbound(session, sent, true);
	const seen = new Set<string>();
	const moves: Move[] = [];
	const providerIds: OutboundDbRow[] = [];
	const changed = sent.map((report, index) => {
		const key = cleanKey(report.workspace, report.id);
		const row = rows.get(key);
		if (!row) throw new StoreInputError(`No message ${report.id} is stored in workspace "${report.workspace}", and no draft was given to record it from.`, index);
		if (row.status === 'sent' || seen.has(key)) {
			if (row.status === 'sent' && row.provider_id === null && report.providerId) providerIds.push({ ...row, provider_id: report.providerId });
			return false;
		}
		seen.add(key);
		const way = WAY_TO_SENT[statusOf(row)];
		if (!way) throw new TransitionRefusedError(row.id, statusOf(row), 'sent');
		const direct = way.length === 1;
		const set = { provider_id: report.providerId ?? row.provider_id, sent_at: report.at ?? session.now, error_code: null };
		const earlier = report.attempt !== undefined && (report.attempt < row.attempts || statusOf(row) !== 'sending') && report.attempt <= row.attempts;
		const ended = earlier ? `Sent: try ${report.attempt} had left after all.` : 'Sent.';
		const onTheWay = earlier ? `A report came in that try ${report.attempt} had left.` : 'Recorded as sent outside the Outbox.';
		for (const to of way) {
			const sentence = to === 'sent' ? ended : onTheWay;
			moves.push({ row, to, actor: direct ? 'dispatcher' : 'engine', sentence, set: to === 'sent' ? set : { sending_at: row.sending_at ?? session.now } });
		}
		return true;
	});
	const moved = await moveRows(session, moves);
	await adoptAnswers(session, moved.filter(({ status }) => status === 'sent'));
	for (const row of moved) rows.set(outboundKey(row), row);
	// A receipt settled it before the provider's answer was written down.
	await session.update('outbound', ['workspace', 'id'], ['provider_id'], providerIds);
	for (const row of providerIds) rows.set(outboundKey(row), row);
	return sent.flatMap((report, at) => {
		const row = rows.get(cleanKey(report.workspace, report.id));
		return row ? [{ row: toOutbound(row), changed: changed[at] }] : [];
	});
}

/** See `Outbound.markFailed`. `news` are the places of the failures that moved their row, with the time their try began: a repeat, or a report of an earlier try, has done all it does. */
export async function markFailed(session: Session, failures: Parameters<Outbound['markFailed']>[0]): Promise<{ rows: OutboundRow[]; news: ReadonlyMap<number, number> }> {
	const rows = await loadOutbound(session, failures, true);
	const seen = new Set<string>();
	const untouched = new Map<number, string>();
	const news = new Map<number, number>();
	const moves = failures.flatMap(({ workspace, id, attempt, failure }, index): Move[] => {
		const key = cleanKey(workspace, id);
		const row = rows.get(key);
		if (!row) throw new StoreInputError(`No message ${id} is stored in workspace "${workspace}".`, index);
		if (seen.has(key)) return [];
		const late = lateReport(row, attempt, failure);
		if (late !== undefined) {
			untouched.set(index, late);
			return [];
		}
		seen.add(key);
		if (row.status === 'sending' || row.status === 'claimed') news.set(index, (row.status === 'sending' ? row.sending_at : null) ?? session.now);
		if (row.status === 'sending') return afterFailure(row, row.attempts, failure, session.now);
		if (row.status === 'claimed') {
			// It failed before Begin Send was said: that was a try, too.
			const attempts = row.attempts + 1;
			const begun: Move = { row, to: 'sending', actor: 'dispatcher', sentence: `Try ${ownTries(row, attempts)} of ${MAX_TRIES}.`, set: { attempts, sending_at: session.now } };
			return [begun, ...afterFailure(row, attempts, failure, session.now)];
		}
		// A repeat of a failure that is written down already, or one that comes after the receipt.
		if (['scheduled', 'failed', 'uncertain', 'sent', 'cancelled'].includes(row.status)) return [];
		if (row.status === 'in_review' && row.error_code !== null && row.error_code === failure.code) return [];
		throw new TransitionRefusedError(row.id, statusOf(row), 'failed');
	});
	const moved = await moveRows(session, moves);
	for (const row of moved) rows.set(outboundKey(row), row);
	for (const row of await settleByReceipts(session, [...rows.values()].filter(mayBeSettled))) rows.set(outboundKey(row), row);
	const result = failures.flatMap(({ workspace, id }, index) => {
		const row = rows.get(cleanKey(workspace, id));
		const late = untouched.get(index);
		return row ? [{ ...toOutbound(row), ...(late === undefined ? {} : { sentence: late }) }] : [];
	});
	return { rows: result, news };
}

/**
 * Why a report must not move the row: it is about another try than the one under way. Nobody knowing whether an earlier
 * try left is no reason to overlook it: that ends with a person and sends nothing.
 */
function lateReport(row: OutboundDbRow, attempt: number | undefined, failure: SendFailure): string | undefined {
	if (attempt === undefined || failure.kind === 'unknown') return undefined;
	if (row.status === 'sending' && attempt !== row.attempts) return `This report is about try ${attempt}, and try ${row.attempts} is under way: nothing was changed.`;
	// A claimed row has begun `attempts` tries; the next one has no report yet.
	if (row.status === 'claimed' && attempt <= row.attempts) return `This report is about try ${attempt}, and try ${row.attempts + 1} is about to begin: nothing was changed.`;
	return undefined;
}

/** Where a row goes whose try did not work; only an `unknown` end lets nobody tell whether it left. */
function afterFailure(row: OutboundDbRow, attempts: number, failure: SendFailure, now: EpochMs): Move[] {
	const said = failure.code ? `${failure.message} (code ${failure.code})` : failure.message;
	const because = (sentence: string): string => failure.sentence ?? sentence;
	const base = { row, actor: 'dispatcher' as const, set: { error_code: failure.code ?? null, attempts } };
	if (failure.kind === 'unknown') return [{ ...base, to: 'uncertain', sentence: because(`Nobody can tell whether it was sent: ${said}`) }];
	if (isOfSender(failure)) return afterRefusedSender(row, base, failure, now, said);
	if (failure.kind === 'permanent') {
		const failed: Move = { ...base, to: 'failed', sentence: because(`Failed for good: ${said}`) };
		// What only a template mends is not lost: a person chooses one.
		return failure.action === 'use_template' ? [failed, { row, to: 'in_review', actor: 'dispatcher', sentence: `Waits for a person: choose an approved template. ${failure.message}` }] : [failed];
	}
	const tries = ownTries(row, attempts);
	if (tries >= MAX_TRIES) return [{ ...base, to: 'failed', sentence: because(`Failed after ${tries} tries: ${said}`) }];
	const sendAt = failure.retryAt !== undefined && failure.retryAt > now ? failure.retryAt : later(now, BACKOFF_MS[Math.min(Math.max(tries, 1), BACKOFF_MS.length) - 1]);
	return [{ ...base, to: 'scheduled', sentence: because(`Try ${tries} of ${MAX_TRIES} failed, tried again later: ${said}`), set: { ...base.set, send_at: sendAt } }];
}

/** The provider refused the sender, not the message: nothing left, and a try with a working sender may well succeed. */
function isOfSender({ action }: SendFailure): boolean {
	return action === 'reconnect_token' || action === 'pause_sender';
}

/** The message waits as long as its sender is held, and the try does not count; refused too often it goes to a person. */
function afterRefusedSender(row: OutboundDbRow, base: Omit<Move, 'to' | 'sentence'>, failure: SendFailure, now: EpochMs, said: string): Move[] {
	const spared = (row.spared ?? 0) + 1;
	const set = { ...base.set, spared };
	if (spared > SPARED_TRIES[failure.kind === 'permanent' ? 'permanent' : 'not_sent']) {
		const sentence = `Waits for a person: its sender was refused ${spared} times. ${failure.message}`;
		return [{ ...base, to: 'failed', sentence, set }, { row, to: 'in_review', actor: 'dispatcher', sentence }];
	}
	const pause = failure.action === 'reconnect_token' ? TOKEN_PAUSE_MS : (failure.pauseSeconds ?? 0) * SECOND;
	const asked = failure.action === 'reconnect_token' ? now : (failure.retryAt ?? now);
	return [{ ...base, to: 'scheduled', held: true, sentence: failure.sentence ?? `Waits for its sender: ${said}`, set: { ...set, send_at: Math.max(later(now, pause), asked) } }];
}

/** Tries that were the message's own: those that only met a refused sender do not count. */
function ownTries(row: OutboundDbRow, attempts: number): number {
	return attempts - (row.spared ?? 0);
}
