import { z } from 'zod';
import { ModelError, type ModelErrorKind } from './chatModel';
import { retryAfterFrom } from './retryAfter';
import { scrubSecrets } from './secretScrubbing';

const text = z.string().optional().catch(undefined);
const count = z.number().int().optional().catch(undefined);
const inner = z.object({ message: text, type: text, code: text, param: text }).optional().catch(undefined);

// Errors of the two SDKs and of LangChain's wrappers, read by shape: class identity is lost across package copies.
const failure = z.object({
	name: text,
	message: text,
	status: count,
	statusCode: count,
	code: text,
	type: text,
	param: text,
	lc_error_code: text,
	headers: z.unknown().optional(),
	// OpenAI: the body's `error`; Anthropic: the whole body with `error` inside.
	error: z.object({ message: text, type: text, code: text, param: text, error: inner }).optional().catch(undefined),
	response: z.object({ status: count, headers: z.unknown().optional() }).optional().catch(undefined),
});

/** What a provider's failure says about itself, in one shape for all providers. */
export interface ProviderFailure {
	name: string;
	message: string;
	status?: number;
	/** The provider's own words for the reason: code, type and parameter, joined. */
	reason: string;
	headers: unknown;
}

/** Reads a thrown value of any provider. */
export function readFailure(thrown: unknown): ProviderFailure {
	const parsed = failure.safeParse(thrown);
	if (!parsed.success) return { name: '', message: String(thrown), reason: '', headers: undefined };
	const { data } = parsed;
	const body = data.error?.error ?? data.error;
	const reasons = [data.code, data.type, data.param, body?.code, body?.type, body?.param, data.lc_error_code];
	return {
		name: data.name ?? '',
		message: body?.message ?? data.message ?? '',
		status: data.status ?? data.statusCode ?? data.response?.status,
		reason: reasons.filter((value) => value !== undefined).join(' '),
		headers: data.headers ?? data.response?.headers,
	};
}

const NO_CREDIT = /insufficient_quota|billing|credit balance|quota.{0,20}exceeded|exceeded.{0,30}quota/i;

function kindOf({ status, name, reason, message }: ProviderFailure): ModelErrorKind {
	if (/AbortError/.test(name)) return 'aborted';
	if (/timeout/i.test(name) || status === 408) return 'timeout';
	if (status === 401 || status === 403 || /MODEL_AUTHENTICATION/.test(reason)) return 'invalid_key';
	if (status === 402 || /insufficient_quota|billing_/.test(reason)) return 'quota';
	// Google words its per-minute limit as "quota exceeded" too, so on 429 only the provider's code decides.
	if (status === 429 || /MODEL_RATE_LIMIT/.test(reason)) return 'rate_limited';
	if (status === undefined) return /MODEL_NOT_FOUND/.test(reason) ? 'bad_request' : 'unavailable';
	if (status >= 500 || status === 409) return 'unavailable';
	return NO_CREDIT.test(message) ? 'quota' : 'bad_request';
}

/** The `ModelError` for whatever a provider's client threw. */
export function toModelError(thrown: unknown, context: { provider: string; secrets: readonly string[]; now: number; modelId: string }): ModelError {
	if (thrown instanceof ModelError) return thrown;
	const found = readFailure(thrown);
	const { status } = found;
	const kind = kindOf(found);
	const retryAfterMs = retryAfterFrom(found.headers, context.now);
	const code = status === undefined ? '' : ` (HTTP ${status})`;
	const said = found.message === '' ? '' : ` It said: ${scrubSecrets(found.message, context.secrets)}`;
	const { provider, modelId } = context;
	// A refused key's message often repeats parts of the key, so the provider's words are left out there.
	const sentences: Record<ModelErrorKind, string> = {
		rate_limited: `${provider} limits the number of requests${code}. Try again later, or add another key.`,
		invalid_key: `${provider} refused the API key${code}. Check that the key is right, active and allowed to use the model "${modelId}".`,
		quota: `${provider} reports that the account has no credit or quota left${code}. Top it up, or add another key.`,
		timeout: `${provider} did not answer in time${code}. Try again, or choose a faster model.`,
		unavailable: `${provider} could not be reached or failed${code}. Check the base URL and the provider's status page.${said}`,
		bad_request: `${provider} rejected the request for the model "${modelId}"${code}. Check the model's name and the settings.${said}`,
		refused: `${provider} declined to answer.`,
		bad_output: `${provider} answered something that could not be used.`,
		spend_cap: 'The daily spend cap is reached.',
		not_local: 'Only local models are allowed.',
		aborted: 'The model call was stopped before it was finished.',
	};
	return new ModelError(kind, sentences[kind], { retryAfterMs, status, modelId });
}
