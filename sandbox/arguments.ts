import { parseArgs } from 'node:util';

import type { ModelChoice } from './credentials';

export interface StartArguments {
	port: number;
	model: ModelChoice;
	postgresUrl?: string;
	redisUrl?: string;
	queue: boolean;
	help: boolean;
}

export const HELP = `npm start -- [options]

  --port <number>          n8n's port (default 5678)
  --openai-key <key>       use OpenAI instead of the sandbox's own model (costs a few cents)
  --anthropic-key <key>    use Anthropic instead
  --postgres <url>         keep the store in this Postgres, e.g. postgres://user:password@localhost:5432/leads
  --redis <url>            Redis of the queue, e.g. redis://localhost:6379
  --queue                  queue mode with two workers; needs --postgres and --redis
  --help                   this text`;

/** @throws Error of one sentence for an option that does not exist or does not fit. */
export function readArguments(args: readonly string[]): StartArguments {
	const text = { type: 'string' } as const;
	const { values } = parseArgs({
		args: [...args],
		options: { port: text, 'openai-key': text, 'anthropic-key': text, postgres: text, redis: text, queue: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } },
	});
	const port = Number(values.port ?? 5678);
	if (!Number.isInteger(port) || port < 1024 || port > 65_535) throw new Error(`--port must be a number from 1024 to 65535, not "${values.port ?? ''}".`);
	if (values.queue && (values.postgres === undefined || values.redis === undefined)) throw new Error('--queue needs --postgres and --redis: several workers cannot share the embedded store.');
	if (values['openai-key'] !== undefined && values['anthropic-key'] !== undefined) throw new Error('Give --openai-key or --anthropic-key, not both.');
	checkUrl('--postgres', values.postgres, ['postgres:', 'postgresql:']);
	checkUrl('--redis', values.redis, ['redis:', 'rediss:']);
	return { port, model: modelOf(values['openai-key'], values['anthropic-key']), postgresUrl: values.postgres, redisUrl: values.redis, queue: values.queue, help: values.help };
}

function modelOf(openAi: string | undefined, anthropic: string | undefined): ModelChoice {
	if (openAi !== undefined) return { provider: 'openai', apiKey: openAi };
	return anthropic === undefined ? 'stand-in' : { provider: 'anthropic', apiKey: anthropic };
}

function checkUrl(option: string, value: string | undefined, protocols: readonly string[]): void {
	if (value === undefined) return;
	const url = URL.parse(value);
	if (url === null || !protocols.includes(url.protocol)) throw new Error(`${option} must be an address that begins with ${protocols[0]}//.`);
}
