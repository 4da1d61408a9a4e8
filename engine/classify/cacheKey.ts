import { createHash } from 'node:crypto';
import { DAY } from '../time';

/** How long a classification of the very same content may be used again. */
export const CACHE_MAX_AGE = 30 * DAY;

/** Names one question to one model exactly: any other message, instruction, stage or model is another question. SHA-256, hex. */
export function cacheKey(parts: { modelId: string; promptVersion: string; system: string; user: string }): string {
	const { modelId, promptVersion, system, user } = parts;
	return createHash('sha256').update(JSON.stringify([modelId, promptVersion, system, user])).digest('hex');
}
