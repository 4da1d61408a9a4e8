import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { LimitRequest, LimitRule } from '../../engine/limit/rule';
import { countedContact } from '../../engine/limit/scopes';
import { derivedId } from '../../engine/message/spine';
import { resolveTimezone } from '../../engine/sendTime/timezone';
import { localTime } from '../../engine/sendTime/zoneClock';
import type { EpochMs } from '../../engine/time';
import { readChannel, readOptionalText, readOptionalTime, readParameter, readText } from '../shared/readParameter';
import { ItemInputError } from '../shared/errors';
import { readRules } from './readRules';

export interface ReservationParameters {
	workspace: string;
	rules: LimitRule[];
	request: Omit<LimitRequest, 'at' | 'workspaceTimezone'>;
	/** Undefined: now. */
	at?: EpochMs;
	/** What the contact's zone was worked out from; undefined when only the workspace's is left. */
	zoneKnown: boolean;
	/** As given, or the draft's id; undefined when one has to be made. */
	idempotencyKey?: string;
	/** What tells this message from others to the contact. */
	fingerprint: string;
	storeAway: 'bounded' | 'closed';
}

/** Keys our own nodes add on the way, which hold times and so differ when a row is tried again. */
const OWN_KEYS = new Set(['schedule', 'allowance', 'variant', 'gate', 'error']);

function fingerprintOf(text: string | undefined, item: INodeExecutionData): string {
	const rest = Object.entries(item.json).filter(([key]) => !OWN_KEYS.has(key));
	return createHash('sha256').update(text ?? JSON.stringify(rest)).digest('hex');
}

function draftIdOf(item: INodeExecutionData): string | undefined {
	const { draft } = item.json;
	const id: unknown = draft !== null && typeof draft === 'object' && 'id' in draft ? draft.id : undefined;
	return typeof id === 'string' && id !== '' ? id : undefined;
}

function field(item: INodeExecutionData, name: string): string | undefined {
	const { contact } = item.json;
	const inContact: unknown = contact !== null && typeof contact === 'object' ? Reflect.get(contact, name) : undefined;
	const value = inContact ?? item.json[name];
	return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** `text` may point at an item's own `message` object; only a string tells messages apart. */
function messageText(context: IExecuteFunctions, index: number): string | undefined {
	const value: unknown = readParameter(context, 'text', index, '');
	return typeof value === 'string' && value.trim() !== '' ? value : undefined;
}

export function readReservation(context: IExecuteFunctions, index: number, item: INodeExecutionData): ReservationParameters {
	const contact = readText(context, 'contact', index, 'Contact');
	const purpose = readOptionalText(context, 'purpose', index) ?? 'outreach';
	if (purpose !== 'reply' && purpose !== 'outreach') throw new ItemInputError(`Purpose '${purpose.slice(0, 40)}' is not known`, 'Use outreach or reply.');
	const zone = resolveTimezone({ timezone: readOptionalText(context, 'timezone', index), phone: field(item, 'phone') ?? contact, country: field(item, 'country') });
	const zoneKnown = zone.source !== 'utc';
	return {
		workspace: readOptionalText(context, 'workspace', index) ?? 'default',
		rules: readRules(context, index),
		request: {
			contact,
			channel: readChannel(context, index),
			purpose,
			timezone: zoneKnown ? zone.timezone : undefined,
			recipient: readOptionalText(context, 'options.recipient', index) ?? field(item, 'email'),
			sender: readOptionalText(context, 'sender', index),
		},
		at: readOptionalTime(context, 'at', index, 'At'),
		zoneKnown,
		idempotencyKey: readOptionalText(context, 'options.idempotencyKey', index) ?? draftIdOf(item),
		fingerprint: fingerprintOf(messageText(context, index), item),
		storeAway: context.getNodeParameter('options.storeAway', index, 'bounded') === 'closed' ? 'closed' : 'bounded',
	};
}

/**
 * The key of a message without a draft: contact, channel, local day and what it says. Executions have no part in it,
 * since a retry is a new one. Equal messages of one batch are told apart by their order, which a retry keeps.
 */
export function derivedKey(params: ReservationParameters, at: EpochMs, zone: string, earlierInBatch: number): string {
	const { contact, channel } = params.request;
	return derivedId('limit', countedContact(contact), channel, localTime(zone, at).date, params.fingerprint, String(earlierInBatch));
}
