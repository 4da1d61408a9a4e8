import { SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';

type Script = NonNullable<Parameters<StandIns['script']['model']>[0]>;
export type StandInRequest = Parameters<Script>[0];

/** The sandbox's OpenAI stand-in behind a model credential. Call inside a describe block. */
export function useModelStandIn() {
	let world: StandIns | undefined;
	const requests: StandInRequest[] = [];
	const open = () => {
		if (!world) throw new Error('The stand-in runs only inside a test');
		return world;
	};

	beforeAll(async () => {
		world = await startStandIns();
	});
	afterAll(async () => {
		await world?.stop();
	});
	beforeEach(() => {
		requests.length = 0;
		open().script.reset();
	});

	return {
		/** What was asked since the test began. */
		requests,
		/** Answers every call with this JSON. */
		answers(json: unknown | ((request: StandInRequest) => unknown)) {
			open().script.model((request) => {
				requests.push(request);
				return { json: typeof json === 'function' ? (json as (request: StandInRequest) => unknown)(request) : json, usage: { input: 100, output: 20 } };
			});
		},
		/** Every call fails like this. */
		fails(failure: { status: number; body?: unknown }) {
			open().script.model((request) => {
				requests.push(request);
				return failure;
			});
		},
		script: () => open().script,
		credential: (changes: Record<string, string | number> = {}) => ({
			leadAutopilotModelApi: { provider: 'compatible', baseUrl: `http://127.0.0.1:${open().httpPort}/v1`, model: 'gpt-4o-mini', apiKeys: SANDBOX.openaiKey, ...changes },
		}),
	};
}
