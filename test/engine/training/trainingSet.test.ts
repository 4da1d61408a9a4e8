import type { TrainingExample } from '../../../engine/training/trainingExample';
import type { TrainingPerson } from '../../../engine/training/trainingPerson';
import { nearCopyKeys, FixedSet } from '../../../engine/training/nearCopies';
import { TrainingManifestSchema } from '../../../engine/training/manifest';
import { TrainingSet, type TrainingSetPlan } from '../../../engine/training/trainingSet';
import { trainingSplit } from '../../../engine/training/trainingSplit';
import { epochMs } from '../../../engine/time';
import { exampleOf, personOf } from './exampleFixture';

const PLAN: TrainingSetPlan = { id: 'e1', workspace: 'acme', salt: 'salt', since: epochMs('2026-01-01T00:00:00Z'), until: epochMs('2026-03-01T00:00:00Z'), leastQuality: 0.6, consent: 'not_objected', createdAt: epochMs('2026-03-02T00:00:00Z'), packVersion: '0.1.0' };
const file = { rows: 0, bytes: 0, sha256: '', estimatedTokens: 0 };
const FILES = { sftTrain: file, sftTest: file, pairsTrain: file, pairsTest: file };
/** Contacts by the side they stand on. */
const sides = Map.groupBy(Array.from({ length: 200 }, (_, at) => `contact-${at}`), (id) => trainingSplit(id, PLAN.salt));
const [onTrain, onTest] = [sides.get('train') ?? [], sides.get('test') ?? []];

function taken(examples: readonly (Partial<TrainingExample> & { person?: TrainingPerson })[], plan: Partial<TrainingSetPlan> = {}) {
	const set = new TrainingSet({ ...PLAN, ...plan });
	const ready = examples.map(({ person = personOf(), ...example }, at) => set.take(exampleOf({ outboundId: `o${at}`, contactId: `contact-${at}`, ...example }), person));
	for (const one of ready) if (one) set.wrote(one);
	return { ready, manifest: set.manifest(FILES) };
}
const TEXTS = ['The trial runs for thirty days and needs no card at all.', 'Our support team speaks German and answers within an hour.', 'You may move your old data over with the importer in the menu.'];

describe('the split', () => {
	it('is by contact, the same every time, about a tenth for testing, and another one for another key', () => {
		const ids = Array.from({ length: 5_000 }, (_, at) => `c${at}`);
		const test = ids.filter((id) => trainingSplit(id, 'a') === 'test');
		// Binomial, 5,000 draws of 0.1: 500 ± 4.5 standard deviations of 21.
		expect(test.length).toBeGreaterThan(405);
		expect(test.length).toBeLessThan(595);
		expect(ids.filter((id) => trainingSplit(id, 'a') === 'test')).toEqual(test);
		expect(test.filter((id) => trainingSplit(id, 'b') === 'test').length).toBeLessThan(120);
	});
});

describe('near copies', () => {
	const long = 'Thank you for asking, the price of the starter plan is twenty euros a month and you can stop it at any time from the settings page without giving a reason or calling anybody at all about it';
	const share = (a: string, b: string): boolean => {
		const keys = new Set(nearCopyKeys(a));
		return nearCopyKeys(b).some((key) => keys.has(key));
	};

	it('are known with another word, case or sign, and other texts are not taken for them', () => {
		expect(share(long, `${long.toUpperCase()}!!!`)).toBe(true);
		expect(share(long, `${long} ok`)).toBe(true);
		expect(share(TEXTS[0], TEXTS[1])).toBe(false);
		expect(share('Yes.', 'yes')).toBe(true);
	});

	it('are never forgotten, in a memory of one size', () => {
		const set = new FixedSet(2 ** 17);
		for (let at = 0; at < 4_000; at++) set.add(`text ${at}`);
		expect(Array.from({ length: 4_000 }, (_, at) => set.has(`text ${at}`)).every(Boolean)).toBe(true);
		// 32 bits an entry: 2 in 100,000 by the formula.
		expect(Array.from({ length: 4_000 }, (_, at) => set.has(`other ${at}`)).filter(Boolean).length).toBeLessThan(5);
	});
});

describe('a training set', () => {
	it('puts a contact on one side, and no near copy on the other', () => {
		const { ready, manifest } = taken([
			{ contactId: onTrain[0], text: TEXTS[0] },
			{ contactId: onTest[0], text: `${TEXTS[0]} ` },
			{ contactId: onTest[0], text: TEXTS[1] },
			{ contactId: onTrain[1], text: TEXTS[1].toUpperCase() },
			{ contactId: onTrain[1], text: TEXTS[2] },
		]);
		expect(ready.map((one) => one?.split)).toEqual(['train', undefined, 'test', undefined, 'train']);
		expect(manifest).toMatchObject({ read: 5, written: 3, exclusions: { near_copy_in_other_split: 2 }, bySplit: { train: 2, test: 1 } });
	});

	it('counts the same answer to the same question once, and to another question again', () => {
		const asked = (text: string) => [{ from: 'lead' as const, text }];
		const { ready } = taken([
			{ contactId: onTrain[0], text: TEXTS[0], conversation: asked('May I try it?') },
			{ contactId: onTrain[1], text: TEXTS[0], conversation: asked('may I try it') },
			{ contactId: onTrain[2], text: TEXTS[0], conversation: asked('What if I do not like it?') },
		]);
		expect(ready.map((one) => one !== undefined)).toEqual([true, false, true]);
	});

	it('leaves out who objects, and says how many and why', () => {
		const { manifest } = taken([
			{ person: personOf(undefined, { profiling: false }) },
			{ person: personOf(undefined, { optedOutOfAll: true }) },
			{ person: personOf(undefined, { attributes: { training: false } }) },
			{ person: personOf(undefined, { attributes: { training: 'No' } }) },
			{ quality: 0.59 },
			{ text: '{{name}}' },
			{ labels: ['deal_won', 'positive_reply'] },
		]);
		expect(manifest.exclusions).toEqual({ low_quality: 1, objected: 3, placeholder_left: 1, profiling_off: 1 });
		expect(manifest.byLabel).toEqual({ deal_won: 1 });
		expect(manifest.sentence).toContain('3 × objected');
	});

	it('takes only people with a legal basis on record for the channel, where that is asked', () => {
		const person = personOf(undefined, { consent: { email: { basis: 'opt_in' } } });
		const { manifest } = taken([{ person }, { person, channel: 'sms', text: TEXTS[1] }, { text: TEXTS[2] }], { consent: 'recorded_basis' });
		expect([manifest.written, manifest.exclusions]).toEqual([1, { no_consent: 2 }]);
	});

	it('is the same for the same examples, and its manifest names nobody', () => {
		const examples = TEXTS.map((text, at) => ({ text, contactId: `anna-${at}@x.example`, judgement: 'edited' as const, original: { text: 'Buy!' } }));
		const [first, second] = [taken(examples), taken(examples)];
		expect(second).toEqual(first);
		expect(TrainingManifestSchema.parse(JSON.parse(JSON.stringify(first.manifest)))).toEqual(first.manifest);
		expect(JSON.stringify(first.manifest)).not.toMatch(/anna|x\.example|"salt"/);
		expect(JSON.stringify(first.ready.flatMap((one) => one?.lines ?? []))).not.toMatch(/anna|x\.example/);
		expect(first.ready.flatMap((one) => one?.lines.map(({ file: name }) => name.replace(/Test$/, 'Train')))).toEqual(['sftTrain', 'pairsTrain', 'sftTrain', 'pairsTrain', 'sftTrain', 'pairsTrain']);
	});
});
