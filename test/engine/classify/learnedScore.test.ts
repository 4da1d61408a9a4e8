import type { Classification } from '../../../engine/classify/classification';
import { factorReasons } from '../../../engine/classify/factorReasons';
import { leadFeatures } from '../../../engine/classify/leadFeatures';
import { blendLearned, fitLearnedScore, learnedShare, scoreOfChance, type LeadScoreRecord } from '../../../engine/classify/learnedScore';
import { TooFewConversionsError } from '../../../engine/classify/leadScore';
import type { Conversation } from '../../../engine/message/message';
import { seeded } from '../../seeded';

const base: Classification = { intent: 'warm', score: 40, status: 'CONTACTED', confidence: 0.8, summary: 's', reasons: ['asked'], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 'Score 40.' };

describe('leadFeatures', () => {
	const conversation: Conversation = [
		{ from: 'lead', text: 'What is the price?', timestamp: '2026-03-01T12:00:00Z', channel: 'whatsapp' },
		{ from: 'us', text: '45 euros.', timestamp: '2026-03-01T12:05:00Z' },
		{ from: 'person', text: 'Or 40 from ten on.', timestamp: '2026-03-01T12:06:00Z' },
		{ from: 'lead', text: 'I want to order', timestamp: '2026-03-03T12:00:00Z', channel: 'email' },
		{ from: 'us', text: 'Great!', timestamp: '2026-03-03T13:00:00Z' },
	];

	it('counts what is known, nothing else', () => {
		const features = leadFeatures({ conversation, contact: { company: 'Acme', attributes: { industry: 'Hotels & Resorts', icpScore: '80', role: 7 } }, reply: { intent: 'interested', optOut: { wanted: false, certainty: 0 }, sentiment: 0.5, language: 'en', needsAnswer: true }, language: 'en' }, '2026-03-06T12:00:00Z');
		expect(features).toEqual({
			leadMessages: Math.log(3), // two messages
			ourMessages: Math.log(4),
			wordsAMessage: Math.log(5), // four words each
			buyingWords: 3, // price, want, order
			responseShare: 0.5, // we spoke twice, answered once
			daysSinceLast: Math.log(4), // three days
			daysSinceFirst: Math.log(6),
			asksQuestion: 0,
			rulesScore: expect.any(Number),
			company: 1,
			phone: 0,
			sentiment: 0.5,
			needsAnswer: 1,
			icpScore: 0.8,
			'icpScore:known': 1,
			'reply:interested': 1,
			'channel:email': 1,
			'industry:hotels resorts': 1,
		});
	});

	it('is finite for the empty, the broken and the future', () => {
		for (const lead of [{ conversation: [], contact: {} }, { conversation: [{ from: 'lead' as const, text: '🎉'.repeat(9_000), timestamp: '2999-01-01T00:00:00Z' }], contact: { attributes: { icpScore: Number.POSITIVE_INFINITY, industry: '---', role: '' } } }]) {
			expect(Object.values(leadFeatures(lead, '2026-03-06T12:00:00Z')).every(Number.isFinite)).toBe(true);
		}
	});
});

describe('the share of the learned score', () => {
	it('is a third at 120 conversions, grows with them and stops at 60 %', () => {
		expect(learnedShare(120)).toBeCloseTo(1 / 3, 10);
		expect(learnedShare(240)).toBe(0.5);
		expect(learnedShare(360)).toBe(0.6);
		expect(learnedShare(1_000_000)).toBe(0.6);
	});
});

describe('scoreOfChance', () => {
	const grid = (value: (percent: number) => number): number[] => Array.from({ length: 101 }, (_, percent) => value(percent));
	const record: LeadScoreRecord = { model: { intercept: 0, weights: {}, examples: 1, conversions: 240 }, chances: grid((percent) => percent / 1000), scores: grid((percent) => 20 + percent / 2) };

	it('gives the score as many leads stay under', () => {
		expect(scoreOfChance(record, 0)).toBe(20);
		expect(scoreOfChance(record, 0.05)).toBe(45);
		expect(scoreOfChance(record, 0.0505)).toBeCloseTo(45.25, 10);
		expect(scoreOfChance(record, 1)).toBe(70);
		expect(scoreOfChance(record, -1)).toBe(20);
	});

	it('never gives a higher chance a lower score, with ties half-way', () => {
		const tied = { ...record, chances: grid((percent) => (percent < 50 ? 0.1 : 0.2)) };
		expect(scoreOfChance(tied, 0.1)).toBeCloseTo(20 + 24.5 / 2, 10);
		const rng = seeded(3);
		const asked = Array.from({ length: 300 }, () => rng() * 0.3).sort((a, b) => a - b);
		for (const one of [record, tied]) expect(asked.map((chance) => scoreOfChance(one, chance))).toEqual(asked.map((chance) => scoreOfChance(one, chance)).sort((a, b) => a - b));
	});

	it('is blended by the share, with the band, the factors and a sentence', () => {
		// No features: the chance is ½, above all; its score 70. Half of 40 and half of 70.
		const blended = blendLearned(base, record, {});
		expect(blended).toMatchObject({ score: 55, intent: 'warm', status: 'CONTACTED', confidence: 0.8, learned: { chance: 0.5, share: 0.5, conversions: 240, baseScore: 40 } });
		expect(blended.sentence).toBe('Score 40. With 50 % of the score learnt from 240 conversions (chance 50 %) it is 55 (warm).');
	});
});

describe('fitLearnedScore', () => {
	const examples = (conversions: number) => {
		const rng = seeded(9);
		return Array.from({ length: 600 }, (_, at) => ({ features: { buyingWords: at < conversions ? 3 + Math.round(rng()) : Math.round(rng() * 3), 'industry:hotels': 1, ...(at < 5 ? { 'role:owner': 1 } : {}) }, baseScore: at % 100, converted: at < conversions }));
	};

	it('refuses under 120 conversions', () => {
		expect(() => fitLearnedScore(examples(119))).toThrow(TooFewConversionsError);
	});

	it('leaves facts out that fewer than ten leads have, and names factors with their sign', () => {
		const record = fitLearnedScore(examples(120));
		expect(Object.keys(record.model.weights).sort()).toEqual(['buyingWords', 'industry:hotels']);
		const high = blendLearned(base, record, { buyingWords: 4, 'industry:hotels': 1, 'role:owner': 1 });
		const low = blendLearned(base, record, { buyingWords: 0 });
		expect(high.reasons).toEqual(['asked', '+ buying words (4)']);
		expect(low.reasons).toEqual(['asked', '− buying words (0)']);
		expect(high.score).toBeGreaterThan(low.score);
		expect([record.scores[0], record.scores[100]]).toEqual([0, 99]);
	});
});

describe('a workspace with hundreds of industries', () => {
	it('is learnt from by the forty most frequent facts', () => {
		const many = Array.from({ length: 6_000 }, (_, at) => ({ features: { [`industry:${at % 100 < 50 ? at % 10 : at % 100}`]: 1 }, baseScore: 50, converted: at % 10 === 0 }));
		const facts = Object.keys(fitLearnedScore(many).model.weights);
		expect(facts).toHaveLength(40);
		for (const frequent of ['0', '5', '9']) expect(facts).toContain(`industry:${frequent}`);
	});
});

describe('factorReasons', () => {
	it('names the two strongest of each sign, and only facts that are there', () => {
		const effects = [['daysSinceLast', -0.5], ['buyingWords', 0.4], ['industry:hotels', 0.9], ['industry:banks', -0.8], ['company', 0.3], ['phone', 0.05], ['replyIntent', -0.2], ['channel:sms', -0.15]] as const;
		expect(factorReasons(effects.map(([feature, effect]) => ({ feature, effect })), { daysSinceLast: Math.log(13), buyingWords: 4, 'industry:hotels': 1, company: 1, 'channel:sms': 1 })).toEqual(['+ industry hotels', '+ buying words (4)', '− days since the last message (12)', '− replyIntent']);
	});
});
