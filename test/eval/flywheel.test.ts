import { ANSWER_KINDS, drawMarket, fateOf, replyChance, WORLD, type Market } from '../../eval/flywheel/world';
import { ANSWER_TEXTS } from '../../eval/flywheel/answers';
import { equalFigures, equalRate } from '../../eval/flywheel/equalDecisions';
import { Ledger } from '../../eval/flywheel/ledger';
import { leadOf } from '../../eval/flywheel/leads';
import { MARKS, withWritten, writtenPage } from '../../eval/flywheel/page';
import { flywheelPlot } from '../../eval/flywheel/plot';
import { simulate, type RunResult } from '../../eval/flywheel/simulate';
import { mannersIn, standInModel } from '../../eval/flywheel/standIn';
import { gain, pairsOf } from '../../eval/flywheel/summary';
import { CLUMSY, compose, isClumsy, kindOf, TEXT_KINDS, withoutClumsy, type TextKind } from '../../eval/flywheel/texts';
import { reaches } from '../../eval/table';
import { uniform } from '../../eval/uniform';
import { labelOfReply } from '../../engine/outcome/labels';
import { readReply } from '../../engine/reply/readReply';
import { DraftAnswerSchema } from '../../engine/draft/readDraft';
import { DAY, epochMs } from '../../engine/time';

const REAL: Market = { kind: 'real', bestVariant: 'b', bestHour: 9 };
/** 09:30 in Berlin, the middle of the best hour. */
const AT = epochMs('2026-03-03T08:30:00Z');
const message = (text: TextKind, variantId = 'a', sentAt = AT) => ({ sentAt, zone: 'Europe/Berlin', variantId, text });

describe("the flywheel's world", () => {
	it('answers 8 % of ordinary messages, up to 1.4, 1.3 and 1.25 times as many', () => {
		const night = epochMs('2026-03-03T21:30:00Z');
		const mean = TEXT_KINDS.reduce((sum, kind) => sum + WORLD.text[kind].share * replyChance(REAL, message(kind, 'a', night)), 0);
		expect(mean).toBeCloseTo(0.08, 6);
		expect(replyChance(REAL, message('specific', 'b'))).toBeCloseTo(0.08 * 1.4 * 1.3 * 1.25, 6);
		for (const kind of TEXT_KINDS) expect(ANSWER_KINDS.reduce((sum, answer) => sum + WORLD.text[kind].answers[answer], 0)).toBeCloseTo(1, 9);
	});

	it('makes no difference between anything where all is equal, and answers as often in all', () => {
		const equal: Market = { ...REAL, kind: 'equal' };
		const chances = TEXT_KINDS.flatMap((kind) => ['a', 'b'].map((variant) => replyChance(equal, message(kind, variant))));
		for (const chance of chances) expect(chance).toBeCloseTo(0.08, 6);
		// 0.08 × (0.3125 × 0.6 + 0.6075 × 0.25 + 0.08 × 0.08), by hand.
		expect(equalRate()).toBeCloseTo(0.027662, 6);
	});

	it('has everything happen after the send and known within 14 days, some of it out of order', () => {
		const rng = uniform(3);
		const all = Array.from({ length: 4_000 }, () => fateOf(REAL, message('specific', 'b'), rng));
		const flat = all.flat();
		expect(flat.every(({ at, knownAt }) => at > AT && knownAt >= at && knownAt <= AT + 14 * DAY)).toBe(true);
		expect(all.some((one) => one.some((event, place) => place > 0 && event.knownAt < one[place - 1].knownAt))).toBe(true);
		const share = flat.filter(({ kind }) => kind === 'answer').length / all.length;
		// 0.08 × 1.4 × 1.3 × 1.25 = 0.182, less those who unsubscribe instead; ±3 standard deviations of 0.6 points.
		expect(share).toBeGreaterThan(0.163);
		expect(share).toBeLessThan(0.2);
	});

	it('is drawn from the seed alone', () => {
		expect(drawMarket('real', uniform(5))).toEqual(drawMarket('real', uniform(5)));
		expect(leadOf(4, 17)).toEqual(leadOf(4, 17));
		expect(new Set(Array.from({ length: 500 }, (_, number) => leadOf(4, number).email)).size).toBe(500);
	});

	it('lets leads write what the rules read as it is meant', () => {
		const labels = { interested: 'positive_reply', later: 'neutral_reply', objection: 'objection', stop: 'opt_out', complaint: 'opt_out' } as const;
		for (const kind of ANSWER_KINDS) for (const text of ANSWER_TEXTS[kind]) expect([text, labelOfReply(readReply(text))]).toEqual([text, labels[kind]]);
	});
});

describe('texts and those who write them', () => {
	const lead = leadOf(1, 1);

	it('are known by their sentences, however filled in', () => {
		const rng = uniform(8);
		for (const kind of TEXT_KINDS) for (let i = 0; i < 50; i += 1) expect(kindOf(compose(lead, 'Hello.', kind, i % 2 === 0, rng))).toBe(kind);
		expect(isClumsy(withoutClumsy(compose(lead, 'Hello.', 'plain', true, rng)))).toBe(false);
		expect(CLUMSY.some((sentence) => kindOf(sentence))).toBe(false);
	});

	/** Shares of the kinds among 600 drafts of a model that is shown these messages. */
	async function shares(world: 'real' | 'equal', shown: readonly TextKind[]): Promise<Record<TextKind, number>> {
		const rng = uniform(9);
		const model = standInModel(world, () => ({ lead, variantId: 'a', rng }));
		const system = shown.map((kind) => compose(lead, 'Hello.', kind, false, rng)).join('\n');
		const kinds: (TextKind | undefined)[] = [];
		for (let i = 0; i < 600; i += 1) kinds.push(kindOf((await model.completeStructured({ system, messages: [] }, DraftAnswerSchema, { purpose: 'draft' })).value.text));
		const share = (kind: TextKind): number => kinds.filter((one) => one === kind).length / kinds.length;
		return { specific: share('specific'), plain: share('plain'), pressing: share('pressing') };
	}

	it('imitate four times in five what they are shown: good examples lift, bad ones do harm, none change nothing', async () => {
		const none = await shares('real', []);
		expect(none.specific).toBeGreaterThan(0.18);
		expect(none.specific).toBeLessThan(0.32);
		// 0.8 + 0.2 × 0.25
		expect((await shares('real', ['specific', 'specific', 'specific'])).specific).toBeGreaterThan(0.78);
		expect((await shares('real', ['pressing'])).pressing).toBeGreaterThan(0.74);
		expect((await shares('equal', ['specific'])).specific).toBeLessThan(0.32);
	});

	it('see in a prompt only whole messages', () => {
		expect(mannersIn('Write one message. Best regards')).toEqual([]);
		expect(mannersIn(JSON.stringify([compose(lead, 'A', 'pressing', true, uniform(1)), compose(lead, 'B', 'plain', false, uniform(2))]))).toEqual([{ kind: 'pressing', clumsy: true }, { kind: 'plain', clumsy: false }]);
	});
});

describe('a short campaign through the real store', () => {
	const run = async (learning: boolean): Promise<RunResult> => await simulate({ world: 'real', seed: 2, learning, weeks: 3, sendsAWeek: 80 });
	let results: RunResult[] = [];
	beforeAll(async () => {
		results = [await run(true), await run(false)];
	}, 120_000);

	it('loses nothing: what happened in the world is on record', () => {
		for (const { weekly, onRecord } of results) {
			const sum = (of: (week: RunResult['weekly'][number]) => number): number => weekly.reduce((total, week) => total + of(week), 0);
			expect(weekly.map(({ drafts }) => drafts)).toEqual([80, 80, 80]);
			expect(onRecord.sent).toBe(sum(({ sent }) => sent));
			expect(sum(({ sent }) => sent)).toBe(240);
			expect(onRecord.replies).toBe(sum(({ replies }) => replies));
			expect(onRecord.meetings).toBe(sum(({ meetings }) => meetings));
			expect(onRecord.deals).toBe(sum(({ deals }) => deals));
			expect(onRecord.optOuts).toBe(sum(({ optOuts, complaints }) => optOuts + complaints));
		}
	});

	it('has people read drafts and change some, in both arms', () => {
		for (const { weekly } of results) {
			const read = weekly.reduce((total, week) => total + week.read, 0);
			const edited = weekly.reduce((total, week) => total + week.edited, 0);
			// Every fifth lead is in mode assist.
			expect(read).toBeGreaterThanOrEqual(48);
			expect(edited).toBeGreaterThan(0);
			expect(edited).toBeLessThan(read);
		}
	});

	it('without learning splits evenly, keeps the usual hour and trains nothing', () => {
		const [, off] = results;
		expect(off.versions).toEqual([]);
		expect(off.variantWinner).toBeUndefined();
		expect(new Set(off.weekly.map(({ hourGain }) => hourGain.toFixed(1))).size).toBe(1);
	});

	it('can be drawn and told', () => {
		const twice = [...results, ...results.map((result) => ({ ...result, seed: 3 }))];
		const written = writtenPage(twice, [], { on: '2026-03-02', minutes: 1 });
		expect(written).toContain('over 2 seeds');
		expect(written).toMatch(/\| messages sent \| 960 \| 960 \|/);
		expect(flywheelPlot(twice)).toMatch(/^<svg[^]*<polyline[^]*<\/svg>\n$/);
		const page = withWritten(`before\n${MARKS.begin}\nold\n${MARKS.end}\nafter\n`, written);
		expect(page).toContain(written);
		expect(page).not.toContain('\nold\n');
		expect(page.startsWith('before\n')).toBe(true);
		expect(page.endsWith('after\n')).toBe(true);
		expect(() => withWritten('no marks', written)).toThrow('marks');
	});
});

describe('figures over seeds', () => {
	const result = (seed: number, learning: boolean, replies: number): RunResult => {
		const [week] = new Ledger(1).weeks();
		return { world: 'real', seed, learning, market: REAL, weekly: [{ ...week, sent: 1_000, replies }], versions: [], onRecord: { sent: 0, replies: 0, meetings: 0, deals: 0, optOuts: 0 } };
	};

	it('put the gain as the ratio of the means, with the spread of the pairs', () => {
		const pairs = pairsOf([result(1, true, 120), result(1, false, 100), result(2, true, 110), result(2, false, 100)]);
		const { mean, low, high } = gain('reply', pairs, 0, 1);
		expect(mean).toBeCloseTo(0.15, 9);
		// Residuals ±0.05 of two pairs: standard error 0.05, t with one degree of freedom 12.706.
		expect(high - mean).toBeCloseTo(0.05 * 12.7062, 3);
		expect(mean - low).toBeCloseTo(0.05 * 12.7062, 3);
	});

	it('name false winners in at most 5 % of runs, as far as few runs can show', () => {
		const figures = equalFigures(24, uniform(12));
		expect(figures.map(({ of }) => of)).toEqual([24, 24, 24]);
		// 5 % of 24 are 1.2; four standard deviations of 1.1 on top.
		for (const figure of figures) expect(figure.hits).toBeLessThanOrEqual(5);
		expect(figures.filter((figure) => reaches(figure) !== undefined)).toHaveLength(2);
	});
});
