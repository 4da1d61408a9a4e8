import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Allowance } from '../../engine/limit/allowance';
import { countedDecision } from '../../engine/limit/countedDecision';
import { emptyCounters, reserveBounded } from '../../engine/limit/boundedCounters';
import { decideAllowance, type LimitDecision } from '../../engine/limit/decideAllowance';
import type { LimitRequest } from '../../engine/limit/rule';
import { scopesOf } from '../../engine/limit/scopes';
import { derivedId } from '../../engine/message/spine';
import { isZone } from '../../engine/sendTime/zoneClock';
import { epochMs, MINUTE, type EpochMs } from '../../engine/time';
import type { ReserveRequest, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStoreIfReachable } from '../shared/openNodeStore';
import { derivedKey, readReservation, type ReservationParameters } from './readReservation';

const ALLOWED = 0;
const LIMITED = 1;

/** A reservation nobody binds to a job is given back after this. */
const LAPSE_MS = 15 * MINUTE;

/** The process's counters for the time the store is away: shared by all executions of this n8n process, empty after a restart. */
const processCounters = emptyCounters();

type Prepared = ReservationParameters & { full: LimitRequest & { at: EpochMs }; key: string };

function prepare(items: ReadItem<ReservationParameters>[], now: EpochMs, workspaceZones: ReadonlyMap<string, string>): Prepared[] {
	const seen = new Map<string, number>();
	return items.map(({ params }) => {
		const zone = workspaceZones.get(params.workspace);
		// A send time that has passed means: as soon as it may.
		const at = Math.max(params.at ?? now, now) as EpochMs;
		const full = { ...params.request, at, workspaceTimezone: zone };
		if (params.idempotencyKey !== undefined) return { ...params, full, key: params.idempotencyKey };
		const dayZone = params.request.timezone ?? (zone !== undefined && isZone(zone) ? zone : 'UTC');
		const first = derivedKey(params, at, dayZone, 0);
		const place = `${params.workspace} ${first}`;
		const earlier = seen.get(place) ?? 0;
		seen.set(place, earlier + 1);
		return { ...params, full, key: earlier === 0 ? first : derivedKey(params, at, dayZone, earlier) };
	});
}

/** The workspaces' own zones, read only when a rule's day depends on them. */
async function workspaceZones(store: Store, items: ReadItem<ReservationParameters>[]): Promise<Map<string, string>> {
	const shared = (params: ReservationParameters): boolean => params.rules.some((rule) => rule.window.kind === 'day' && rule.scope !== 'contact' && rule.scope !== 'contact_channel');
	const workspaces = [...new Set(items.filter(({ params }) => !params.zoneKnown || shared(params)).map(({ params }) => params.workspace))];
	const settings = await store.settings.effective(workspaces.map((workspace) => ({ workspace })));
	return new Map(workspaces.flatMap((workspace, index) => (settings[index].timezone === undefined ? [] : [[workspace, settings[index].timezone]])));
}

function toRequest({ workspace, rules, full, key }: Prepared): ReserveRequest<LimitDecision> {
	return { workspace, idempotencyKey: key, at: full.at, scopes: scopesOf(rules, full), decide: (entries) => decideAllowance(rules, full, entries), counted: countedDecision(rules, full) };
}

function toAllowance(answer: { decision: LimitDecision; reservationId?: string; repeated: boolean }): Allowance {
	const { decision, reservationId, repeated } = answer;
	const sentence = repeated ? `${decision.sentence} It was counted before and took nothing again.` : decision.sentence;
	return { ...decision, ...(reservationId === undefined ? {} : { reservationId }), sentence };
}

/** That somebody's message was held back is a decision about them; what was let through is told by the message itself. One more store call, and only when something was refused. */
async function noteRefusals(store: Store, prepared: readonly Prepared[], allowances: readonly Settled<Allowance>[], now: EpochMs): Promise<void> {
	const refused = allowances.flatMap((allowance, place) => (allowance.ok && !allowance.value.allowed ? [{ ...prepared[place], allowance: allowance.value }] : []));
	await store.audit.note(
		refused.map(({ workspace, key, full, allowance: { rule, sentence, retryAt } }) => ({
			workspace,
			// Asked again, the same refusal is the same decision.
			id: derivedId('rate_limit', workspace, key, rule ?? '', retryAt ?? ''),
			contactId: full.contact,
			kind: 'rate_limit' as const,
			at: now,
			actor: 'engine',
			sentence,
			...(rule === undefined ? {} : { detail: { rule } }),
		})),
	);
}

/** One store call for the whole batch; an item whose request cannot be made fails by itself. */
async function reserveInStore(store: Store, items: ReadItem<ReservationParameters>[]): Promise<Settled<Allowance>[]> {
	const zones = await workspaceZones(store, items);
	const now = await store.clock.now();
	const prepared = prepare(items, now, zones);
	const requests = prepared.map((one): Settled<ReserveRequest<LimitDecision>> => {
		try {
			return settled.ok(toRequest(one));
		} catch (error) {
			return settled.failed(error);
		}
	});
	const sound = requests.flatMap((request) => (request.ok ? [request.value] : []));
	const answers = await commitIsolated(sound, async (batch) => await store.limits.reserve(batch, LAPSE_MS));
	let next = 0;
	const allowances = requests.map((request) => {
		if (!request.ok) return request;
		const answer = answers[next++];
		return answer.ok ? settled.ok(toAllowance(answer.value)) : answer;
	});
	await noteRefusals(store, prepared, allowances, now);
	return allowances;
}

function reserveInProcess(items: ReadItem<ReservationParameters>[], reason: string): Settled<Allowance>[] {
	const now = epochMs(Date.now());
	return prepare(items, now, new Map()).map(({ storeAway, rules, full, key, workspace }) => {
		if (storeAway === 'closed') {
			return settled.failed(new ItemInputError('Nothing is let through while the store is away', `${reason}. Bring the store back, or set 'When the Store Is Away' to 'Count in This Process'.`));
		}
		try {
			return settled.ok(reserveBounded(processCounters, rules, { ...full, workspace, idempotencyKey: key, now }));
		} catch (error) {
			return settled.failed(error);
		}
	});
}

export async function reserve(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch(context, {
		outputs: 2,
		failedOutput: LIMITED,
		read: (index, item) => readReservation(context, index, item),
		decide: async (items) =>
			await withStoreIfReachable(context, async (store, reason) => {
				if (store) return await reserveInStore(store, items);
				const message = `The store is away (${reason}): limits were counted by this n8n process alone, and nothing was reserved.`;
				context.addExecutionHints({ message, location: 'outputPane', type: 'warning' });
				return reserveInProcess(items, reason ?? 'no reason known');
			}),
		write: (allowance) => ({ output: allowance.allowed ? ALLOWED : LIMITED, json: { allowance } }),
	});
}
