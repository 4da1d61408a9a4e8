import { leadFeatures } from '../engine/classify/leadFeatures';
import { fallbackScore } from '../engine/classify/fallbackScore';
import type { Conversation } from '../engine/message/message';
import type { Reply, ReplyIntent } from '../engine/reply/reply';
import { DAY, epochMs, HOUR, iso } from '../engine/time';
import type { Random } from './uniform';

/** How converting comes about: by the lead's facts and behaviour, by what the rules score alone, or by nothing we see. */
export const WORLDS = ['own market', 'rules are right', 'nothing to learn'] as const;
export type World = (typeof WORLDS)[number];

const NOW = epochMs('2026-03-02T12:00:00Z');
const INDUSTRIES = ['hotels', 'restaurants', 'retail', 'offices', 'schools', 'clinics'] as const;
const ROLES = ['owner', 'buyer', 'assistant'] as const;
const CHANNELS = ['whatsapp', 'email', 'instagram'] as const;
const INTENTS: readonly ReplyIntent[] = ['interested', 'question', 'objection', 'not_now', 'other', 'meeting'];
const SMALL_TALK = ['Hello there', 'Thanks for your message', 'I will think about it and come back to you', 'We saw you at the fair', 'Could you tell me more about yourselves', 'That sounds fine', 'Sorry for the late answer, it was a busy week here'];
const BUYING = ['What is the price', 'Is delivery included', 'We need an invoice', 'I want to order', 'Are they available', 'Please send a quote', 'It is urgent for us', 'How does payment work'];

export interface SimulatedLead {
	features: Record<string, number>;
	/** Of the rules. */
	baseScore: number;
	converted: boolean;
	/** The true chance. */
	chance: number;
}

/** A workspace: what matters for converting in it, unknown to us. */
export interface Market {
	world: World;
	industry: readonly number[];
	role: readonly number[];
	intent: readonly number[];
	buying: number;
	silence: number;
	fit: number;
	hidden: number;
	/** Brings the share of conversions to about one in eight. */
	level: number;
}

/** Standard normal, by Box and Muller. */
function normal(rng: Random): number {
	return Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());
}

const pick = <T>(some: readonly T[], rng: Random): T => some[Math.floor(rng() * some.length)];
const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** One lead before its fate is drawn. */
function drawn(market: Market, rng: Random): Omit<SimulatedLead, 'converted' | 'chance'> & { pull: number } {
	const interest = normal(rng);
	const messages = 1 + Math.floor(Math.exp(0.7 + 0.5 * interest + 0.5 * normal(rng)));
	const silence = Math.exp(1 + 0.9 * normal(rng) - 0.4 * interest);
	const conversation: Conversation = [];
	let at = NOW - silence * DAY - messages * 6 * HOUR;
	for (let place = 0; place < Math.min(messages, 25); place += 1) {
		const words = [pick(SMALL_TALK, rng), ...(rng() < logistic(0.8 * interest - 0.5) ? [pick(BUYING, rng)] : [])];
		conversation.push({ from: 'lead', text: `${words.join('. ')}${rng() < 0.4 ? '?' : '.'}`, timestamp: iso(epochMs(at)), channel: pick(CHANNELS, rng) });
		if (rng() < 0.7) conversation.push({ from: 'us', text: 'Thank you, here is what we can offer you.', timestamp: iso(epochMs(at + HOUR)) });
		at += 6 * HOUR;
	}
	const [industry, role] = [Math.floor(rng() * INDUSTRIES.length), Math.floor(rng() * ROLES.length)];
	const intent = Math.min(INTENTS.length - 1, Math.floor(rng() * INTENTS.length));
	const fit = rng();
	const reply: Reply = { intent: INTENTS[intent], optOut: { wanted: false, certainty: 0 }, sentiment: Math.max(-1, Math.min(1, 0.3 * interest + 0.4 * normal(rng))), language: 'en', needsAnswer: rng() < 0.6 };
	const features = leadFeatures({ conversation, contact: { ...(rng() < 0.6 ? { company: 'X' } : {}), attributes: { industry: INDUSTRIES[industry], role: ROLES[role], ...(rng() < 0.7 ? { icpScore: 100 * fit } : {}) } }, reply, language: 'en' }, NOW);
	const baseScore = fallbackScore(conversation, { now: NOW, language: 'en' })?.score ?? 0;
	const pulls: Record<World, number> = {
		'own market': market.industry[industry] + market.role[role] + market.intent[intent] + market.buying * features.buyingWords - market.silence * features.daysSinceLast + market.fit * (fit - 0.5) + market.hidden * normal(rng),
		'rules are right': (baseScore - 45) / 9,
		'nothing to learn': 0,
	};
	return { features, baseScore, pull: pulls[market.world] };
}

/** Draws what matters in one workspace. */
export function drawMarket(world: World, rng: Random): Market {
	const market: Market = { world, industry: INDUSTRIES.map(() => 0.7 * normal(rng)), role: ROLES.map(() => 0.5 * normal(rng)), intent: INTENTS.map(() => 0.5 * normal(rng)), buying: 0.35 * rng(), silence: 0.8 * rng(), fit: 2 * rng(), hidden: 1, level: 0 };
	const pulls = Array.from({ length: 1_000 }, () => drawn(market, rng).pull);
	let [low, high] = [-15, 15];
	for (let step = 0; step < 40; step += 1) {
		const level = (low + high) / 2;
		const share = pulls.reduce((sum, pull) => sum + logistic(pull + level), 0) / pulls.length;
		if (share > 0.125) high = level;
		else low = level;
	}
	return { ...market, level: (low + high) / 2 };
}

/** One lead of a workspace with its fate. */
export function drawLead(market: Market, rng: Random): SimulatedLead {
	const { pull, ...lead } = drawn(market, rng);
	const chance = logistic(pull + market.level);
	return { ...lead, chance, converted: rng() < chance };
}
