import { epochMs, type EpochMs } from '../../engine/time';
import { cleanText, fromJson } from '../bulk';
import type { LimitCheck, LimitScope } from '../store';
import { scriptOf, type RedisConnection } from './connection';
import { LIMIT_SCRIPT } from './limitScript';

const SCRIPT = scriptOf(LIMIT_SCRIPT);

/** A reservation stays countable this long after its message left: the longest rolling window is 90 days, a day 25 hours. */
export const REACH_MS = 92 * 24 * 3_600_000;

/** One request as the script takes it. */
export interface CounterRequest {
	workspace: string;
	key: string;
	id: string;
	at: number;
	expires: number;
	scopes: readonly string[];
	checks: readonly LimitCheck[];
}
/** granted and denied: what each check counted before. repeated: the id under which the key was granted. */
export type CounterAnswer = { kind: 'granted' | 'denied'; used: number[] } | { kind: 'repeated'; id: string };

/** A reservation to write as it is now; without `due` it does not count any more. */
export interface CounterRecord {
	workspace: string;
	key: string;
	id: string;
	at: number;
	due?: number;
	scopes: readonly string[];
}

/** Redis does not hold the epoch: it was emptied, or others count under another one. */
export const OTHER_EPOCH = 'epoch';

/** No two pairs of workspace and name give the same text. */
const nameOf = (workspace: string, name: string): string => `${workspace.length}:${workspace}:${cleanText(name)}`;

function checkValues({ window, limit }: LimitCheck): number[] {
	return window.kind === 'span' ? [0, window.from, window.to, limit] : [1, window.at, window.length, limit];
}

/** The script's operations, typed. */
export class LimitCounters {
	/** `namespace` keeps databases that share a Redis apart. */
	constructor(
		private readonly connection: RedisConnection,
		namespace: string,
	) {
		this.#marker = `lead-autopilot:{${namespace}}`;
	}
	readonly #marker: string;

	async reserve(epoch: string, now: EpochMs, requests: readonly CounterRequest[]): Promise<typeof OTHER_EPOCH | { drained: number; answers: CounterAnswer[] }> {
		// Scopes are named once a batch: most are shared by many of its requests.
		const places = new Map<string, number>();
		const placeOf = (workspace: string, scope: string): number => {
			const name = nameOf(workspace, scope);
			const known = places.get(name);
			if (known !== undefined) return known;
			places.set(name, places.size + 1);
			return places.size;
		};
		const asked = requests.map(({ workspace, key, id, at, expires, scopes, checks }) => {
			const own = scopes.map((scope) => placeOf(workspace, scope));
			return [nameOf(workspace, key), id, at, expires, own, checks.flatMap((check) => [own[scopes.indexOf(check.scope)] ?? placeOf(workspace, check.scope), ...checkValues(check)])];
		});
		const reply = await this.run(epoch, now, 'reserve', [[...places.keys()], asked]);
		if (reply === OTHER_EPOCH) return OTHER_EPOCH;
		const [drained, answers] = fromJson<[number, ([2, string] | [0 | 1, ...number[]])[]]>(reply);
		return {
			drained,
			answers: answers.map((answer): CounterAnswer => (answer[0] === 2 ? { kind: 'repeated', id: answer[1] } : { kind: answer[0] === 1 ? 'granted' : 'denied', used: answer.slice(1).map(Number) })),
		};
	}

	/** The times counted in these scopes, ascending, and what is counted under these checks. */
	async look(epoch: string, now: EpochMs, scopes: readonly { workspace: string; scope: LimitScope }[], checks: readonly { workspace: string; check: LimitCheck }[]): Promise<typeof OTHER_EPOCH | { times: EpochMs[][]; counts: number[] }> {
		const ranges = scopes.map(({ workspace, scope: { key, from, to } }) => [nameOf(workspace, key), from, to]);
		const counted = checks.map(({ workspace, check }) => [nameOf(workspace, check.scope), ...checkValues(check)]);
		const reply = await this.run(epoch, now, 'look', [ranges, counted]);
		if (reply === OTHER_EPOCH) return OTHER_EPOCH;
		const [lists, counts] = fromJson<[string, string]>(reply);
		const listed = lists.split(';');
		return {
			times: scopes.map((_, place) => (listed[place] ? listed[place].split(',').map((time) => epochMs(Number(time))) : [])),
			counts: counts === '' ? [] : counts.split(',').map(Number),
		};
	}

	/** Writes reservations as they are now and answers with the number of this telling. */
	async put(epoch: string, now: EpochMs, records: readonly CounterRecord[]): Promise<typeof OTHER_EPOCH | number> {
		const reply = await this.run(epoch, now, 'put', records.map(recordValues));
		return reply === OTHER_EPOCH ? OTHER_EPOCH : Number(reply);
	}

	/** As `put`, for an epoch that has not begun. */
	async load(epoch: string, now: EpochMs, records: readonly CounterRecord[]): Promise<void> {
		await this.run(epoch, now, 'load', records.map(recordValues));
	}

	/** From now on this epoch counts; what others left behind is deleted. */
	async begin(epoch: string, now: EpochMs): Promise<void> {
		await this.run(epoch, now, 'begin', []);
		await this.connection.deleteMatching(`${this.#marker.replace(/[[\]?*\\]/g, '\\$&')}:*`, `${this.#marker}:${epoch}:`);
	}

	/** Gives these back, unless their keys were granted anew since. */
	async forget(epoch: string, now: EpochMs, reservations: readonly { workspace: string; key: string; id: string }[]): Promise<void> {
		await this.run(epoch, now, 'forget', reservations.map(({ workspace, key, id }) => [nameOf(workspace, key), id]));
	}

	/** Whether Redis counts under this epoch. @throws RedisAwayError */
	async holds(epoch: string, now: EpochMs): Promise<boolean> {
		return (await this.run(epoch, now, 'forget', [])) !== OTHER_EPOCH;
	}

	/** @throws RedisAwayError */
	async ping(): Promise<void> {
		await this.connection.ping();
	}

	private async run(epoch: string, now: EpochMs, operation: string, input: unknown): Promise<string> {
		return String(await this.connection.script(SCRIPT, this.#marker, [epoch, now, operation, JSON.stringify(input)]));
	}
}

function recordValues({ workspace, key, id, at, due, scopes }: CounterRecord): unknown[] {
	return [nameOf(workspace, key), id, at, due ?? false, scopes.map((scope) => nameOf(workspace, scope))];
}
