import fc from 'fast-check';
import { judgeDeliverability, type SenderTally } from '../../../engine/outcome/deliverability';

const tally = (sent: number, hardBounces: number, complaints: number): SenderTally => ({ workspace: 'acme', accountId: 'sales@acme.example', sent, hardBounces, complaints });
const ORDER = ['good', 'warn', 'stop'];

describe('a sender', () => {
	it.each([
		[0, 0, 0, 'too_few'],
		[99, 50, 5, 'too_few'],
		[100, 0, 0, 'good'],
		[100, 1, 0, 'good'],
		[100, 2, 0, 'warn'],
		[100, 4, 0, 'warn'],
		[100, 5, 0, 'stop'],
		[999, 40, 0, 'warn'],
		[1_000, 29, 0, 'warn'],
		[1_000, 30, 0, 'stop'],
		[100, 0, 1, 'warn'],
		[500, 0, 2, 'stop'],
		[1_000, 0, 1, 'warn'],
		[1_001, 0, 1, 'good'],
		[1_000, 0, 3, 'stop'],
		[10_000, 0, 29, 'warn'],
		[10_000, 0, 30, 'stop'],
	])('with %i mails, %i bounces and %i complaints is: %s', (sent, hardBounces, complaints, verdict) => {
		expect(judgeDeliverability(tally(sent, hardBounces, complaints)).verdict).toBe(verdict);
	});

	it('is told why in a sentence', () => {
		expect(judgeDeliverability(tally(1_000, 30, 3)).sentence).toBe('sales@acme.example should stop sending: complaints have reached 0.3 % and bounces have reached 3 %. 3 spam complaints (0.3 %) and 30 hard bounces (3 %) on 1000 mails in 7 days.');
		expect(judgeDeliverability({ ...tally(0, 0, 0), accountId: undefined }).sentence).toBe('Mails that name no sending account: nothing was sent in 7 days.');
	});

	it('is never judged milder for one more bounce or complaint', () => {
		fc.assert(
			fc.property(fc.integer({ min: 100, max: 20_000 }), fc.nat(400), fc.nat(80), (sent, bounces, complaints) => {
				const at = ORDER.indexOf(judgeDeliverability(tally(sent, bounces, complaints)).verdict);
				expect(ORDER.indexOf(judgeDeliverability(tally(sent, bounces + 1, complaints)).verdict)).toBeGreaterThanOrEqual(at);
				expect(ORDER.indexOf(judgeDeliverability(tally(sent, bounces, complaints + 1)).verdict)).toBeGreaterThanOrEqual(at);
			}),
		);
	});
});
