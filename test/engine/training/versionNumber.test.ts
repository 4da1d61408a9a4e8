import fc from 'fast-check';
import { compareNumbers, nextVersion, readVersion, writeVersion, type NumberedVersion } from '../../../engine/training/versionNumber';

const v = (text: string, backend: NumberedVersion['backend'] = 'fine_tuning', baseModel?: string): NumberedVersion => ({ ...(readVersion(text) ?? { major: 0, minor: 0, patch: 0 }), backend, ...(baseModel === undefined ? {} : { baseModel }) });
const next = (all: NumberedVersion[], backend: NumberedVersion['backend'] = 'fine_tuning', baseModel?: string, repairs?: string): string => writeVersion(nextVersion(all, { backend, ...(baseModel === undefined ? {} : { baseModel }) }, repairs === undefined ? undefined : readVersion(repairs)));

describe('the number of a version', () => {
	it('is a minor step for each training', () => {
		expect(next([v('v2.1.0')])).toBe('v2.2.0');
		expect(next([v('v2.9.0'), v('v2.10.3'), v('v2.2.0')])).toBe('v2.11.0');
	});

	it('is a major step when the backend or the base model is another one', () => {
		expect(next([v('v2.1.0', 'example_memory')])).toBe('v3.0.0');
		expect(next([v('v2.1.0', 'fine_tuning', 'gpt-a')], 'fine_tuning', 'gpt-b')).toBe('v3.0.0');
		expect(next([v('v2.1.0', 'fine_tuning', 'gpt-a')], 'fine_tuning', 'gpt-a')).toBe('v2.2.0');
	});

	it('is a patch when a version is made anew', () => {
		expect(next([v('v2.1.0'), v('v2.1.4'), v('v3.0.0')], 'fine_tuning', undefined, 'v2.1.0')).toBe('v2.1.5');
	});

	it('goes on from the baseline for a memory, and leaves it behind for a trained model', () => {
		expect(next([v('v1.0.0', 'example_memory')], 'example_memory')).toBe('v1.1.0');
		expect(next([v('v1.0.0', 'example_memory')], 'fine_tuning', 'gpt-a')).toBe('v2.0.0');
		expect(next([], 'fine_tuning')).toBe('v1.0.0');
	});

	it('is read back as written, and nothing else is read', () => {
		fc.assert(fc.property(fc.nat(999_999), fc.nat(999_999), fc.nat(999_999), (major, minor, patch) => {
			expect(readVersion(writeVersion({ major, minor, patch }))).toEqual({ major, minor, patch });
		}));
		for (const text of ['', '2.1.0', 'v2.1', 'v2.1.0.1', 'v-1.0.0', 'v1.0.0; drop table', 'v99999999.0.0']) expect(readVersion(text)).toBeUndefined();
	});

	it('is always newer than every other of its line', () => {
		const number = fc.record({ major: fc.nat(5), minor: fc.nat(5), patch: fc.nat(5), backend: fc.constantFrom<NumberedVersion['backend'][]>('fine_tuning', 'example_memory') });
		fc.assert(fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), fc.constantFrom<NumberedVersion['backend'][]>('fine_tuning', 'example_memory'), (all, backend) => {
			const fresh = nextVersion(all, { backend });
			expect(all.every((one) => compareNumbers(one, fresh) < 0)).toBe(true);
		}));
	});
});
