import { z } from 'zod';
import { keyFingerprint } from '../../llm/keyLedger';
import type { ModelAccessConfig } from '../../llm/modelAccess';
import { startModelServer, type ModelServer } from './modelServer';
import { context, failureOf, FIRST, GOOD, Lead, openAccess, request, SECOND, subjects } from './subjects';

let server: ModelServer;
beforeAll(async () => {
	server = await startModelServer();
});
afterAll(() => server.stop());
beforeEach(() => server.reset());

describe.each(subjects.filter(({ ring }) => ring))('keys and server habits through $name', ({ answersAs, source }) => {
	const open = (more: Partial<ModelAccessConfig> = {}, keys = [FIRST]) => openAccess(source(server.url, keys), more);
	const json = (value: unknown) => ({ text: JSON.stringify(value), model: answersAs });

	it('goes to the next key when one is refused, within the same try', async () => {
		server.accept(SECOND);
		const { access, time } = open({}, [FIRST, SECOND]);
		const answer = await access.complete(request, context);
		expect(answer).toMatchObject({ attempts: 1, keyFingerprint: keyFingerprint(SECOND) });
		expect(time.waits).toEqual([]);
		expect(server.seen.map(({ key }) => key)).toEqual([FIRST, SECOND]);
		await access.complete(request, context);
		expect(server.seen.map(({ key }) => key)).toEqual([FIRST, SECOND, SECOND]);
	});

	it('says so when all keys are refused, and leaves them alone for an hour', async () => {
		server.accept('another');
		const { access, time } = open({}, [FIRST, SECOND]);
		const error = await failureOf(access.complete(request, context));
		expect(error.kind).toBe('invalid_key');
		expect(error.message).toMatch(/^All 2 API keys of the model credential were refused/);
		expect(server.seen).toHaveLength(2);
		expect((await failureOf(access.complete(request, context))).kind).toBe('invalid_key');
		expect(server.seen).toHaveLength(2);
		server.accept(SECOND);
		time.advance(3_600_000);
		expect((await access.complete(request, context)).text).toBe('Hello.');
	});

	it('uses the next key at once when one is limited, and the first again after its time', async () => {
		server.plan({ status: 429, message: 'Slow down.', headers: { 'retry-after': '30' } });
		const { access, time } = open({}, [FIRST, SECOND]);
		await access.complete(request, context);
		await access.complete(request, context);
		expect(server.seen.map(({ key }) => key)).toEqual([FIRST, SECOND, SECOND]);
		time.advance(30_000);
		await access.complete(request, context);
		expect(server.seen.at(-1)?.key).toBe(FIRST);
		expect(time.waits).toEqual([]);
	});

	it('takes turns with the keys', async () => {
		const { access } = open({}, [FIRST, SECOND]);
		for (let i = 0; i < 4; i += 1) await access.complete(request, context);
		expect(server.seen.map(({ key }) => key)).toEqual([FIRST, SECOND, FIRST, SECOND]);
	});

	it('does without a temperature where the model takes none, and remembers', async () => {
		const fussy = ({ body }: { body: Record<string, unknown> }) =>
			'temperature' in body ? { status: 400, message: 'Unsupported value: temperature.', param: 'temperature' } : { text: 'Yes.' };
		server.plan(fussy, fussy, fussy);
		const { access } = open();
		await access.complete({ ...request, temperature: 0.2 }, context);
		await access.complete({ ...request, temperature: 0.2 }, context);
		expect(server.seen.map(({ body }) => body.temperature)).toEqual([0.2, undefined, undefined]);
	});

	it('asks in words when the server refuses the schema, and remembers', async () => {
		const plain = ({ body }: { body: Record<string, unknown> }) =>
			'response_format' in body || 'output_config' in body ? { status: 400, message: 'response_format / output_config is not supported.' } : json(GOOD);
		server.plan(plain, plain, plain, plain, plain);
		const { access } = open();
		expect((await access.completeStructured(request, Lead, context)).value).toEqual(GOOD);
		const first = server.seen.length;
		expect(server.seen.at(-1)?.system).toContain('"required":["intent","score"]');
		await access.completeStructured(request, Lead, context);
		expect(server.seen).toHaveLength(first + 1);
	});

	it('lets the model choose the keys of a record', async () => {
		const Facts = z.object({ facts: z.record(z.string(), z.string()) });
		server.plan(json({ facts: { city: 'Bern' } }));
		const { access } = open();
		expect((await access.completeStructured(request, Facts, context)).value).toEqual({ facts: { city: 'Bern' } });
		const [seen] = server.seen;
		// A closed object without properties would allow nothing but {}.
		expect(JSON.stringify(seen?.schema ?? {})).not.toContain('"properties":{},');
		expect(seen?.schema !== undefined || seen?.system.includes('JSON Schema')).toBe(true);
	});
});
