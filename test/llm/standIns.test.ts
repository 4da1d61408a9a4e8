import { keyFingerprint } from '../../llm/keyLedger';
import type { ModelSource } from '../../llm/modelSource';
import { RETRY_POLICY } from '../../llm/retry';
import { anthropicError, openaiError, SANDBOX, startStandIns, type StandIns } from '../../sandbox/standins';
import { handMadeModel, langchainModel, LANGCHAIN } from './connectedModels';
import { context, failureOf, Lead, openAccess, request } from './subjects';

interface Way {
	name: string;
	model: string;
	service: 'openai' | 'anthropic';
	key: string;
	source(url: string, keys: string[]): ModelSource;
}
const OPENAI = { model: 'gpt-4o-mini', service: 'openai', key: SANDBOX.openaiKey } as const;
const ERROR = { openai: openaiError, anthropic: anthropicError };
const ways: Way[] = [
	{ ...OPENAI, name: 'OpenAI', source: (url, keys) => ({ kind: 'openai', modelId: 'gpt-4o-mini', baseUrl: `${url}/v1`, keys: keys.map((key) => ({ key })) }) },
	{
		name: 'Anthropic',
		model: 'claude-haiku-4-5',
		service: 'anthropic',
		key: SANDBOX.anthropicKey,
		source: (url, keys) => ({ kind: 'anthropic', modelId: 'claude-haiku-4-5', baseUrl: url, keys: keys.map((key) => ({ key })) }),
	},
	{ ...OPENAI, name: 'a connected model of the least kind', source: (url, [key = '']) => ({ kind: 'connected', model: handMadeModel({ url, key, model: 'gpt-4o-mini' }) }) },
];
if (LANGCHAIN) ways.push({ ...OPENAI, name: "LangChain's ChatOpenAI", source: (url, [key = '']) => ({ kind: 'connected', model: langchainModel({ url, key, model: 'gpt-4o-mini' }) }) });

let standIns: StandIns;
let url: string;
beforeAll(async () => {
	standIns = await startStandIns();
	url = `http://127.0.0.1:${standIns.httpPort}`;
});
afterAll(() => standIns.stop());
beforeEach(() => standIns.script.reset());

describe.each(ways)("the sandbox's stand-in through $name", ({ model, service, key, source }) => {
	const open = (keys: string[] = [key], callTimeoutMs = RETRY_POLICY.callTimeoutMs) => openAccess(source(url, keys), { policy: { ...RETRY_POLICY, callTimeoutMs } });

	it('answers with text and tokens', async () => {
		standIns.script.model(() => ({ text: 'Gern!', usage: { input: 12, output: 3 } }));
		expect(await open().access.complete(request, context)).toMatchObject({ text: 'Gern!', usage: { inputTokens: 12, outputTokens: 3 }, modelId: model });
	});

	it('answers a schema', async () => {
		standIns.script.model(() => ({ json: { intent: 'warm', score: 55 } }));
		expect((await open().access.completeStructured(request, Lead, context)).value).toEqual({ intent: 'warm', score: 55 });
	});

	it('limits, and is asked again after Retry-After', async () => {
		standIns.script.next(service, { ...ERROR[service](429), headers: { 'retry-after': '3' } });
		const { access, time } = open();
		expect((await access.complete(request, context)).attempts).toBe(2);
		expect(time.waits).toEqual([3000]);
	});

	it.each([
		['fails', ERROR[service](500)],
		['sends a web page', { rubbish: true }],
		['closes the connection', { drop: true }],
		['is cut in the middle', { truncate: true }],
	])('%s three times and counts as unavailable', async (_how, failure) => {
		standIns.script.next(service, { ...failure, times: 3 });
		expect(await failureOf(open().access.complete(request, context))).toMatchObject({ kind: 'unavailable', attempts: 3 });
	});

	it('stalls and is given up in time', async () => {
		standIns.script.next(service, { stall: true, times: 3 });
		expect(await failureOf(open(undefined, 60).access.complete(request, context))).toMatchObject({ kind: 'timeout', attempts: 3 });
	});

	it('refuses a wrong key', async () => {
		expect(await failureOf(open(['sk-wrong']).access.complete(request, context))).toMatchObject({ kind: 'invalid_key', status: 401 });
	});
});

it('goes to the next key when the stand-in refuses the first', async () => {
	const source: ModelSource = { kind: 'openai', modelId: 'gpt-4o-mini', baseUrl: `${url}/v1`, keys: [{ key: 'sk-wrong' }, { key: SANDBOX.openaiKey }] };
	expect(await openAccess(source).access.complete(request, context)).toMatchObject({ attempts: 1, keyFingerprint: keyFingerprint(SANDBOX.openaiKey) });
});

it.each([
	[0.2, 0.2],
	[1.6, 1],
])('Anthropic gets the temperature %p as %p', async (asked, sent) => {
	standIns.script.model((seen) => ({ text: JSON.stringify(seen.raw) }));
	const source: ModelSource = { kind: 'anthropic', modelId: 'claude-haiku-4-5', baseUrl: url, keys: [{ key: SANDBOX.anthropicKey }] };
	const answer = await openAccess(source).access.complete({ ...request, temperature: asked }, context);
	expect(JSON.parse(answer.text)).toMatchObject({ temperature: sent });
});
