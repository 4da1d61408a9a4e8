import { readProviderEvents } from '../../../engine/outcome/providerEvents';
import { epochMs, iso, later, DAY } from '../../../engine/time';

const NOW = epochMs('2026-05-20T10:00:00Z');

describe('Calendly', () => {
	const invitee = 'https://api.calendly.com/scheduled_events/E1/invitees/I1';
	const report = (event: string, payload: object) => ({ event, created_at: '2026-05-19T08:00:00.000000Z', payload: { uri: invitee, email: 'ann@mail.example', ...payload } });

	it('books by the invitee’s address, once', () => {
		expect(readProviderEvents('calendly', report('invitee.created', {}), NOW)).toEqual([
			{ event: 'meeting_booked', occurredAt: epochMs('2026-05-19T08:00:00Z'), eventId: `calendly:${invitee}:meeting_booked`, person: 'ann@mail.example' },
		]);
	});

	it('counts a cancellation as no meeting, and a change of the time as nothing', () => {
		const cancelled = report('invitee.canceled', { cancellation: { created_at: '2026-05-19T09:00:00Z', canceler_type: 'invitee' } });
		expect(readProviderEvents('calendly', cancelled, NOW)).toMatchObject([{ event: 'meeting_no_show', occurredAt: epochMs('2026-05-19T09:00:00Z') }]);
		expect(readProviderEvents('calendly', report('invitee.canceled', { rescheduled: true }), NOW)).toEqual([]);
		expect(readProviderEvents('calendly', report('invitee.created', { old_invitee: 'https://api.calendly.com/scheduled_events/E0/invitees/I0' }), NOW)).toEqual([]);
	});

	it('names a no-show by its invitee, so that a cancellation before is the same one', () => {
		const [event] = readProviderEvents('calendly', { event: 'invitee_no_show.created', created_at: '2026-05-19T08:00:00Z', payload: { uri: 'https://api.calendly.com/invitee_no_shows/N1', invitee } }, NOW);
		expect(event).toMatchObject({ event: 'meeting_no_show', eventId: `calendly:${invitee}:meeting_no_show` });
	});
});

describe('HubSpot', () => {
	const change = (more: object) => ({ eventId: 1, portalId: 62515, subscriptionType: 'deal.propertyChange', objectId: 123, occurredAt: 1779184800000, attemptNumber: 0, ...more });
	const events = (...changes: object[]) => readProviderEvents('hubspot', changes, NOW).map(({ event }) => event);

	it('reads deals, meetings and opt-outs, and leaves all other changes', () => {
		expect(
			events(
				change({ subscriptionType: 'deal.creation' }),
				change({ propertyName: 'dealstage', propertyValue: 'closedwon' }),
				change({ propertyName: 'dealstage', propertyValue: 'closedlost' }),
				change({ propertyName: 'dealstage', propertyValue: 'qualifiedtobuy' }),
				change({ propertyName: 'amount', propertyValue: '100' }),
				change({ subscriptionType: 'contact.propertyChange', propertyName: 'hs_email_optout', propertyValue: 'true' }),
				change({ subscriptionType: 'object.propertyChange', propertyName: 'hs_meeting_outcome', propertyValue: 'NO_SHOW' }),
				change({ subscriptionType: 'contact.deletion' }),
			),
		).toEqual(['opportunity', 'deal_won', 'deal_lost', 'unsubscribed', 'meeting_no_show']);
	});

	it('knows the stages of other pipelines when told', () => {
		const won = change({ propertyName: 'dealstage', propertyValue: '98765' });
		expect(readProviderEvents('hubspot', [won], NOW)).toEqual([]);
		expect(readProviderEvents('hubspot', [won], NOW, { wonStages: ['98765'] })).toMatchObject([{ event: 'deal_won', occurredAt: 1779184800000 }]);
	});

	it('tells one change from another although HubSpot repeats its event ids, and a second attempt from neither', () => {
		const ids = (...changes: object[]) => new Set(readProviderEvents('hubspot', changes, NOW).map(({ eventId }) => eventId)).size;
		const won = change({ propertyName: 'dealstage', propertyValue: 'closedwon' });
		expect(ids(won, { ...won, objectId: 124 }, { ...won, occurredAt: 1779184800001 })).toBe(3);
		expect(ids(won, { ...won, attemptNumber: 3, eventId: 2 })).toBe(1);
	});
});

describe('Pipedrive', () => {
	const second = (data: object, previous: object | null, action = 'change') => ({ data: { id: 7, value: 1200.5, currency: 'EUR', person_id: 3, ...data }, previous, meta: { action, entity: 'deal', company_id: '1', timestamp: '2026-05-19T08:00:00Z', version: '2.0' } });

	it('reads a deal that becomes won, with value and currency, in both versions', () => {
		const won = { event: 'deal_won', occurredAt: epochMs('2026-05-19T07:59:58Z'), value: 1200.5, currency: 'EUR', person: 'pipedrive:3' };
		expect(readProviderEvents('pipedrive', second({ status: 'won', won_time: '2026-05-19T07:59:58Z' }, { status: 'open' }), NOW)).toMatchObject([won]);
		const first = { v: 1, event: 'updated.deal', meta: { action: 'updated', object: 'deal', timestamp: 1779177600 }, current: { id: 7, status: 'won', value: 1200.5, currency: 'EUR', person_id: 3, won_time: '2026-05-19 07:59:58' }, previous: { id: 7, status: 'open' } };
		expect(readProviderEvents('pipedrive', first, NOW)).toMatchObject([won]);
	});

	it('says nothing of later changes, other objects, or a deal that was opened again', () => {
		const won = { status: 'won', won_time: '2026-05-19T07:59:58Z' };
		expect(readProviderEvents('pipedrive', second(won, { title: 'Old' }), NOW)).toEqual([]);
		expect(readProviderEvents('pipedrive', second(won, { status: 'won' }), NOW)).toEqual([]);
		expect(readProviderEvents('pipedrive', second({ status: 'open' }, { status: 'won' }), NOW)).toEqual([]);
		expect(readProviderEvents('pipedrive', { ...second(won, { status: 'open' }), meta: { action: 'change', entity: 'person' } }, NOW)).toEqual([]);
	});

	it('reads a new deal as an opportunity, a lost one as lost, and person and message where told', () => {
		expect(readProviderEvents('pipedrive', second({ status: 'open' }, null, 'create'), NOW)).toMatchObject([{ event: 'opportunity' }]);
		const lost = second({ status: 'lost', lost_time: '2026-05-19T07:59:58Z', custom_fields: { mail: { value: 'ann@mail.example' }, draft: 'd-1' } }, { status: 'open' });
		expect(readProviderEvents('pipedrive', lost, NOW, { personField: 'custom_fields.mail.value', draftField: 'custom_fields.draft' })).toMatchObject([{ event: 'deal_lost', person: 'ann@mail.example', outboundId: 'd-1' }]);
	});
});

describe('Salesforce', () => {
	it('reads opportunities with the field names in any case', () => {
		const rows = [
			{ Id: '006A', StageName: 'Closed Won', IsWon: true, Amount: 5000, CurrencyIsoCode: 'usd', ContactEmail: 'bo@mail.example', LastModifiedDate: '2026-05-19T08:00:00.000+0000' },
			{ id: '006B', stageName: 'Closed Lost', isClosed: true, contactId: '003X' },
			{ id: '006C', stageName: 'Prospecting' },
			{ id: '006D' },
			{ stageName: 'Closed Won' },
		];
		expect(readProviderEvents('salesforce', rows, NOW)).toMatchObject([
			{ event: 'deal_won', value: 5000, currency: 'USD', person: 'bo@mail.example', occurredAt: epochMs('2026-05-19T08:00:00Z'), eventId: 'salesforce:006A:deal_won' },
			{ event: 'deal_lost', person: 'salesforce:003X', occurredAt: NOW },
			{ event: 'opportunity' },
		]);
		expect(readProviderEvents('salesforce', { Id: '1', StageName: 'Gewonnen' }, NOW, { wonStages: ['Gewonnen'] })).toMatchObject([{ event: 'deal_won' }]);
	});
});

describe('any sender', () => {
	it('reads one event, a list, or a list under events, under names of its own', () => {
		const one = { event: 'meeting_held', id: 'e1', email: 'ann@mail.example', time: '2026-05-19T08:00:00Z' };
		const expected = [{ event: 'meeting_held', eventId: 'generic:e1', person: 'ann@mail.example', occurredAt: epochMs('2026-05-19T08:00:00Z') }];
		for (const payload of [one, [one], { events: [one] }]) expect(readProviderEvents('generic', payload, NOW)).toMatchObject(expected);
		const order = { type: 'order.paid', id: 'o1', customer: { mail: 'bo@mail.example' }, amount: '99.90', currency: 'EUR' };
		expect(readProviderEvents('generic', order, NOW, { eventNames: { 'order.paid': 'deal_won' }, personField: 'customer.mail' })).toMatchObject([{ event: 'deal_won', value: 99.9, currency: 'EUR', person: 'bo@mail.example' }]);
	});

	it('leaves out what could not be told from a repeat, is about nobody, or is no event', () => {
		const base = { event: 'replied', id: 'e1', email: 'ann@mail.example' };
		for (const bad of [{ ...base, id: undefined }, { ...base, email: undefined }, { ...base, event: 'exploded' }, { ...base, event: 'constructor' }, null, 'x', []]) expect(readProviderEvents('generic', bad, NOW)).toEqual([]);
	});

	it('gives the same event the same id when only its time tells it', () => {
		const at = (time: string) => readProviderEvents('generic', { event: 'replied', email: 'ann@mail.example', time }, NOW)[0].eventId;
		expect(at('2026-05-19T08:00:00Z')).toBe(at('2026-05-19T10:00:00+02:00'));
		expect(at('2026-05-19T08:00:00Z')).not.toBe(at('2026-05-19T08:00:01Z'));
	});
});

it('keeps what no store would take out of it: endless ids, wild times and sums', () => {
	const hostile = { event: 'deal_won', id: 'x'.repeat(100_000), email: 'ann@mail.example', time: '2026-05-19T08:00:00Z', value: Number.MAX_VALUE, currency: 'DROP TABLE' };
	expect(readProviderEvents('generic', hostile, NOW)).toMatchObject([{ event: 'deal_won', value: undefined, currency: undefined, eventId: expect.stringMatching(/^generic:.{36}$/) }]);
	for (const time of [1e300, -1, '9999-12-31T00:00:00Z', 9_007_199_254_740_990, 'soon', iso(later(NOW, 2 * DAY))]) expect(readProviderEvents('generic', { ...hostile, id: 'e', time }, NOW)).toMatchObject([{ occurredAt: NOW }]);
	expect(readProviderEvents('sendgrid', [{ event: 'open', sg_event_id: 'e', sg_message_id: 'y'.repeat(5000), timestamp: 1.5e308 }], NOW)).toMatchObject([{ providerId: undefined, occurredAt: NOW }]);
});

it('names the person of a SendGrid unsubscription or complaint, and of nothing that may be about other mail', () => {
	const report = (event: string) => ({ event, email: 'ann@mail.example', sg_event_id: event, timestamp: 1779184800 });
	expect(readProviderEvents('sendgrid', ['unsubscribe', 'spamreport', 'open', 'click', 'delivered'].map(report), NOW).map(({ event, person }) => [event, person])).toEqual([
		['unsubscribed', 'ann@mail.example'],
		['complaint', 'ann@mail.example'],
		['opened', undefined],
		['clicked', undefined],
		['delivered', undefined],
	]);
});
