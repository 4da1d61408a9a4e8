import { createHash } from 'node:crypto';

/** Namespace of every id the pack derives (a random UUID, fixed for ever: changing it would orphan stored rows). */
const NAMESPACE = '6f1c2a0e-7a1d-4d8e-9a53-0c7f5f0b9b1e';

/** UUID version 5 (RFC 9562) of a name in the pack's namespace: the same parts always give the same id. */
export function derivedId(...parts: string[]): string {
	const name = JSON.stringify(parts);
	const hash = createHash('sha1').update(Buffer.from(NAMESPACE.replaceAll('-', ''), 'hex')).update(name, 'utf8').digest();
	hash[6] = (hash[6] & 0x0f) | 0x50;
	hash[8] = (hash[8] & 0x3f) | 0x80;
	const hex = hash.subarray(0, 16).toString('hex');
	return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The spine: draft.id of the answer to one inbound message (or of one campaign step) to one contact. */
export function draftId(workspace: string, inboundMessageIdOrStep: string, contactId: string): string {
	return derivedId('draft', workspace, inboundMessageIdOrStep, contactId);
}
