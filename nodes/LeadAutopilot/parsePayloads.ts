import type { IDataObject } from 'n8n-workflow';
import { parseEmail } from '../../engine/message/intake/email';
import { pageChannel, pageEntries, parsePageEntry, type PageChannel } from '../../engine/message/intake/metaPage';
import { fieldsOf, nothingParsed, textOf, type Fields, type ParsedPayload } from '../../engine/message/intake/parsed';
import { parseTwilio } from '../../engine/message/intake/twilio';
import { parseWhatsApp } from '../../engine/message/intake/whatsapp';
import type { EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { settled, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';

export const PAYLOAD_PROVIDERS = ['whatsapp', 'page', 'twilio', 'email'] as const;
export type PayloadProvider = (typeof PAYLOAD_PROVIDERS)[number];

/** A plain Webhook node wraps what was posted under `body`. */
export function payloadOf(json: IDataObject): Fields {
	const isWebhook = json.headers !== undefined && json.query !== undefined && typeof json.body === 'object';
	return fieldsOf(isWebhook ? json.body : json);
}

/** Takes each payload apart. Pages are looked up once for all, since their payload does not say which platform it is. */
export async function parsePayloads(store: Store, items: { provider: PayloadProvider; payload: Fields }[], now: EpochMs): Promise<Settled<ParsedPayload>[]> {
	const known = await knownPages(store, items);
	return items.map(({ provider, payload }) => {
		try {
			return settled.ok(parseOne(provider, payload, known, now));
		} catch (error) {
			return settled.failed(error);
		}
	});
}

function parseOne(provider: PayloadProvider, payload: Fields, known: (id: string) => PageChannel | undefined, now: EpochMs): ParsedPayload {
	if (provider === 'whatsapp') return parseWhatsApp(payload, now);
	if (provider === 'twilio') return parseTwilio(payload, now);
	if (provider === 'page') return merged(pageEntries(payload).map((entry) => parsePageEntry(entry, pageChannel(entry, known), now)));
	const mail = parseEmail(payload, now);
	if (!mail) throw new ItemInputError('The item is no e-mail with a sender', "Set the Email Trigger's 'Format' to Simple or Resolved, and connect it straight to this node.");
	return mail;
}

function merged(parts: ParsedPayload[]): ParsedPayload {
	const whole = nothingParsed();
	const receipts = parts.flatMap(({ statuses }) => (statuses ? [statuses] : []));
	for (const part of parts) {
		whole.messages.push(...part.messages);
		whole.echoes.push(...part.echoes);
		whole.preferences.push(...part.preferences);
	}
	if (receipts.length === 1) whole.statuses = receipts[0];
	else if (receipts.length > 1) whole.statuses = { object: receipts[0].object, entry: receipts };
	return whole;
}

async function knownPages(store: Store, items: { provider: PayloadProvider; payload: Fields }[]): Promise<(id: string) => PageChannel | undefined> {
	const ids = new Set(items.filter(({ provider }) => provider === 'page').flatMap(({ payload }) => pageEntries(payload).map((entry) => textOf(entry.id) ?? '')));
	const keys = [...ids].filter((id) => id !== '').flatMap((externalId) => [{ channel: 'instagram' as const, externalId }, { channel: 'messenger' as const, externalId }]);
	const accounts = keys.length > 0 ? await store.accounts.byExternalId(keys) : [];
	return (id) => keys.find((key, place) => key.externalId === id && accounts[place] !== undefined)?.channel;
}
