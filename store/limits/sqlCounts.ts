import { sql } from 'kysely';
import { cleanText } from '../bulk';
import type { Session } from '../session';
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

/** What lies in a range, and the last moment of it. */
interface Known {
	range: Range;
	count: number;
	last: number;
}

/** What is counted under checks, kept up to date while a batch is decided. */
export class Counts {
	readonly #ranges = new Map<string, Known>();
	readonly #byScope = new Map<string, Known[]>();

	/** Counts in the database, each range once however many ask for it. */
	static async load(session: Session, questions: readonly CheckQuestion[]): Promise<Counts> {
		const counts = new Counts();
		for (const question of questions) counts.know(rangeOf(question));
		const ranges = [...counts.#ranges.values()];
		if (ranges.length === 0) return counts;
		const rows = ranges.map(({ range: { workspace, scope, from, to } }, place) => ({ place, workspace, scope, from_at: from, to_at: to }));
		const values = session.values('x', { place: 'int', workspace: 'text', scope: 'text', from_at: 'int', to_at: 'int' }, rows);
		// Materialized and joined in this order: SQLite would take the values out of the JSON again for every entry.
		const join = session.dialect === 'sqlite' ? sql`cross join` : sql`join`;
		const counted = await session.rows(sql<{ place: number; n: number; last: number }>`
			with v as materialized (select * from ${values})
			select v.place, count(*) as n, max(e.at) as last from v ${join} ${session.table('limit_entries')} as e
				on e.workspace = v.workspace and e.scope = v.scope and e.at >= v.from_at and e.at < v.to_at
			where e.expires_at is null or e.expires_at > ${session.now} group by v.place`);
		for (const { place, n, last } of counted) Object.assign(ranges[place], { count: n, last });
		return counts;
	}

	/** Only when nothing lies after a rolling window's moment (see `hasLater`). */
	of(question: CheckQuestion): number {
		return this.#ranges.get(nameOf(rangeOf(question)))?.count ?? 0;
	}

	/** Whether entries after a rolling window's moment make the count depend on where they lie. */
	hasLater(question: CheckQuestion): boolean {
		const { window } = question.check;
		return window.kind === 'rolling' && (this.#ranges.get(nameOf(rangeOf(question)))?.last ?? 0) > window.at;
	}

	add(workspace: string, scope: string, at: number): void {
		for (const known of this.#byScope.get(placeOf(workspace, scope)) ?? []) {
			if (at < known.range.from || at >= known.range.to) continue;
			known.count++;
			known.last = Math.max(known.last, at);
		}
	}

	private know(range: Range): void {
		const name = nameOf(range);
		if (this.#ranges.has(name)) return;
		const known = { range, count: 0, last: 0 };
		this.#ranges.set(name, known);
		const scope = placeOf(range.workspace, range.scope);
		const others = this.#byScope.get(scope);
		if (others) others.push(known);
		else this.#byScope.set(scope, [known]);
	}
}
