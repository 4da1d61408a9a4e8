import type { Contact } from '../message/contact';
import type { Conversation } from '../message/message';
import type { Reply } from '../reply/reply';
import { DAY, epochMs, type Instant } from '../time';
import { buyingWordsIn } from './buyingWords';
import { folded } from '../message/foldedText';
import { fallbackScore } from './fallbackScore';

/** What is known of a lead when it is classified. */
export interface KnownLead {
	conversation: Conversation;
	contact: Partial<Contact>;
	/** How the newest message reads. */
	reply?: Reply;
	language?: string;
}

/** Free text of an attribute as one value among many: "Hotels & Resorts" and "hotels resorts" are the same. */
function category(value: unknown): string | undefined {
	if (typeof value !== 'string') return undefined;
	const words = folded(value).match(/[\p{L}\p{N}]+/gu) ?? [];
	return words.length === 0 ? undefined : words.join(' ').slice(0, 40);
}

function number(value: unknown): number | undefined {
	const parsed = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	return typeof parsed === 'number' && Number.isFinite(parsed) ? parsed : undefined;
}

/** Of the times we spoke, the share after which the lead spoke next. */
function responseShare(conversation: Conversation): number {
	const ends = conversation.flatMap(({ from }, place) => (from !== 'lead' && (place === conversation.length - 1 || conversation[place + 1].from === 'lead') ? [place] : []));
	return ends.length === 0 ? 0 : ends.filter((place) => place < conversation.length - 1).length / ends.length;
}

/**
 * A lead as numbers, for the learned score. Counts and times are log(1 + x): the step from one message to two tells more
 * than from twenty to twenty-one. Names with a colon are yes (1) or absent. Nothing of what happened later goes in.
 */
export function leadFeatures({ conversation, contact, reply, language }: KnownLead, now: Instant): Record<string, number> {
	const at = epochMs(now);
	const lead = conversation.filter(({ from }) => from === 'lead');
	const times = lead.map(({ timestamp }) => new Date(timestamp).getTime()).filter(Number.isFinite);
	const days = (since: number): number => Math.log1p(Math.max(0, at - since) / DAY);
	const words = lead.reduce((sum, { text }) => sum + (text.match(/[\p{L}\p{N}]+/gu)?.length ?? 0), 0);
	const last = lead.at(-1);
	const icp = number(contact.attributes?.icpScore);
	const industry = category(contact.attributes?.industry);
	const role = category(contact.attributes?.role);
	const features: Record<string, number> = {
		leadMessages: Math.log1p(lead.length),
		ourMessages: Math.log1p(conversation.length - lead.length),
		wordsAMessage: Math.log1p(lead.length === 0 ? 0 : words / lead.length),
		buyingWords: Math.min(8, buyingWordsIn(lead.map(({ text }) => text), language).length),
		responseShare: responseShare(conversation),
		daysSinceLast: times.length === 0 ? 0 : days(Math.max(...times)),
		daysSinceFirst: times.length === 0 ? 0 : days(Math.min(...times)),
		asksQuestion: last?.text.includes('?') ? 1 : 0,
		rulesScore: (fallbackScore(conversation, { now: at, language })?.score ?? 0) / 100,
		company: contact.company === undefined ? 0 : 1,
		phone: contact.phone === undefined ? 0 : 1,
		sentiment: reply?.sentiment ?? 0,
		needsAnswer: reply?.needsAnswer ? 1 : 0,
	};
	if (icp !== undefined) Object.assign(features, { icpScore: Math.min(100, Math.max(0, icp)) / 100, 'icpScore:known': 1 });
	if (reply) features[`reply:${reply.intent}`] = 1;
	if (last?.channel) features[`channel:${last.channel}`] = 1;
	if (industry !== undefined) features[`industry:${industry}`] = 1;
	if (role !== undefined) features[`role:${role}`] = 1;
	return features;
}
