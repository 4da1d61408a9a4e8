import { keyFingerprint } from '../../llm/keyLedger';
import type { ModelAccessConfig } from '../../llm/modelAccess';
import { promptVersion } from '../../llm/promptVersion';
import { startModelServer, USAGE, type ModelServer } from './modelServer';
import { context, failureOf, FIRST, GOOD, Lead, openAccess, request, subjects, SYSTEM } from './subjects';

let server: ModelServer;
beforeAll(async () => {
	server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

describe.each(subjects)('an answer through $name', ({ answersAs, cost, ring, refusalIs, losesRubbish, nativeSchema, source }) => {
	const open = (more: Partial<ModelAccessConfig> = {}, keys = [FIRST]) => openAccess(source(server.url, keys), more);
	const json = (value: unknown) => ({ text: JSON.stringify(value), model: answersAs });

	it('answers with text, tokens, model, cost and one exact log entry', async () => {
		server.plan({ text: 'It is 20 euros.', model: answersAs });
		const { access, log, errors } = open();
		const answer = await access.complete(request, context);
		const version = promptVersion({ system: SYSTEM });
		const fingerprint = ring ? keyFingerprint(FIRST) : undefined;
		expect(answer).toEqual({ text: 'It is 20 euros.', truncated: false, modelId: answersAs, promptVersion: version, usage: USAGE, costUsd: cost, latencyMs: 0, attempts: 1, retryCount: 0, keyFingerprint: fingerprint });
		expect(log.entries).toEqual([
			{
				workspace: 'acme',
				purpose: 'classify',
				modelId: answersAs,
				keyFingerprint: fingerprint,
				promptVersion: version,
				inputTokens: 1000,
				outputTokens: 200,
				costUsd: cost,
				latencyMs: 0,
				attempts: 1,
				outcome: 'ok',
				correlationId: 'draft-1',
				at: '2026-03-02T12:00:00.000Z',
			},
		]);
		expect(server.seen).toHaveLength(1);
		expect(server.seen[0]).toMatchObject({ key: FIRST, system: SYSTEM, messages: request.messages });
		expect(errors).toEqual([]);
	});

	it('leaves tokens and cost out when the provider reports none', async () => {
		server.plan({ text: 'Yes.', usage: 'none' });
		const { access, log } = open();
		const answer = await access.complete(request, context);
		expect(answer.usage).toBeUndefined();
		expect(answer.costUsd).toBeUndefined();
		expect(log.entries[0]).not.toHaveProperty('inputTokens');
		expect(log.entries[0]?.costUsd).toBeUndefined();
	});

	it('asks for the schema and gives the checked value', async () => {
		server.plan(json(GOOD));
		const { access } = open();
		const answer = await access.completeStructured(request, Lead, context);
		expect(answer.value).toEqual(GOOD);
		expect(answer.attempts).toBe(1);
		const [seen] = server.seen;
		if (nativeSchema) expect(seen?.schema).toMatchObject({ type: 'object', required: ['intent', 'score'], additionalProperties: false });
		else expect(seen?.system).toContain('"required":["intent","score"]');
	});

	it('finds the JSON inside a code fence and talk', async () => {
		const fenced = { text: `Sure! Here is [the] result:\n\`\`\`json\n${JSON.stringify(GOOD)}\n\`\`\`\nAnything else?` };
		server.plan(fenced, fenced);
		const { access } = open();
		expect((await access.completeStructured(request, Lead, context)).value).toEqual(GOOD);
		expect(server.seen).toHaveLength(losesRubbish ? 2 : 1);
	});

	it('repairs rubbish once, showing what was wrong', async () => {
		server.plan(json({ intent: 'boiling', score: 72 }), json(GOOD));
		const { access, log } = open();
		const answer = await access.completeStructured(request, Lead, context);
		expect(answer).toMatchObject({ value: GOOD, attempts: 2, retryCount: 1, usage: { inputTokens: 2000, outputTokens: 400 } });
		expect(answer.costUsd).toBeCloseTo(2 * cost, 12);
		expect(log.entries.map(({ outcome, costUsd }) => [outcome, costUsd])).toEqual([
			['bad_output', cost],
			['ok', cost],
		]);
		const [, second] = server.seen;
		expect(second?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
		expect(second?.messages[1]?.content).toContain('boiling');
		expect(second?.messages[2]?.content).toMatch(/intent/);
	});

	it('gives up as bad_output after rubbish twice', async () => {
		server.plan({ text: 'I cannot say.', model: answersAs }, { text: '', model: answersAs });
		const { access, log } = open();
		const error = await failureOf(access.completeStructured(request, Lead, context));
		expect(error).toMatchObject({ kind: 'bad_output', modelId: answersAs, usage: losesRubbish ? undefined : { inputTokens: 2000, outputTokens: 400 } });
		expect(log.entries.map(({ outcome }) => outcome)).toEqual(['bad_output', 'bad_output']);
		expect(server.seen).toHaveLength(2);
	});

	it('reports an empty text as bad_output and says when the token limit was the reason', async () => {
		server.plan({ text: '', finish: 'length' });
		const { access } = open();
		const error = await failureOf(access.complete(request, context));
		expect(error.kind).toBe('bad_output');
		expect(error.message).toMatch(/token limit/);
	});

	it('reports a refusal with what it cost, without another try', async () => {
		server.plan({ refusal: true });
		const { access, log } = open();
		expect(await failureOf(access.complete(request, context))).toMatchObject({ kind: refusalIs, usage: USAGE });
		expect(log.entries[0]).toMatchObject({ outcome: refusalIs, inputTokens: 1000, outputTokens: 200, costUsd: cost });
		expect(server.seen).toHaveLength(1);
	});
});
