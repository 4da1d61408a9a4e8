import fc from 'fast-check';
import { assembleDraft, type AssembleInput } from '../../../engine/draft/assemble';
import { auditDraw } from '../../../engine/draft/auditDraw';
import { fitCalibrator } from '../../../engine/draft/calibration';
import { rawConfidence, RULE_FACTORS, ruleHits } from '../../../engine/draft/confidence';
import { decideAutoSend } from '../../../engine/draft/decision';
import { DraftSchema } from '../../../engine/draft/draft';
import { draftLanguage } from '../../../engine/draft/draftLanguage';
import { DraftAnswerSchema, readDraftAnswer } from '../../../engine/draft/readDraft';
import { cpuMs } from '../../cpuTime';

const never = () => {
	throw new Error('must not be drawn');
};

describe('decideAutoSend', () => {
	it.each([
		[0.85, true],
		[0.8499, false],
		[1, true],
		[undefined, false],
	])('with confidence %s may be sent: %s', (confidence, autoSend) => {
		expect(decideAutoSend({ confidence, reviewReasons: [], rng: () => 0.99 })).toEqual({ autoSend, threshold: 0.85, source: 'fixed', audited: false, ...(!autoSend && { sampling: 'low' }) });
	});

	it('draws one in twenty for review', () => {
		expect(decideAutoSend({ confidence: 0.9, reviewReasons: [], rng: () => 0.0499 })).toMatchObject({ autoSend: false, audited: true });
		expect(decideAutoSend({ confidence: 0.9, reviewReasons: [], rng: () => 0.05 })).toMatchObject({ autoSend: true, audited: false });
		const drawn = Array.from({ length: 20_000 }, (_, i) => auditDraw(`draft-${i}`)).filter((draw) => draw < 0.05).length;
		// Binomial: 1000 expected, standard deviation 31.
		expect(Math.abs(drawn - 1_000)).toBeLessThan(4 * 31);
	});

	it('says on what grounds a person came to read it', () => {
		const grounds = (change: Partial<Parameters<typeof decideAutoSend>[0]>) => decideAutoSend({ confidence: 0.9, rawConfidence: 0.9, reviewReasons: [], rng: () => 0.5, ...change }).sampling;
		expect(grounds({})).toBeUndefined();
		expect(grounds({ rng: () => 0 })).toBe('audit');
		expect(grounds({ confidence: 0.2 })).toBe('low');
		expect(grounds({ readsAll: true })).toBe('full');
		expect(grounds({ readsAll: true, confidence: 0.2 })).toBe('full');
		expect(grounds({ readsAll: true, rng: () => 0 })).toBe('full');
		expect(grounds({ readsAll: true, reviewReasons: ['a voice note'] })).toBe('held');
	});

	it('goes by the score where a threshold is certified, and sends nothing while none is', () => {
		const certified = { source: 'certified', maxErrorShare: 0.05, rawThreshold: 0.8, threshold: 0.95 } as const;
		const decide = (raw: number, bar: Parameters<typeof decideAutoSend>[0]['bar'] = certified) => decideAutoSend({ confidence: 0.95, rawConfidence: raw, bar, reviewReasons: [], rng: () => 0.5 });
		expect(decide(0.8)).toEqual({ autoSend: true, threshold: 0.95, rawThreshold: 0.8, source: 'certified', audited: false });
		expect(decide(0.79)).toMatchObject({ autoSend: false, sampling: 'low' });
		expect(decide(1, { source: 'certified', maxErrorShare: 0.05, reviewsNeeded: 12 })).toEqual({ autoSend: false, threshold: 1, source: 'certified', audited: false, reviewsNeeded: 12, sampling: 'full' });
	});

	it('draws nothing for what goes to review anyway', () => {
		expect(decideAutoSend({ confidence: 0.99, reviewReasons: ['x'], rng: never }).autoSend).toBe(false);
		expect(decideAutoSend({ confidence: 0.1, reviewReasons: [], rng: never }).autoSend).toBe(false);
	});

	it('draws the same for the same draft', () => {
		expect(auditDraw('a')).toBe(auditDraw('a'));
		expect(auditDraw('a')).not.toBe(auditDraw('b'));
	});
});

describe('ruleHits', () => {
	const draft = (text: string, sources: string[] = [], language = 'en') => ruleHits({ text, language, sources, shortened: false });

	it.each(['Hi {name}, welcome to the team', 'Dear [Your Name], thanks for writing', 'Call {{phone}} please', 'Write to XXXX please'])('sees a placeholder left in %j', (text) => {
		expect(draft(text)).toContain('placeholderLeft');
	});

	it('sees the wrong language only when it is sure', () => {
		expect(draft('Vielen Dank für Ihre Nachricht, ich melde mich bald bei Ihnen.')).toEqual(['wrongLanguage']);
		expect(draft('Ok, super!')).toEqual([]);
		expect(draft('Vielen Dank für Ihre Nachricht, ich melde mich bald bei Ihnen.', [], 'sv')).toEqual([]);
	});

	it('sees figures and links that nobody gave', () => {
		expect(draft('That is 1,500 EUR in total for you')).toEqual(['unsupportedNumber']);
		expect(draft('That is 1.500 € in total for you', ['The price is 1500 EUR'])).toEqual([]);
		expect(draft('You get 20% off with us today', ['10 % off'])).toEqual(['unsupportedNumber']);
		expect(draft('We can talk for 15 minutes at 3 if you like')).toEqual([]);
		expect(draft('Look at https://evil.example/x for more.')).toEqual(['unsupportedLink']);
		expect(draft('Look at https://us.example/x.', ['see HTTPS://us.example/x'])).toEqual([]);
	});

	it.each(['1'.repeat(20_000), 'http://'.repeat(3_000), '{a'.repeat(10_000), '[your'.repeat(5_000)])('is quick on hostile text', (text) => {
		const started = cpuMs();
		draft(text, [text]);
		expect(cpuMs() - started).toBeLessThan(1_000);
	});
});

describe('rawConfidence', () => {
	it('is the self-report without hits', () => {
		expect(rawConfidence({ selfReport: 0.9, hits: [] })).toEqual({ rawConfidence: 0.9, signals: { selfReport: 0.9 } });
	});

	it('is lowered by drafts that disagree and statements without support, and never lifted', () => {
		// 0.9 × (0.5 + 0.5 × 0.6) × (0.75 + 0.25 × 0.5), by hand.
		const { rawConfidence: raw, signals } = rawConfidence({ selfReport: 0.9, agreement: 0.6, retrievalSupport: 0.5, hits: [] });
		expect(raw).toBeCloseTo(0.63, 12);
		expect(signals).toEqual({ selfReport: 0.9, agreement: 0.6, retrievalSupport: 0.5 });
		expect(rawConfidence({ selfReport: 0.9, agreement: 1, retrievalSupport: 1, hits: [] }).rawConfidence).toBe(0.9);
	});

	it('is multiplied by each factor, and says which', () => {
		const { rawConfidence: raw, signals } = rawConfidence({ selfReport: 0.9, hits: ['wrongLanguage', 'unsupportedNumber'] });
		expect(raw).toBeCloseTo(0.9 * 0.4 * 0.6, 12);
		expect(signals).toEqual({ selfReport: 0.9, wrongLanguage: 0.4, unsupportedNumber: 0.6 });
	});

	it('keeps any draft with a hit below 0.85', () => {
		expect(Object.values(RULE_FACTORS).every((factor) => factor < 0.85)).toBe(true);
		fc.assert(fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (self) => rawConfidence({ selfReport: self, hits: ['shortened'] }).rawConfidence < 0.85));
	});
});

describe('draftLanguage', () => {
	const lead = (text: string) => [{ from: 'lead' as const, text, timestamp: '2026-01-01T00:00:00Z' }];

	it('follows wish, lead, contact, workspace, English', () => {
		const german = lead('Was kostet das bei Ihnen?');
		expect(draftLanguage({ wanted: 'fr-CA', conversation: german })).toBe('fr');
		expect(draftLanguage({ wanted: 'und', conversation: german, contact: 'it' })).toBe('de');
		expect(draftLanguage({ wanted: 'klingon, please', conversation: lead('ok'), contact: 'it', workspace: 'nl' })).toBe('it');
		expect(draftLanguage({ conversation: [], workspace: 'nl' })).toBe('nl');
		expect(draftLanguage({ conversation: lead('👍') })).toBe('en');
	});
});

describe('readDraftAnswer', () => {
	it('reads an answer, its subject on one line', () => {
		expect(readDraftAnswer(DraftAnswerSchema.parse({ text: ' Hi ', subject: 'a\nb', confidence: 0.5, reasoning: ' r ' }))).toEqual({ text: 'Hi', subject: 'a b', selfReport: 0.5, reasoning: 'r' });
		expect(readDraftAnswer({ text: 'Hi', subject: ' ', confidence: 0.5, reasoning: '' })).not.toHaveProperty('subject');
	});

	it.each([{ text: '' }, { confidence: 85 }, { subject: undefined }])('refuses %j', (change) => {
		expect(DraftAnswerSchema.safeParse({ text: 'a', subject: null, confidence: 0.5, reasoning: '', ...change }).success).toBe(false);
	});
});

describe('assembleDraft', () => {
	const input: AssembleInput = {
		id: 'draft-1',
		channel: 'whatsapp',
		written: { text: '**Sure**, we deliver in 10 days.', language: 'en', selfReport: 0.92, usedFallback: false, modelId: 'm' },
		style: { tone: 'friendly' },
		facts: ['Delivery takes 10 days.'],
		sources: [],
		reviewReasons: [],
		learnt: { calibrator: fitCalibrator([]), bar: { source: 'fixed', threshold: 0.85 } },
		auditShare: 0,
		readsAll: false,
	};

	it('renders, weighs, decides and says so', () => {
		const draft = assembleDraft(input);
		expect(DraftSchema.parse(draft)).toMatchObject({ text: 'Sure, we deliver in 10 days.', confidence: 0.92, rawConfidence: 0.92, decision: { autoSend: true } });
		expect(draft.sentence).toBe('May be sent: confidence 0.92 (uncalibrated: 0 of 30 reviews) reaches 0.85.');
	});

	it('says why it needs review', () => {
		const sentence = (change: Partial<AssembleInput>) => assembleDraft({ ...input, ...change }).sentence;
		expect(sentence({ auditShare: 1 })).toBe('Needs review: confidence 0.92 (uncalibrated: 0 of 30 reviews) reaches 0.85, but this draft was drawn for the audit.');
		expect(sentence({ written: { ...input.written, selfReport: 0.849 } })).toBe('Needs review: confidence 0.84 (uncalibrated: 0 of 30 reviews) is below 0.85.');
		expect(sentence({ written: { ...input.written, text: 'That will be 999 EUR then.' } })).toContain('it holds a figure that is not in the facts');
		expect(sentence({ reviewReasons: ['one', 'two'] })).toBe('Needs review: one; two.');
		expect(sentence({ channel: 'linkedin', written: { ...input.written, text: 'word '.repeat(400) } })).toContain('linkedin takes 1300');
	});

	it('states no confidence for a template', () => {
		const draft = assembleDraft({ ...input, written: { text: 'Hi', language: 'en', usedFallback: true }, reviewReasons: ['written from a template because no model is set'] });
		expect(draft).not.toHaveProperty('confidence');
		expect(draft).not.toHaveProperty('rawConfidence');
		expect(draft.signals).toEqual({});
		expect(draft.decision.autoSend).toBe(false);
	});
});
