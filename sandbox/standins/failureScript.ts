import type { ModelScript } from './modelTypes';

export type Service = 'whatsapp' | 'messenger' | 'instagram' | 'meta' | 'twilio' | 'sendgrid' | 'smtp' | 'imap' | 'openai' | 'anthropic';

/** One call to a service, as far as a script may look at it. */
export interface Call {
	service: Service;
	/** Recipient of a send, model name of a model call. */
	to?: string;
	/** The key or token of a model call, so that a test can limit one of several. */
	key?: string;
	/** Path and HTTP method of a model call, so that a test can hit one kind of it. */
	path?: string;
	method?: string;
	body: unknown;
}

/** What a service does instead of working. Several fields combine: `delayMs` with any of the others. */
export interface Failure {
	/** HTTP status, or SMTP reply code. */
	status?: number;
	/** JSON body or text; for SMTP the text after the code. */
	body?: unknown;
	headers?: Record<string, string>;
	delayMs?: number;
	/** Never answers; the connection stays open until the caller gives up. */
	stall?: boolean;
	/** Closes the connection without an answer. */
	drop?: boolean;
	/** Status 200 with text that is not what the service promised. */
	rubbish?: boolean;
	/** The right answer, cut in the middle. */
	truncate?: boolean;
	/** `before` (default): the request has no effect. `after`: it was carried out, only the answer suffers. */
	when?: 'before' | 'after';
	/** How many calls it hits; default 1, `Infinity` until reset. */
	times?: number;
	/** Only calls to this recipient or model. */
	to?: string;
	/** Only model calls with this key. */
	key?: string;
	match?: (call: Call) => boolean;
}

/** At most `limit` calls in any `windowMs`, counted per recipient or for all together. */
export interface RateRule {
	limit: number;
	windowMs: number;
	per?: 'all' | 'recipient';
}

/** The usage figures Meta sends in its headers, per cent. */
export interface Usage {
	call_count: number;
	total_cputime: number;
	total_time: number;
}

export interface Script {
	/** The next `times` matching calls of the service fail so. `meta` covers all Graph API calls. */
	next(service: Service, failure: Failure): void;
	/** Limits a service from now on; `null` lifts the limit. */
	rate(service: Service, rule: RateRule | null): void;
	/** Decides the model stand-ins' answers; `null` returns to the default answers. */
	model(script: ModelScript | null): void;
	/** Usage figures in Meta's answers. */
	usage(usage: Partial<Usage>): void;
	/** Forgets everything scripted. */
	reset(): void;
}

export interface ScriptState extends Script {
	take(call: Call): Failure | undefined;
	/** Milliseconds until the next call is allowed, or undefined when this one is. Counts the call when it is allowed. */
	waitFor(call: Call, now: number): { rule: RateRule; waitMs: number } | undefined;
	modelScript(): ModelScript | null;
	usageNow(): Usage;
}

const META_SERVICES: readonly Service[] = ['whatsapp', 'messenger', 'instagram'];
const QUIET: Usage = { call_count: 1, total_cputime: 1, total_time: 1 };

function covers(scripted: Service, called: Service): boolean {
	return scripted === called || (scripted === 'meta' && META_SERVICES.includes(called));
}

export function createScript(): ScriptState {
	let failures: { service: Service; failure: Failure; left: number }[] = [];
	const rules = new Map<Service, RateRule>();
	const calls = new Map<string, number[]>();
	let model: ModelScript | null = null;
	let usage: Usage = { ...QUIET };

	return {
		next(service, failure) {
			failures.push({ service, failure, left: failure.times ?? 1 });
		},
		rate(service, rule) {
			if (rule) rules.set(service, rule);
			else rules.delete(service);
			calls.clear();
		},
		model: (script) => {
			model = script;
		},
		usage: (figures) => {
			usage = { ...QUIET, ...figures };
		},
		reset() {
			failures = [];
			rules.clear();
			calls.clear();
			model = null;
			usage = { ...QUIET };
		},
		take(call) {
			const hit = failures.find(
				({ service, failure, left }) =>
					left > 0 && covers(service, call.service) && (failure.to === undefined || failure.to === call.to) && (failure.key === undefined || failure.key === call.key) && (failure.match?.(call) ?? true),
			);
			if (!hit) return undefined;
			hit.left -= 1;
			failures = failures.filter(({ left }) => left > 0);
			return hit.failure;
		},
		waitFor(call, now) {
			for (const [service, rule] of rules) {
				if (!covers(service, call.service)) continue;
				const key = `${service} ${rule.per === 'recipient' ? call.to ?? '' : ''}`;
				const recent = (calls.get(key) ?? []).filter((time) => now - time < rule.windowMs);
				calls.set(key, recent);
				const oldest = recent[recent.length - rule.limit];
				if (recent.length >= rule.limit && oldest !== undefined) return { rule, waitMs: rule.windowMs - (now - oldest) };
				recent.push(now);
			}
			return undefined;
		},
		modelScript: () => model,
		usageNow: () => usage,
	};
}
