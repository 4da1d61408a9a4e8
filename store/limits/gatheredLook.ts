import type { EpochMs } from '../../engine/time';
import { Gathering } from '../gathering';
import type { LimitCheck, LimitLook, LimitScope } from '../store';

export interface ScopeQuestion {
	workspace: string;
	scope: LimitScope;
}
export interface CheckQuestion {
	workspace: string;
	check: LimitCheck;
}
/** Answers to many questions in one go: the times counted in each scope, ascending, and what each check counts. */
export type LookTogether = (scopes: readonly ScopeQuestion[], checks: readonly CheckQuestion[]) => Promise<{ times: readonly (readonly EpochMs[])[]; counts: readonly number[] }>;

type Question = ScopeQuestion | CheckQuestion;
type Answer = { times: readonly EpochMs[] } | { count: number };

/** All denials of a batch look together, one round after the other. */
export class GatheredLook {
	readonly #questions: Gathering<Question, Answer>;

	constructor(look: LookTogether) {
		this.#questions = new Gathering(
			async (questions) => {
				const scopes = questions.flatMap((question) => ('scope' in question ? [question] : []));
				const checks = questions.flatMap((question) => ('check' in question ? [question] : []));
				const { times, counts } = await look(scopes, checks);
				let [scope, check] = [0, 0];
				return questions.map((question): Answer => ('scope' in question ? { times: times[scope++] ?? [] } : { count: counts[check++] ?? 0 }));
			},
			{ flights: 1, items: 2_000 },
		);
	}

	of(workspace: string): LimitLook {
		return {
			entries: async (scopes) => {
				const asked = widest(scopes);
				const answers = await this.#questions.run(asked.map((scope) => ({ workspace, scope })));
				return new Map(asked.map(({ key }, place) => [key, timesOf(answers[place])]));
			},
			counts: async (checks) => (await this.#questions.run(checks.map((check) => ({ workspace, check })))).map((answer) => ('count' in answer ? answer.count : 0)),
		};
	}
}

function timesOf(answer: Answer): readonly EpochMs[] {
	return 'times' in answer ? answer.times : [];
}

/** Each key once, as wide as any of its ranges. */
function widest(scopes: readonly LimitScope[]): LimitScope[] {
	const byKey = new Map<string, LimitScope>();
	for (const scope of scopes) {
		const known = byKey.get(scope.key);
		if (!known) byKey.set(scope.key, scope);
		else byKey.set(scope.key, { key: scope.key, from: known.from < scope.from ? known.from : scope.from, to: known.to > scope.to ? known.to : scope.to });
	}
	return [...byKey.values()];
}
