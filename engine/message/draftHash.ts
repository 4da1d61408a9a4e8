import { createHash } from 'node:crypto';
import type { Gate } from '../gate/gate';

function digest(parts: readonly (string | number)[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** What a page showed of a draft, in 22 characters: any other text, subject, objection of the gate or state of the row gives another one. */
export function draftHash({ id, version, text, subject, gate }: { id: string; version: number; text: string; subject?: string; gate?: Pick<Gate, 'verdict' | 'issues'> }): string {
	const objections = new Set(gate?.issues.map(({ check, severity, reason }) => JSON.stringify([check, severity, reason])));
	return digest([id, version, subject ?? '', text, gate?.verdict ?? '', ...[...objections].sort()]);
}

/** Stands for the objections to one text: a confirmation is worth nothing for another text or other objections. */
export function objectionToken(text: string, subject: string | undefined, reasons: readonly string[]): string {
	return digest([text, subject ?? '', ...reasons]);
}
