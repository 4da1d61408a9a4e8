import { correctReading } from '../../../engine/reply/correctReading';
import { readReply } from '../../../engine/reply/readReply';
import { REPLY_INTENTS, ReplySchema } from '../../../engine/reply/reply';

describe('a reading put right by a person', () => {
	it('is what the person said, with certainty', () => {
		const read = readReply('Too expensive for us, sorry.');
		expect(read).toMatchObject({ intent: 'objection', objection: 'price' });
		expect(correctReading(read, 'opt_out')).toEqual({ intent: 'opt_out', optOut: { wanted: true, certainty: 1 }, sentiment: read.sentiment, language: read.language, needsAnswer: false });
		expect(correctReading(readReply('STOP'), 'meeting')).toMatchObject({ intent: 'meeting', optOut: { wanted: false, certainty: 0 }, needsAnswer: true });
		expect(correctReading(read, 'objection')).toMatchObject({ intent: 'objection', objection: 'price' });
	});

	it('is a whole reading, whatever was read before', () => {
		for (const before of [undefined, readReply(''), readReply('🎉'), readReply('STOP'), readReply('I am out of office')]) {
			for (const intent of REPLY_INTENTS) {
				const corrected = correctReading(before, intent);
				expect(ReplySchema.parse(corrected)).toEqual(corrected);
				expect([corrected.intent, corrected.optOut.wanted]).toEqual([intent, intent === 'opt_out']);
			}
		}
	});
});
