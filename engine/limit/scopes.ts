import { DAY, epochMs, later, SECOND, type EpochMs } from '../time';
import { assertPlannable, isZone, localDay } from '../sendTime/zoneClock';
import type { LimitRequest, LimitRule } from './rule';

/** How far ahead `retryAt` is looked for. */
export const RETRY_HORIZON_MS = 14 * DAY;

/** Entries with from ≤ at < to under a key. */
export interface LimitScope {
	key: string;
	from: EpochMs;
	to: EpochMs;
}

/** Other names of the same mailboxes count together. */
const DOMAIN_ALIASES: Readonly<Record<string, string>> = { 'googlemail.com': 'gmail.com' };

/** Every rule of a message asks for the same address. */
let latest: { address: string | undefined; domain: string | undefined } = { address: undefined, domain: undefined };

function domainOf(address: string | undefined): string | undefined {
	if (latest.address !== address) latest = { address, domain: readDomain(address) };
	return latest.domain;
}

function readDomain(address: string | undefined): string | undefined {
	const domain = address?.includes('@') ? address.slice(address.lastIndexOf('@') + 1).trim().toLowerCase() : '';
	if (domain === '') return undefined;
	return Object.hasOwn(DOMAIN_ALIASES, domain) ? DOMAIN_ALIASES[domain] : domain;
}

/** The spelling a contact is counted under: addresses in small letters, phone numbers without their punctuation. */
export function countedContact(contact: string): string {
	const name = contact.trim();
	if (name.includes('@')) return name.toLowerCase();
	return /^(\+|00)[\d\s().\-/]+$/.test(name) ? `+${name.replace(/\D/g, '').replace(/^00/, '')}` : name;
}

function appliesTo(rule: LimitRule, request: LimitRequest): boolean {
	if (rule.channels && !rule.channels.includes(request.channel)) return false;
	if (rule.scope !== 'recipient_domain' && !rule.domains) return true;
	const domain = domainOf(request.recipient ?? request.contact);
	if (rule.scope === 'recipient_domain' && domain === undefined) return false;
	return !rule.domains || (domain !== undefined && rule.domains.some((name) => domainOf(`@${name}`) === domain));
}

/** The rules that bind this message. A rule by recipient domain passes over messages without an e-mail address. */
export function rulesFor(rules: readonly LimitRule[], request: LimitRequest): LimitRule[] {
	return rules.filter((rule) => appliesTo(rule, request));
}

const part = (text: string): string => (/[%:]/.test(text) ? text.replaceAll('%', '%25').replaceAll(':', '%3A') : text);

/**
 * The key under which a rule counts this message. A rule that holds for some messages only has them in its key, since
 * the entries of a key are all messages that were counted there.
 */
export function scopeKey(rule: LimitRule, request: LimitRequest): string {
	const only = rule.channels ? `:${request.channel}` : '';
	const domains = rule.domains && rule.scope !== 'recipient_domain' ? `:domains=${part(rule.domains.join(','))}` : '';
	return baseOf(rule.scope, request, only) + domains;
}

function baseOf(scope: LimitRule['scope'], request: LimitRequest, only: string): string {
	switch (scope) {
		case 'contact':
			return `contact:${part(countedContact(request.contact))}${only}`;
		case 'contact_channel':
			return `contact:${part(countedContact(request.contact))}:${request.channel}`;
		case 'channel':
			return `channel:${request.channel}`;
		case 'recipient_domain':
			return `domain:${part(domainOf(request.recipient ?? request.contact) ?? 'none')}${only}`;
		case 'sender':
			return `sender:${part(request.sender?.trim() || 'default')}${only}`;
		case 'workspace':
			return `workspace${only}`;
	}
}

/** The zone a rule's days are counted in. Shared counters have one zone, or every contact's midnight would let a new day's worth through. */
export function zoneOf(rule: LimitRule, request: LimitRequest): string {
	const ofContact = rule.scope === 'contact' || rule.scope === 'contact_channel';
	const zones = ofContact ? [request.timezone, request.workspaceTimezone] : [request.workspaceTimezone];
	return zones.find((zone) => zone !== undefined && isZone(zone)) ?? 'UTC';
}

interface LocalDay {
	start: EpochMs;
	end: EpochMs;
}
/** Days asked for lately, newest first: most messages of a zone leave on the same few days, and a day takes longer to work out than all else of a decision. */
const recentDays = new Map<string, LocalDay[]>();
const MAX_ZONES = 500;
const MAX_DAYS = 4;

/** [start, end) of the local calendar day that holds the moment. */
export function dayOf(zone: string, at: EpochMs): LocalDay {
	const days = recentDays.get(zone) ?? [];
	for (const day of days) if (day.start <= at && at < day.end) return day;
	const { start, end } = localDay(zone, at);
	if (days.length === 0 && recentDays.size >= MAX_ZONES) recentDays.clear();
	recentDays.set(zone, [{ start, end }, ...days.slice(0, MAX_DAYS - 1)]);
	return { start, end };
}

/** What a rolling window is long, in whole milliseconds; 0 for a calendar day. */
export function windowMs(rule: LimitRule): number {
	return rule.window.kind === 'rolling' ? Math.max(1, Math.round(rule.window.seconds * SECOND)) : 0;
}

export function rangeOf(rule: LimitRule, request: LimitRequest, at: EpochMs): { from: EpochMs; to: EpochMs } {
	const horizon = later(at, RETRY_HORIZON_MS);
	const length = windowMs(rule);
	// Entries planned for later count too: a stretch around the message must hold, not only the one behind it.
	if (length > 0) return { from: later(at, -length), to: later(horizon, length + 1) };
	const zone = zoneOf(rule, request);
	return { from: dayOf(zone, at).start, to: dayOf(zone, horizon).end };
}

/**
 * What the store has to load for a decision: each counted key once, with every entry that can matter to whether the
 * message may leave at `at` or at any moment of the 14 days after it. All of these keys are taken by a reservation.
 * @throws RangeError when `at` is no moment or lies outside 1970 to 2999.
 */
export function scopesOf(rules: readonly LimitRule[], request: LimitRequest): LimitScope[] {
	const at = epochMs(request.at);
	assertPlannable(at);
	const scopes = new Map<string, LimitScope>();
	for (const rule of rulesFor(rules, request)) {
		const key = scopeKey(rule, request);
		const range = rangeOf(rule, request, at);
		const known = scopes.get(key);
		scopes.set(key, known ? { key, from: Math.min(known.from, range.from) as EpochMs, to: Math.max(known.to, range.to) as EpochMs } : { key, ...range });
	}
	return [...scopes.values()];
}
