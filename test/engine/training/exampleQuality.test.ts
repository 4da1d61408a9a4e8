import { exampleQuality, lengthOf } from '../../../engine/training/exampleQuality';
import { BY_DECISION, decidingLabel } from '../../../engine/training/decidingLabel';
import { OUTCOME_LABELS } from '../../../engine/outcome/labels';
import { checkReadiness, type CountedExamples } from '../../../engine/training/readiness';
import { exampleOf } from './exampleFixture';

describe('the quality of an example', () => {
	// By hand from the table in docs/decisions/training.md.
	it.each([
		['approved and nothing came of it', { judgement: 'approved', labels: [] }, 0.75],
		['approved and a deal was won', { judgement: 'approved', labels: ['deal_won'] }, 1],
		['approved, and the lead objected', { judgement: 'approved', labels: ['objection'] }, 0.45],
		['edited and nothing came of it', { judgement: 'edited', labels: [], editDistance: 0.2 }, 0.85],
		['rewritten and nothing came of it', { judgement: 'edited', labels: [], editDistance: 0.5 }, 0.75],
		['sent unread and nothing came of it', { judgement: 'automatic', labels: [] }, 0.5],
		['sent unread and answered well', { judgement: 'automatic', labels: ['positive_reply'] }, 0.75],
		['sent unread and answered somehow', { judgement: 'automatic', labels: ['neutral_reply'] }, 0.55],
		['approved, but the lead asked to be left alone', { judgement: 'approved', labels: ['deal_won', 'opt_out'] }, 0],
		['rejected', { judgement: 'rejected', labels: [] }, 0],
		['approved in another language than the question', { judgement: 'approved', labels: [], answeredLanguage: 'de' }, 0.35],
		['approved where the question was never read', { judgement: 'approved', labels: [], intent: 'unread', answeredLanguage: undefined }, 0.65],
		['approved, a rule’s text', { judgement: 'approved', labels: ['deal_won'], usedFallback: true }, 0.3],
		['approved, doubted by the gate', { judgement: 'approved', labels: [], gateVerdict: 'review' }, 0.65],
		['approved, short', { judgement: 'approved', labels: [], text: 'It is 20 euros a month.' }, 0.7],
		['approved, hardly a text', { judgement: 'approved', labels: [], text: 'Yes. 👍' }, 0.35],
	] as const)('%s', (_, fields, quality) => expect(exampleQuality(exampleOf(fields))).toBe(quality));

	it('counts characters as a person does', () => expect([lengthOf([...'👍'.repeat(14)].length), lengthOf(15), lengthOf(40), lengthOf(2_000)]).toEqual(['too_short', 'short', 'usual', 'long']));

	it('depends on one label alone, whatever the others', () => {
		expect([...BY_DECISION].sort()).toEqual([...OUTCOME_LABELS].sort());
		for (const a of OUTCOME_LABELS) {
			for (const b of OUTCOME_LABELS) {
				const one = decidingLabel([b, a]);
				expect(exampleQuality(exampleOf({ labels: [a, b] }))).toBe(exampleQuality(exampleOf({ labels: one ? [one] : [] })));
			}
		}
	});
});

describe('readiness', () => {
	const counted = (messages: number, more: Partial<Omit<CountedExamples, 'signals'>> & { signals?: Partial<CountedExamples['signals']> } = {}): CountedExamples => ({
		channel: 'email', language: 'en', pair: false, messages, ...more,
		signals: { judgement: 'approved', rewritten: false, labels: more.label ? [more.label] : [], gateVerdict: 'pass', usedFallback: false, intent: 'read', length: 'usual', ...more.signals },
	});

	it('is there from 50 good examples on', () => {
		expect(checkReadiness([counted(50)])).toMatchObject({ ready: true, examples: 50, missing: [], sentence: expect.stringMatching(/^Ready to train: 50 examples/) });
		const { ready, missing } = checkReadiness([counted(49), counted(100, { signals: { judgement: 'automatic' } })]);
		expect([ready, missing]).toEqual([false, ['1 more example of quality 0.6 or more: 49 of the 50 needed, among 149 messages that are old enough. Most of the others: 100 were sent unread and nothing came of them: reviewing a share of the drafts makes examples of them.']]);
		expect(checkReadiness([counted(9)], { least: 9 }).ready).toBe(true);
	});

	it('says so where nothing is old enough yet', () => {
		expect(checkReadiness([])).toMatchObject({ ready: false, sentence: 'Not ready to train. Missing: No message has been out long enough (14 days) for its answer to have come.' });
	});

	it('wants pairs, and good and bad outcomes, for preferences', () => {
		const edits = counted(50, { pair: true, signals: { judgement: 'edited' } });
		expect(checkReadiness([edits]).preferences).toEqual({ ready: false, missing: ['10 more messages that went well: 0 of the 10 needed.', '10 more messages that went badly: 0 of the 10 needed, or nothing tells what to avoid.'] });
		expect(checkReadiness([edits, counted(10, { label: 'deal_won' }), counted(10, { label: 'opt_out' })]).preferences.ready).toBe(true);
		// What a person edited and the lead complained about is no preference.
		expect(checkReadiness([counted(50, { pair: true, label: 'complaint', signals: { judgement: 'edited' } })]).pairs).toBe(0);
	});

	it('names channels and languages with few examples', () => {
		const { notes, byChannel, byLabel } = checkReadiness([counted(60), counted(3, { channel: 'sms', language: 'de', label: 'positive_reply' })]);
		expect(notes).toEqual(["Only 3 examples for 'sms': what is written there is learnt mostly from the rest.", "Only 3 examples for 'de': what is written there is learnt mostly from the rest."]);
		expect([byChannel, byLabel]).toEqual([{ email: 60, sms: 3 }, { none: 60, positive_reply: 3 }]);
	});
});
