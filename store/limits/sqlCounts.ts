import { sql } from 'kysely';
import { cleanText } from '../bulk';
import type { Session } from '../session';
import type { LimitCheck } from '../store';
import type { CheckQuestion } from './gatheredLook';

interface Range {
	workspace: string;
	scope: string;
	from: number;
	to: number;
}

/** Where the entries lie that matter to a check: for a rolling window also those after its moment. */
function rangeOf({ workspace, check }: CheckQuestion): Range {
	const { window } = check;
	// As it is stored: else what was taken would not be found again.
	const scope = cleanText(check.scope);
	return window.kind === 'span' ? { workspace, scope, from: window.from, to: window.to } : { workspace, scope, from: window.at - window.length + 1, to: window.at + window.length };
}

const nameOf = ({ workspace, scope, from, to }: Range): string => `${from} ${to} ${workspace.length} ${workspace} ${scope}`;
const placeOf = (workspace: string, scope: string): string => `${workspace.length} ${workspace} ${scope}`;

/** What lies in a check's range, and the last moment of it. Kept up to date while a batch is decided. */
export interface Known {
	readonly range: Range;
	count: number;
	last: number;
}

/** Whether entries after a rolling window's moment make the count depend on where they lie: then it cannot be had by counting. */
export function hasLater({ window }: LimitCheck, { last }: Known): boolean {
	return window.kind === 'rolling' && last > window.at;
}

/** What is counted under checks, kept up to date while a batch is decided. */
export class Counts {
	readonly #ranges = new Map<string, Known>();
	readonly #byScope = new Map<string, Known[]>();

	/** Counts in the database, each range once however many ask for it. `known` are the answers, in the order of the questions. */
	static async load(session: Session, questions: readonly CheckQuestion[]): Promise<{ counts: Counts; known: Known[] }> {
		const counts = new Counts();
		const known = questions.map((question) => counts.know(rangeOf(question)));
		await counts.read(session);
		return { counts, known };
	}

	private async read(session: Session): Promise<void> {
		const ranges = [...this.#ranges.values()];
		if (ranges.length === 0) return;
		const rows = ranges.map(({ range: { workspace, scope, from, to } }, place) => ({ place, workspace, scope, from_at: from, to_at: to }));
		const values = session.values('x', { place: 'int', workspace: 'text', scope: 'text', from_at: 'int', to_at: 'int' }, rows);
		// Materialized and joined in this order: SQLite would take the values out of the JSON again for every entry.
		const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
		const counted = await session.rows(sql<{ place: number; n: number; last: number }>`
			with v as materialized (select * from ${values})
			select v.place, count(*) as n, max(e.at) as last from v ${join} ${session.table('limit_entries')} as e
				on e.workspace = v.workspace and e.scope = v.scope and e.at >= v.from_at and e.at < v.to_at
			where e.expires_at is null or e.expires_at > ${session.now} group by v.place`);
		for (const { place, n, last } of counted) {
			ranges[place].count = n;
			ranges[place].last = last;
		}
	}

	add(workspace: string, scope: string, at: number): void {
		for (const known of this.#byScope.get(placeOf(workspace, scope)) ?? []) {
			if (at < known.range.from || at >= known.range.to) continue;
			known.count++;
			known.last = Math.max(known.last, at);
		}
	}

	private know(range: Range): Known {
		const name = nameOf(range);
		const before = this.#ranges.get(name);
		if (before) return before;
		const known = { range, count: 0, last: 0 };
		this.#ranges.set(name, known);
		const scope = placeOf(range.workspace, range.scope);
		const others = this.#byScope.get(scope);
		if (others) others.push(known);
		else this.#byScope.set(scope, [known]);
		return known;
	}
}
