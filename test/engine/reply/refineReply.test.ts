import { OPT_OUT_DOUBTFUL, OPT_OUT_CERTAIN, readReply } from '../../../engine/reply/readReply';
import { refineReply } from '../../../engine/reply/refineReply';
import type { Reply } from '../../../engine/reply/reply';

/** As the rules read a wish no word of theirs is in. */
const UNHEARD: Reply = { intent: 'objection', objection: 'trust', optOut: { wanted: false, certainty: 0 }, sentiment: -0.2, language: 'en', needsAnswer: true };

describe('a model beside the rules', () => {
	it('never overrules an opt-out the rules are certain of', () => {
		const certain = readReply('STOP');
		expect(refineReply(certain, { asksToStop: false, intent: 'interested' })).toEqual(certain);
	});

	it('takes no doubt back either', () => {
		const doubtful = readReply('I joined a different gym ages ago so you can scrub me from your contacts');
		expect(doubtful.optOut.wanted).toBe(true);
		expect(refineReply(doubtful, { asksToStop: false, intent: 'objection' })).toEqual(doubtful);
	});

	it('hands a wish only it hears to a person, and suppresses nobody by itself', () => {
		const refined = refineReply(UNHEARD, { asksToStop: true, intent: 'objection' });
		expect(refined).toMatchObject({ intent: 'opt_out', needsAnswer: true });
		expect(refined.optOut.certainty).toBeGreaterThanOrEqual(OPT_OUT_DOUBTFUL);
		expect(refined.optOut.certainty).toBeLessThan(OPT_OUT_CERTAIN);
		expect(refined.objection).toBeUndefined();
	});

	it('leaves an automatic reply what it is: it pauses, and silences nobody', () => {
		const away = readReply('I am out of the office until Monday. For urgent matters contact Jane.');
		expect(refineReply(away, { asksToStop: true, intent: 'opt_out' })).toEqual(away);
	});

	it('corrects the intent, and with it whether an answer is due', () => {
		const read = readReply('Nein danke');
		expect(refineReply(read, { asksToStop: false, intent: 'question' })).toMatchObject({ intent: 'question', needsAnswer: true, optOut: { wanted: false } });
	});

	it.each(['not_interested', 'other', 'out_of_office', 'wrong_person'] as const)('cannot silence by %s whom the rules would answer', (intent) => {
		for (const text of ['This is outrageous, I paid twice', 'Can you call me?', 'Send me the brochure please']) {
			expect(refineReply(readReply(text), { asksToStop: false, intent }).needsAnswer).toBe(true);
		}
	});

	it('changes nothing when it says nothing', () => {
		const read = readReply('How much is it?');
		for (const silent of [{}, { asksToStop: null, intent: null }]) expect(refineReply(read, silent)).toEqual(read);
	});
});
