import { createHmac } from 'node:crypto';
import type { HandleKind } from '../engine/channels/channel';
import { cleanText } from './bulk';

export interface Address {
	kind: HandleKind;
	/** In the normal form of its kind. */
	address: string;
}

const KINDS: readonly HandleKind[] = ['phone', 'email', 'instagram', 'messenger', 'linkedin'];

/**
 * The form in which two spellings of one address are equal: e-mail trimmed and lower-cased; phone as its digits, without
 * `+` or a leading `00`; handles trimmed and lower-cased. Empty when nothing is left.
 */
export function normalAddress(kind: HandleKind, address: string): string {
	if (kind === 'phone') return address.replace(/\D/g, '').replace(/^00/, '');
	return cleanText(address).trim().toLowerCase();
}

/** A contact's addresses, each once: phone, e-mail, then handles. */
export function addressesOf(contact: { phone?: string | null; email?: string | null; handles?: Partial<Record<HandleKind, string>> }): Address[] {
	const given = { ...contact.handles, ...(contact.phone ? { phone: contact.phone } : {}), ...(contact.email ? { email: contact.email } : {}) };
	const spare = [
		{ kind: 'phone', text: contact.handles?.phone },
		{ kind: 'email', text: contact.handles?.email },
	] as const;
	const found = new Map<string, Address>();
	for (const { kind, text } of [...KINDS.map((kind) => ({ kind, text: given[kind] })), ...spare]) {
		const address = text ? normalAddress(kind, text) : '';
		if (address) found.set(`${kind} ${address}`, found.get(`${kind} ${address}`) ?? { kind, address });
	}
	return [...found.values()];
}

/** What kind of address a bare text looks like, if any: contacts may be named by their e-mail or phone number alone. */
export function looksLike(text: string): Address | undefined {
	const trimmed = text.trim();
	if (/^[^\s@]+@[^\s@]+$/.test(trimmed)) return { kind: 'email', address: normalAddress('email', trimmed) };
	const digits = normalAddress('phone', trimmed);
	if (/^\+?[\d\s()./-]+$/.test(trimmed) && digits.length >= 6) return { kind: 'phone', address: digits };
	return undefined;
}

/** Every normal form under which a reference (an id or any address) may be stored as an address. */
export function addressForms(reference: string): string[] {
	const forms = [normalAddress('email', reference)];
	const guess = looksLike(reference);
	if (guess && !forms.includes(guess.address)) forms.unshift(guess.address);
	return forms.filter((form) => form !== '');
}

/** Hashes an address with the store's own key, so that a suppression list names nobody. */
export type AddressHash = (address: Address) => string;

export function addressHasher(key: string): AddressHash {
	return ({ kind, address }) => createHmac('sha256', key).update(`${kind}:${address}`).digest('hex');
}
