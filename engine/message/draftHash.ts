import { createHash } from 'node:crypto';

function digest(parts: readonly (string | number)[]): string {
	return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

/** What a page showed of a draft, in 22 characters: any other text, subject or state of the row gives another one. */
export function draftHash({ id, version, text, subject }: { id: string; version: number; text: string; subject?: string }): string {
	return digest([id, version, subject ?? '', text]);
}

/** Stands for the objections to one text: a confirmation is worth nothing for another text or other objections. */
export function objectionToken(text: string, subject: string | undefined, reasons: readonly string[]): string {
	return digest([text, subject ?? '', ...reasons]);
}
