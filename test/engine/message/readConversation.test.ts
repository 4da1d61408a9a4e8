import { readConversation, unreadAttachments, withNewest } from '../../../engine/message/readConversation';
import { epochMs } from '../../../engine/time';

const turn = (text: string, timestamp: string) => ({ from: 'lead' as const, text, timestamp });

describe('readConversation', () => {
	it('leaves out what is no turn instead of failing', () => {
		expect(readConversation([turn('a', '2026-01-01T00:00:00Z'), null, 'x', { from: 'robot', text: 'b', timestamp: '2026-01-01T00:00:00Z' }])).toEqual([turn('a', '2026-01-01T00:00:00Z')]);
		expect([undefined, null, 'text', 5, {}].map(readConversation)).toEqual([[], [], [], [], []]);
	});

	it('keeps the last 50', () => {
		const many = Array.from({ length: 60 }, (_, i) => turn(`m${i}`, '2026-01-01T00:00:00Z'));
		expect(readConversation(many)).toHaveLength(50);
		expect(readConversation(many)[0].text).toBe('m10');
	});
});

describe('withNewest', () => {
	const at = epochMs('2026-01-02T00:00:00Z');

	it('adds the message a conversation does not hold yet', () => {
		expect(withNewest([], { text: 'hi', timestamp: at, channel: 'sms' })).toEqual([{ from: 'lead', text: 'hi', timestamp: '2026-01-02T00:00:00.000Z', channel: 'sms' }]);
	});

	it('adds nothing twice: the same text, or a later turn of the lead (a burst merged into one message)', () => {
		const same = [turn('hi', '2026-01-01T00:00:00Z')];
		expect(withNewest(same, { text: 'hi', timestamp: at })).toBe(same);
		const burst = [turn('one', '2026-01-01T00:00:00Z'), turn('two', '2026-01-02T00:00:00Z')];
		expect(withNewest(burst, { text: 'one\ntwo', timestamp: at })).toBe(burst);
	});

	it('adds no empty message', () => {
		expect(withNewest([], { text: '  ', timestamp: at })).toEqual([]);
	});
});

describe('unreadAttachments', () => {
	it('names what only eyes or ears could read', () => {
		expect(unreadAttachments([{ kind: 'audio' }, { kind: 'audio', transcript: 'call me' }, { kind: 'image', transcript: ' ' }, { kind: 'sticker' }]).map(({ kind }) => kind)).toEqual(['audio', 'image']);
	});
});
