import fc from 'fast-check';
import { assignArm, nextShare, RolloutSchema } from '../../../engine/training/rollout';

const arm = (contactId: string, share: number, version = 'v2.1.0') => assignArm({ version, share }, contactId).arm;
const contacts = Array.from({ length: 20_000 }, (_, i) => `contact-${i}`);

describe('the arm of a contact', () => {
	it('is always the same one for a candidate and share, with the chance it had', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.double({ min: 0, max: 1, noNaN: true }), (contactId, share) => {
			const first = assignArm({ version: 'v2.1.0', share }, contactId);
			expect(assignArm({ version: 'v2.1.0', share }, contactId)).toEqual(first);
			expect(first.propensity).toBe(first.arm === 'candidate' ? share : 1 - share);
			expect(RolloutSchema.parse(first)).toEqual(first);
		}));
	});

	it('stays the candidate while its share grows', () => {
		fc.assert(fc.property(fc.string(), (contactId) => {
			const arms = [0, 0.1, 0.25, 0.5, 1].map((share) => arm(contactId, share));
			const first = arms.indexOf('candidate');
			expect(arms.slice(first).every((one) => one === 'candidate')).toBe(true);
			expect([arms[0], arms[4]]).toEqual(['deployed', 'candidate']);
		}));
	});

	it.each([0.1, 0.25, 0.5])('is the candidate for a share of %s of contacts', (share) => {
		const count = contacts.filter((contact) => arm(contact, share) === 'candidate').length;
		// Five standard deviations.
		expect(Math.abs(count - 20_000 * share)).toBeLessThan(5 * Math.sqrt(20_000 * share * (1 - share)));
	});

	it('is drawn anew for another candidate', () => {
		const both = contacts.filter((contact) => arm(contact, 0.5) === 'candidate' && arm(contact, 0.5, 'v2.2.0') === 'candidate').length;
		expect(Math.abs(both - 5_000)).toBeLessThan(5 * Math.sqrt(20_000 * 0.25 * 0.75));
	});

	it('grows by 10, 25 and 50 %', () => {
		expect([0, 0.1, 0.2, 0.25, 0.5, 1].map(nextShare)).toEqual([0.1, 0.25, 0.25, 0.5, undefined, undefined]);
	});
});
