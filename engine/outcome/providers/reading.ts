import { z } from 'zod';
import type { Channel } from '../../channels/channel';
import { DAY, epochMs, SECOND, type EpochMs } from '../../time';
import { derivedId } from '../../message/spine';
import { machineEvidence, type MachineEvidence } from '../machine';
import { LARGEST_VALUE, readCurrency } from '../money';
import type { OutcomeEvent } from '../outcome';

/** One thing a provider reported about one message or one person. */
export interface ProviderEvent {
	event: OutcomeEvent;
	occurredAt: EpochMs;
	/** The provider's id of the message. */
	providerId?: string;
	/** Unique per report: the same report again carries the same id. */
	eventId: string;
	/** draft.id, where it went out with the message and came back. */
	outboundId?: string;
	channel?: Channel;
	errorCode?: string;
	/** Whom it is about when no message is named: an e-mail address, or `<provider>:<its id of the person>`. */
	person?: string;
	value?: number;
	/** ISO 4217. */
	currency?: string;
	/** By what an open or click shows that it was no person's. */
	evidence?: MachineEvidence;
	/** What was clicked, as a fingerprint. */
	link?: string;
	/** The provider's id of our account it came to, where the payload says: phone number id, page id, number. */
	account?: string;
}

/** What a source's form does not say by itself. */
export interface ReadingOptions {
	/** Stages that mean a deal is won, or lost, as the provider writes them. */
	wonStages?: readonly string[];
	lostStages?: readonly string[];
	/** Where the person, or the draft id, stands in a deal, with dots: `custom_fields.abc.value`. */
	personField?: string;
	draftField?: string;
	/** Other names of events, for a sender with words of its own. */
	eventNames?: Readonly<Record<string, OutcomeEvent>>;
}

/** Longer texts are no ids; an index would refuse them. Policy of this pack: a Message-ID may have 998 characters, those in use stay far below. */
const LONGEST_ID = 500;
/** Reports of an earlier time are mistaken about it, and so are those of a later day than this one. */
const EARLIEST = Date.UTC(2000, 0, 1);

const record = z.record(z.string(), z.unknown());
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
export const asRecord = (value: unknown): Record<string, unknown> => record.safeParse(value).data ?? {};

/** A short text or a number as text; undefined for all else. */
export function asText(value: unknown): string | undefined {
	const text = typeof value === 'number' && Number.isFinite(value) ? String(value) : value;
	return typeof text === 'string' && text !== '' && text.length <= LONGEST_ID ? text : undefined;
}

/** Unix seconds or milliseconds or ISO text, whichever the provider uses; undefined when it says nothing usable. */
export function statedMoment(value: unknown, now: EpochMs): EpochMs | undefined {
	const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : undefined;
	const ms = number === undefined ? (typeof value === 'string' ? Date.parse(value) : Number.NaN) : Math.floor(number < 1e11 ? number * SECOND : number);
	return ms >= EARLIEST && ms <= now + DAY ? epochMs(ms) : undefined;
}

/** As `statedMoment`, or `now`. */
export const moment = (value: unknown, now: EpochMs): EpochMs => statedMoment(value, now) ?? now;

/** What a report of an open or click says about who did it. A link is kept as a fingerprint: it may carry a key. */
export function touchOf(event: OutcomeEvent, { userAgent, method, url }: { userAgent: unknown; method?: unknown; url: unknown }): Pick<ProviderEvent, 'evidence' | 'link'> {
	if (!['opened', 'clicked', 'machine_opened', 'machine_clicked'].includes(event)) return {};
	const evidence = machineEvidence({ userAgent: typeof userAgent === 'string' ? userAgent : undefined, method: asText(method) });
	const link = typeof url === 'string' && url !== '' ? derivedId('link', url) : undefined;
	return { ...(evidence && { evidence }), ...(link !== undefined && { link }) };
}

/** What a deal is worth, as a number or digits; undefined when it is neither. */
export function asValue(value: unknown): number | undefined {
	const number = typeof value === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(value.trim()) ? Number(value) : value;
	return typeof number === 'number' && number >= 0 && number <= LARGEST_VALUE ? number : undefined;
}

export function asCurrency(value: unknown): string | undefined {
	return typeof value === 'string' ? readCurrency(value) : undefined;
}

export const isMail = (text: string | undefined): boolean => text !== undefined && /^[^\s@]+@[^\s@]+$/.test(text);

/** The field a path with dots leads to; own keys only. */
export function fieldAt(value: unknown, path: string | undefined): unknown {
	if (path === undefined || path === '') return undefined;
	return path.split('.').reduce<unknown>((at, key) => (at !== null && typeof at === 'object' && Object.hasOwn(at, key) ? Reflect.get(at, key) : undefined), value);
}
