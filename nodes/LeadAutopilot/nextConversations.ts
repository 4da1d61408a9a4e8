import { GRAPH_READING, type GraphFailure } from '../../engine/channels/graphReading';
import { parseConversations, type ConversationPage, type HistoricConversation } from '../../engine/message/intake/metaConversations';
import { keepInView, wantedOf, type SyncPosition } from '../../engine/runs/conversationSync';
import type { RunItem } from '../../store/store';
import { settled } from '../shared/batch';
import { askConversations } from './graphConversations';
import { recordConversations, type WithPerson } from './recordHistory';
import { call, keep, startOf, trouble, type StepResult, type SyncStep } from './syncStep';

/** With each error about a whole page this much fewer conversations are asked for, down to the one that is at fault. */
const FEWER = 7;

/** Reads one page, keeps what is in it and puts those with news in line. */
export async function nextPage(step: SyncStep, position: SyncPosition): Promise<StepResult> {
	const { account } = step;
	const { pageId, size, after } = position;
	const asked = await call(step, async () => await askConversations(step.context, pageId, { channel: account.channel, size, after }), position);
	if ('over' in asked) return asked.over;
	const counted = { ...position, calls: position.calls + 1 };
	if (!asked.result.ok) {
		const { failure } = asked.result;
		// Not known whether one conversation is at fault or all of Meta: with fewer it shows. Without an answer at all it is not.
		if (!/^-?\d/.test(failure.code) || (failure.kind !== 'passing' && failure.kind !== 'request')) return await trouble(step, counted, failure);
		if (size > 1) return { position: await keep(step, { ...counted, size: Math.max(1, Math.floor(size / FEWER)) }) };
		return await passOver(step, counted, failure);
	}
	return { position: await take(step, counted, await parsed(step, counted, asked.result.body)) };
}

async function parsed({ store, account }: SyncStep, { own }: SyncPosition, body: unknown): Promise<ConversationPage> {
	return parseConversations(body, { channel: account.channel, own, now: await store.clock.now() });
}

/** The one conversation that cannot be read is noted, and the rest goes on behind it. */
async function passOver(step: SyncStep, position: SyncPosition, failure: GraphFailure): Promise<StepResult> {
	const { account } = step;
	const asked = await call(step, async () => await askConversations(step.context, position.pageId, { channel: account.channel, size: 1, after: position.after, withMessages: false }), position);
	if ('over' in asked) return asked.over;
	const counted = { ...position, calls: position.calls + 1 };
	// Even without what is in it: then it is not this conversation.
	if (!asked.result.ok) return await trouble(step, counted, asked.result.failure);
	const page = await parsed(step, counted, asked.result.body);
	const { wanted, reachedOld, reachedLimit } = wantedOf(page.conversations, counted, step.run.options);
	const items = wanted.map(({ id }): RunItem => ({ itemId: id, platform: account.channel, result: 'failed', error: failure.message, code: failure.code }));
	const inView = wanted.reduce((at, { updatedAt }) => keepInView(at, updatedAt), counted);
	return { position: await keep(step, { ...turned(inView, page, { reachedOld, reachedLimit }), size: GRAPH_READING.conversations }, items) };
}

/** The position behind a page. */
function turned(position: SyncPosition, page: ConversationPage, { reachedOld, reachedLimit }: { reachedOld: boolean; reachedLimit: boolean }): SyncPosition {
	const { since, seen } = position;
	const fresh = page.conversations.filter(({ updatedAt }) => since === undefined || updatedAt > since).length;
	return { ...position, after: page.after, readAll: reachedOld || reachedLimit || page.after === undefined, seen: seen + fresh, troubles: 0 };
}

const withPerson = (one: HistoricConversation): one is WithPerson => one.person !== undefined;

/** Keeps what is in a page: those with news wait to be handed out, the others are noted at once. */
async function take(step: SyncStep, position: SyncPosition, page: ConversationPage): Promise<SyncPosition> {
	const { store, run, account } = step;
	const found = wantedOf(page.conversations, position, run.options);
	const people = found.wanted.filter(withPerson);
	const scope = { workspace: run.workspace, channel: account.channel, account, now: await store.clock.now(), since: startOf(run) };
	const recorded = await recordConversations(store, scope, people);
	const items: RunItem[] = found.wanted.filter((one) => !withPerson(one)).map(({ id }) => ({ itemId: id, platform: account.channel, result: 'skipped' }));
	const pending = new Set<string>();
	let next = turned(position, page, found);
	people.forEach(({ id, updatedAt }, place) => {
		const result = recorded[place] ?? settled.failed(new Error('It was not recorded'));
		if (!result.ok) {
			items.push({ itemId: id, platform: account.channel, result: 'failed', error: result.error instanceof Error ? result.error.message : String(result.error) });
			next = keepInView(next, updatedAt);
		} else if (result.value.news > 0) pending.add(result.value.contactId);
		else items.push({ itemId: result.value.contactId, platform: account.channel, result: 'skipped' });
	});
	return await keep(step, { ...next, pending: [...pending], handed: [], handOuts: 0, size: Math.min(GRAPH_READING.conversations, next.size * 2) }, items);
}
