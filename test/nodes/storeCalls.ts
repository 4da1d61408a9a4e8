import type { Store } from '../../store/store';

/** The calls made to any store wrapped by `countingCalls`, as `repository.method`. */
export const storeCalls: string[] = [];

let overtaking: { call: string; act: () => Promise<unknown> } | undefined;

/** Once, right after the next such call and before its answer is used: what somebody else does meanwhile. */
export function afterCall(call: string, act: () => Promise<unknown>): void {
	overtaking = { call, act };
}

/** A store that notes each call. Each is one round trip or one transaction. */
export function countingCalls(store: Store): Store {
	return new Proxy(store, {
		get(target, repository: keyof Store) {
			const part: unknown = target[repository];
			if (typeof part !== 'object' || part === null) return part;
			return new Proxy(part, {
				get(methods, method: string) {
					const call: unknown = Reflect.get(methods, method);
					if (typeof call !== 'function') return call;
					return (...parameters: unknown[]): unknown => {
						storeCalls.push(`${repository}.${method}`);
						const answer: unknown = Reflect.apply(call, methods, parameters);
						if (overtaking?.call !== `${repository}.${method}`) return answer;
						const { act } = overtaking;
						overtaking = undefined;
						return Promise.resolve(answer).then(async (value) => {
							await act();
							return value;
						});
					};
				},
			});
		},
	});
}
