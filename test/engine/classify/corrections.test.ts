import { conversionByBand } from '../../../engine/classify/conversionByBand';
import { correctionOf } from '../../../engine/classify/correction';
import { correctionLines, evidenceQuery, pastLeadDocument, withEvidence, withoutOthersTexts } from '../../../engine/classify/evidence';
import type { Classification } from '../../../engine/classify/classification';

describe('correctionOf', () => {
	it('moves the score into the band a person names, unless it is there', () => {
		expect(correctionOf({ score: 20 }, { intent: 'hot' }, 'Eva')).toEqual({
			labels: [{ field: 'intent', from: 'cold', to: 'hot' }, { field: 'score', from: '20', to: '70' }],
			score: 70,
			sentence: 'Corrected by Eva: intent cold → hot, score 20 → 70.',
		});
		expect(correctionOf({ score: 90 }, { intent: 'hot' }, 'Eva')).toBeUndefined();
		expect(correctionOf({}, { intent: 'cold' }, 'Eva')).toMatchObject({ labels: [{ field: 'intent', to: 'cold' }, { field: 'score', to: '15' }], score: 15 });
	});

	it('lets a score decide the intent, whatever intent is named beside it', () => {
		expect(correctionOf({ score: 70 }, { intent: 'hot', score: 10 }, 'Eva')).toMatchObject({ score: 10, labels: [{ field: 'intent', from: 'hot', to: 'cold' }, { field: 'score', from: '70', to: '10' }] });
		expect(correctionOf({ score: 70 }, { score: 65 }, 'Eva')?.labels).toEqual([{ field: 'score', from: '70', to: '65' }]);
	});

	it('keeps status and the meaning of a reply, and nothing that was right', () => {
		expect(correctionOf({ status: 'NEW', replyIntent: 'other' }, { status: 'WON', replyIntent: 'meeting' }, 'Eva')).toMatchObject({ status: 'WON', labels: [{ field: 'status', from: 'NEW', to: 'WON' }, { field: 'reply_intent', from: 'other', to: 'meeting' }] });
		expect(correctionOf({ status: 'NEW', score: 5, replyIntent: 'other' }, { status: 'NEW', score: 5, replyIntent: 'other' }, 'Eva')).toBeUndefined();
		expect(correctionOf({}, {}, 'Eva')).toBeUndefined();
	});
});

describe('conversionByBand', () => {
	it('sums scores into bands with exact intervals, and says where nothing is known', () => {
		const bands = conversionByBand([{ score: 85, contacts: 10, conversions: 0 }, { score: 61, contacts: 15, conversions: 5 }, { score: 80, contacts: 5, conversions: 5 }, { score: 0, contacts: 1, conversions: 1 }]);
		expect(bands.map(({ band, from, to, contacts, conversions }) => [band, from, to, contacts, conversions])).toEqual([
			['ready to close', 81, 100, 10, 0],
			['hot', 61, 80, 20, 10],
			['warm', 31, 60, 0, 0],
			['cold', 0, 30, 1, 1],
		]);
		// 0 of 10: 1 − 0.025^(1/10) = 0.3085; 10 of 20 in tables: 0.272 to 0.728; 1 of 1: 0.025 to 1.
		expect(bands[0].high).toBeCloseTo(0.3085, 4);
		expect([bands[1].low, bands[1].high].map((share) => share?.toFixed(3))).toEqual(['0.272', '0.728']);
		expect([bands[3].low, bands[3].high]).toEqual([expect.closeTo(0.025, 10), 1]);
		expect(bands[2].share).toBeUndefined();
		expect(bands[2].sentence).toBe('No lead scored 31–60 (warm) has had its time yet.');
		expect(bands[1].sentence).toBe('Of 20 leads scored 61–80 (hot), 10 converted: 50.0 %, between 27.2 % and 72.8 % with 95 % certainty.');
	});
});

describe('evidence', () => {
	const classification: Classification = { intent: 'warm', score: 40, status: 'CONTACTED', confidence: 0.8, summary: 's', reasons: ['asked'], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 'Score 40.' };
	const snippets = [
		{ kind: 'document' as const, id: 'document:prices#0', text: 'A chair is 45 €.', similarity: 0.81234, title: 'Prices' },
		{ kind: 'document' as const, id: 'document:faq#2', text: 'Two weeks.', similarity: 0.5 },
		{ kind: 'lead' as const, id: 'lead:anna', text: 'Wanted chairs.', similarity: 0.4, label: 'won' },
	];

	it('is shown in evidence, reasons and sentence', () => {
		const shown = withEvidence(classification, snippets);
		expect(shown.evidence).toEqual([{ id: 'document:prices#0', text: 'A chair is 45 €.', similarity: 0.812 }, { id: 'document:faq#2', text: 'Two weeks.', similarity: 0.5 }, { id: 'lead:anna', text: 'won: Wanted chairs.', similarity: 0.4 }]);
		expect(shown.reasons).toEqual(['asked', 'similar past lead: won']);
		expect(shown.sentence).toBe('Score 40. Found beside it: "Prices", "faq", 1 similar past lead.');
		expect(withEvidence(classification, [])).toBe(classification);
	});

	it("is kept without another person's words", () => {
		const kept = withoutOthersTexts(withEvidence(classification, snippets));
		expect(kept.evidence.map(({ text }) => text)).toEqual(['A chair is 45 €.', 'Two weeks.', '']);
		expect(JSON.stringify(kept)).not.toContain('Wanted chairs');
	});

	it("asks with the lead's last words only", () => {
		const said = (from: 'lead' | 'us', text: string) => ({ from, text, timestamp: '2026-03-01T12:00:00Z' });
		expect(evidenceQuery([said('lead', 'one'), said('lead', 'two'), said('us', 'ours'), said('lead', ' '), said('lead', 'three'), said('lead', 'four')])).toBe('two\nthree\nfour');
		expect(evidenceQuery([said('us', 'ours')])).toBe('');
		expect(evidenceQuery([said('lead', 'x'.repeat(5_000))])).toHaveLength(600);
	});

	it('names a past lead by its end and by what people said, without addresses', () => {
		expect(pastLeadDocument({ summary: 'Wants chairs, write to anna@example.com.', events: ['meeting_booked', 'deal_won'], corrections: {} })).toEqual({ label: 'won', text: 'Wants chairs, write to [e-mail address].' });
		expect(pastLeadDocument({ summary: 'Chairs.', events: [], corrections: { intent: 'cold', score: '15' } })?.label).toBe('judged cold, score 15 by a person');
		expect(pastLeadDocument({ summary: 'Chairs.', events: [], corrections: {} })).toBeUndefined();
		expect(pastLeadDocument({ summary: '  ', events: ['deal_lost'], corrections: {} })).toBeUndefined();
	});

	it('tells a model what colleagues corrected', () => {
		expect(correctionLines([{ field: 'intent', from: 'cold', to: 'hot', at: Date.UTC(2026, 2, 2) }, { field: 'status', to: 'WON', at: Date.UTC(2026, 2, 1) }])).toEqual(['2026-03-02 intent cold → hot', '2026-03-01 status WON']);
	});
});
