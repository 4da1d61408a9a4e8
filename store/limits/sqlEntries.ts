import { sql } from 'kysely';
import type { EpochMs } from '../../engine/time';
import { cleanText, keyOf } from '../bulk';
import type { Session } from '../session';
import type { LimitScope } from '../store';

/** The live entries of the scopes in question, kept up to date while a batch is decided. */
export class Entries {
	readonly #byScope: Map<string, EpochMs[]>;
	/** Windows handed out so far, so that many requests with the same window share one list. */
	readonly #windows = new Map<string, Map<string, { scope: LimitScope; times: EpochMs[] }>>();

	constructor(rows: readonly { workspace: string; scope: string; at: EpochMs }[]) {
		this.#byScope = new Map();
		for (const { workspace, scope, at } of rows) {
			const key = keyOf(workspace, scope);
			const times = this.#byScope.get(key);
			if (times) times.push(at);
			else this.#byScope.set(key, [at]);
		}
	}

	window(workspace: string, scope: LimitScope): readonly EpochMs[] {
		const key = keyOf(workspace, cleanText(scope.key));
		const windows = this.#windows.get(key) ?? new Map<string, { scope: LimitScope; times: EpochMs[] }>();
		this.#windows.set(key, windows);
		const name = `${scope.from} ${scope.to}`;
		const known = windows.get(name);
		if (known) return known.times;
		const times = (this.#byScope.get(key) ?? []).filter((at) => scope.from <= at && at < scope.to);
		windows.set(name, { scope, times });
		return times;
	}

	add(workspace: string, scopeKey: string, at: EpochMs): void {
		const key = keyOf(workspace, cleanText(scopeKey));
		const all = this.#byScope.get(key);
		if (all) insertSorted(all, at);
		else this.#byScope.set(key, [at]);
		for (const { scope, times } of this.#windows.get(key)?.values() ?? []) {
			if (scope.from <= at && at < scope.to) insertSorted(times, at);
		}
	}
}

function insertSorted(times: EpochMs[], at: EpochMs): void {
	let place = times.length;
	while (place > 0 && times[place - 1] > at) place--;
	times.splice(place, 0, at);
}

export async function liveEntries(session: Session, requests: readonly { workspace: string; scopes: readonly LimitScope[] }[]): Promise<Entries> {
	const spans = new Map<string, { workspace: string; scope: string; from_at: number; to_at: number }>();
	for (const { workspace, scopes } of requests) {
		for (const { key, from, to } of scopes) {
			const name = keyOf(workspace, key);
			const span = spans.get(name);
			if (!span) spans.set(name, { workspace, scope: key, from_at: from, to_at: to });
			else {
				span.from_at = Math.min(span.from_at, from);
				span.to_at = Math.max(span.to_at, to);
			}
		}
	}
	if (spans.size === 0) return new Entries([]);
	const values = session.values('v', { workspace: 'text', scope: 'text', from_at: 'int', to_at: 'int' }, [...spans.values()]);
	const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
	const rows = await session.rows(sql<{ workspace: string; scope: string; at: EpochMs }>`
		select e.workspace, e.scope, e.at from ${values} ${join} ${session.table('limit_entries')} as e
			on e.workspace = v.workspace and e.scope = v.scope and e.at >= v.from_at and e.at < v.to_at
		where e.expires_at is null or e.expires_at > ${session.now} order by e.at`);
	return new Entries(rows);
}
