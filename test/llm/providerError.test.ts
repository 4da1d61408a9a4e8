import { toModelError } from '../../llm/providerError';

const about = { provider: 'The server', secrets: [], now: 0, modelId: 'm' };

describe('a provider failure', () => {
	it.each([
		[400, 'bad_request'],
		[401, 'invalid_key'],
		[402, 'quota'],
		[408, 'timeout'],
		[429, 'rate_limited'],
		[503, 'unavailable'],
	])('with status %i and no headers is %s: what wraps the provider often drops them', (status, kind) => {
		expect(toModelError(Object.assign(new Error('no'), { status }), about)).toMatchObject({ kind, status });
		expect(toModelError(Object.assign(new Error('no'), { response: { status } }), about)).toMatchObject({ kind, status });
	});
});
