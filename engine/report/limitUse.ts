import { z } from 'zod';
import { CHANNELS } from '../channels/channel';
import type { LimitRule } from '../limit/rule';
import { GMAIL_RULES, INSTAGRAM_RULES } from '../limit/ruleTable';
import { SECOND } from '../time';
import { plain } from './figure';

/** A counter of messages that several contacts share, with how far back it is counted. */
export interface LimitCounter {
	/** As `scopeKey` of engine/limit/scopes.ts writes it. */
	scope: string;
	windowMs: number;
	/** The rule of the shipped table that holds for it; absent where only a node's own parameters say. */
	rule?: { id: string; name: string; limit: number };
}
export interface LimitRows {
	/** Caps of the workspace's settings; absent where none is set. */
	caps: { contactDaily?: number; workspaceDaily?: number; modelSpendUsd?: number };
	/** Sent, under way or planned on this UTC day. */
	today: number;
	/** Most messages to one contact in the last 24 hours, and how many contacts are at the cap. */
	busiestContact: number;
	contactsAtCap: number;
	/** Settled on this UTC day, and held back for calls under way. */
	spentUsd: number;
	heldUsd: number;
	counters: (LimitCounter & { used: number })[];
}

export const LimitUseSchema = z.object({
	/** What is counted, e.g. `workspace per day` or a counter's scope. */
	scope: z.string(),
	rule: z.string(),
	name: z.string(),
	unit: z.enum(['messages', 'usd']),
	used: z.number(),
	/** Absent where no limit is known. */
	limit: z.number().optional(),
	free: z.number().optional(),
	sentence: z.string(),
});
export type LimitUse = z.infer<typeof LimitUseSchema>;

const DAY_MS = 86_400 * SECOND;

function lengthOf({ window }: LimitRule): number {
	return window.kind === 'rolling' ? window.seconds * SECOND : DAY_MS;
}

/**
 * The shared counters a workspace may have, from the accounts that send for it. Those of single contacts are left out: they
 * name people, and there are as many as contacts.
 */
export function sharedCounters(accounts: readonly string[]): LimitCounter[] {
	const senders = [...new Set(['default', ...accounts])].map((account) => `sender:${account.replaceAll('%', '%25').replaceAll(':', '%3A')}`);
	const day = (scope: string): LimitCounter => ({ scope, windowMs: DAY_MS });
	const ruled = (scope: string, rule: LimitRule): LimitCounter => ({ scope, windowMs: lengthOf(rule), rule: { id: rule.id, name: rule.name, limit: rule.limit } });
	const hourly = INSTAGRAM_RULES.filter(({ window }) => window.kind === 'rolling' && window.seconds > 60);
	return [
		day('workspace'),
		...CHANNELS.flatMap((channel) => [day(`workspace:${channel}`), day(`channel:${channel}`)]),
		...senders.flatMap((sender) => [day(sender), ...CHANNELS.map((channel) => day(`${sender}:${channel}`)), ...hourly.map((rule) => ruled(`${sender}:instagram`, rule))]),
		...GMAIL_RULES.map((rule) => ruled('domain:gmail.com:email', rule)),
	];
}

function use(what: Pick<LimitUse, 'scope' | 'rule' | 'name' | 'unit' | 'used'>, limit: number | undefined): LimitUse {
	const unit = what.unit === 'usd' ? 'USD' : 'messages';
	if (limit === undefined) return { ...what, sentence: `${what.name}: ${plain(what.used)} ${unit} used; no limit is set.` };
	const free = Math.max(0, limit - what.used);
	return { ...what, limit, free, sentence: `${what.name}: ${plain(what.used)} of ${plain(limit)} ${unit} used, ${plain(free)} free.` };
}

/** What is used and free now. Caps of the settings are always there, counters only once something was counted. */
export function limitUses({ caps, today, busiestContact, contactsAtCap, spentUsd, heldUsd, counters }: LimitRows): LimitUse[] {
	const contact = use({ scope: 'contact', rule: 'contactDailyCap', name: 'To the busiest contact, last 24 hours', unit: 'messages', used: busiestContact }, caps.contactDaily);
	return [
		use({ scope: 'workspace', rule: 'workspaceDailyCap', name: 'The whole workspace, this UTC day', unit: 'messages', used: today }, caps.workspaceDaily),
		caps.contactDaily === undefined ? contact : { ...contact, sentence: `${contact.sentence} ${contactsAtCap} ${contactsAtCap === 1 ? 'contact is' : 'contacts are'} at the cap.` },
		use({ scope: 'workspace', rule: 'modelSpendCapUsd', name: 'Model calls, this UTC day', unit: 'usd', used: spentUsd + heldUsd }, caps.modelSpendUsd),
		...counters.filter(({ used }) => used > 0).map(({ scope, rule, used, windowMs }) => use({ scope, rule: rule?.id ?? 'counted', name: rule?.name ?? `${scope}, last ${plain(windowMs / (3_600 * SECOND))} hours`, unit: 'messages', used }, rule?.limit)),
	];
}
