import { createHash } from 'node:crypto';
import type { JsonSchema } from './chatModel';

function ordered(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(ordered);
	if (typeof value !== 'object' || value === null) return value;
	const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
	return Object.fromEntries(entries.map(([key, part]) => [key, ordered(part)]));
}

/**
 * Names a prompt by its content: the first 12 hex digits of SHA-256 over instructions, schema and message template.
 * The template is the message before a lead's data goes in, so that all leads share one version. Key order does not count.
 */
export function promptVersion(parts: { system: string; jsonSchema?: JsonSchema; template?: string }): string {
	const content = JSON.stringify([parts.system, ordered(parts.jsonSchema ?? null), parts.template ?? '']);
	return createHash('sha256').update(content).digest('hex').slice(0, 12);
}
