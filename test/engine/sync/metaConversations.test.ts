import { namelessPerson, parseConversations } from '../../../engine/message/intake/metaConversations';
import { epochMs } from '../../../engine/time';

const NOW = epochMs('2026-03-02T12:00:00Z');
const PAGE = '400000000000001';
const parse = (data: unknown, paging: unknown = {}, channel: 'messenger' | 'instagram' = 'messenger') => parseConversations({ data, paging }, { channel, own: [PAGE, '1784'], now: NOW });
const said = (id: string, from: object, message: string, created_time = '2026-03-01T09:00:00+0000', more: object = {}) => ({ id, from, to: { data: [{ id: PAGE }] }, message, created_time, ...more });
const lead = { id: '2490000123456', name: 'Ada Weber' };
const us = { id: PAGE, name: 'Kitchens' };

describe('a page of conversations', () => {
	it('tells who wrote what and when, oldest first, and who the person is', () => {
		const { conversations } = parse([{ id: 't_1', updated_time: '2026-03-01T10:00:00+0000', participants: { data: [us, lead] }, messages: { data: [said('m2', us, 'Good morning', '2026-03-01T10:00:00+0000'), said('m1', lead, 'Hello')] } }]);
		expect(conversations).toEqual([{
			id: 't_1', updatedAt: Date.parse('2026-03-01T10:00:00Z'), person: { id: lead.id, name: 'Ada Weber' }, unreadable: 0,
			messages: [
				{ providerId: 'm1', fromUs: false, text: 'Hello', attachments: [], timestamp: Date.parse('2026-03-01T09:00:00Z') },
				{ providerId: 'm2', fromUs: true, text: 'Good morning', attachments: [], timestamp: Date.parse('2026-03-01T10:00:00Z') },
			],
		}]);
	});

	it('keeps the order of messages of one second, which Meta lists newest first', () => {
		const { conversations: [{ messages }] } = parse([{ id: 't', messages: { data: [said('c', lead, '3'), said('b', us, '2'), said('a', lead, '1')] } }]);
		expect(messages.map(({ providerId }) => providerId)).toEqual(['a', 'b', 'c']);
	});

	it('takes the name from the messages, else the participants, else the last six of the id; Instagram names users', () => {
		const nameOf = (one: object, channel?: 'instagram') => parse([{ id: 't', ...one }], {}, channel).conversations[0].person;
		expect(nameOf({ messages: { data: [said('m', { id: lead.id, name: 'Of The Message' }, 'x')] }, participants: { data: [{ id: lead.id, name: 'Of The List' }] } })).toEqual({ id: lead.id, name: 'Of The Message' });
		expect(nameOf({ messages: { data: [said('m', { id: lead.id }, 'x')] }, participants: { data: [us, { id: lead.id, name: 'Of The List' }] } })?.name).toBe('Of The List');
		expect(nameOf({ participants: { data: [us, { id: lead.id }] } })?.name).toBe('User 123456');
		expect(nameOf({ participants: { data: [{ id: '1784' }, { id: '99', username: 'ada.w' }] } }, 'instagram')).toEqual({ id: '99', name: 'ada.w' });
		expect(nameOf({ participants: { data: [us] } })).toBeUndefined();
		expect(namelessPerson('12')).toBe('User 12');
	});

	it('counts what Meta names without telling, and leaves a third person out', () => {
		const { conversations: [one] } = parse([{ id: 't', participants: { data: [lead] }, messages: { data: [said('m1', lead, 'mine'), { id: 'm0' }, said('m2', { id: '777', name: 'Third' }, 'theirs')] } }]);
		expect([one.unreadable, one.messages.map(({ text }) => text)]).toEqual([1, ['mine']]);
	});

	it('keeps pictures and files as attachments', () => {
		const attachments = { data: [{ image_data: { url: 'https://cdn.example/a.jpg' } }, { mime_type: 'audio/mp4', file_url: 'https://cdn.example/b' }, { video_data: { url: 'https://cdn.example/c' } }, {}] };
		const { conversations: [{ messages }] } = parse([{ id: 't', messages: { data: [said('m', lead, '', undefined, { attachments })] } }]);
		expect(messages[0].attachments).toEqual([{ kind: 'image', url: 'https://cdn.example/a.jpg' }, { kind: 'audio', mime: 'audio/mp4', url: 'https://cdn.example/b' }, { kind: 'video', url: 'https://cdn.example/c' }, { kind: 'document' }]);
	});

	it('goes on only where Meta says there is more', () => {
		const cursors = { before: 'a', after: 'b' };
		expect(parse([], { cursors, next: 'https://graph.facebook.com/x' }).after).toBe('b');
		expect(parse([], { cursors }).after).toBeUndefined();
		expect(parse([]).after).toBeUndefined();
	});

	it('holds against hostile answers', () => {
		for (const body of [undefined, null, 7, 'x', [], {}, { data: {} }]) expect(() => parseConversations(body, { channel: 'messenger', own: [], now: NOW })).toThrow(TypeError);
		const { conversations } = parse([null, 7, [], {}, { id: 't', messages: { data: [null, { id: 'm', from: 'x', created_time: 5 }, said('n', lead, 'a\u0000b', '9999-01-01T00:00:00+0000')] }, participants: { data: [null, 'x'] } }]);
		expect(conversations).toMatchObject([{ id: 't', messages: [{ text: 'ab', timestamp: NOW }] }]);
	});
});
