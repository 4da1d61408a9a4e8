import { readJsonLines, ownData } from '../../eval/jsonLines';
import { factsSection } from '../../eval/facts';
import { halfOf } from '../../eval/gateRows';
import { ownInjectionFigures } from '../../eval/injection';
import { furtherFormFigures, ownPersonalDataFigures } from '../../eval/personalData';
import { hasTestHalf } from '../../eval/labelledReplies';
import { acrossHalvesSection, repliesSection } from '../../eval/replies';
import { ownSpamFigures } from '../../eval/spam';
import { reaches, renderSection } from '../../eval/table';
import { screenInbound } from '../../engine/gate/screenInbound';
import { z } from 'zod';

const share = ({ hits, of }: { hits: number; of: number }): number => hits / of;

describe('on the halves the rules were tuned on', () => {
	it('opt-outs are heard and the intent is read', () => {
		const [recall, precision, actedOn, , accuracy] = repliesSection('dev').figures;
		expect(share(recall)).toBeGreaterThanOrEqual(0.9);
		expect(share(precision)).toBeGreaterThanOrEqual(0.95);
		expect(share(actedOn)).toBeGreaterThanOrEqual(0.99);
		expect(share(accuracy)).toBeGreaterThanOrEqual(0.8);
	});

	it('spam is flagged and ordinary mail is not', () => {
		for (const figure of ownSpamFigures('dev')) expect(reaches(figure)).toBe(true);
	});

	it('no e-mail address, phone, card or IBAN in German and English forms stays readable', () => {
		for (const figure of [...ownPersonalDataFigures(), ...furtherFormFigures('dev'), ...furtherFormFigures('test')]) expect(reaches(figure)).toBe(true);
	});

	it('orders to the model are flagged and harmless mentions are not', () => {
		for (const figure of ownInjectionFigures('dev')) expect(reaches(figure)).toBe(true);
	});

	it('prices, dates and links that are not in the facts are caught', () => {
		const [caught, ...rest] = factsSection('dev').figures;
		expect(reaches(caught)).toBe(true);
		expect(rest.at(-1)).toMatchObject({ name: 'supported called unsupported', hits: 0 });
	});

	it('texts that merely mention orders and prompts are no injection', () => {
		const rows = readJsonLines(ownData('injection_benign.jsonl'), z.object({ text: z.string() }));
		// At most 3 % of 85.
		expect(rows.filter(({ text }) => screenInbound(text).injection.flagged).length).toBeLessThanOrEqual(2);
	});
});

describe('the halves of somebody else\'s data', () => {
	it('depend on the text alone and are about as large', () => {
		const texts = Array.from({ length: 1_000 }, (_, i) => `row ${i}`);
		const fit = texts.filter((text) => halfOf(text) === 'fit').length;
		// Binomial with n = 1,000 and p = 1/2: outside 420 to 580 once in 2.5 million.
		expect(fit).toBeGreaterThan(420);
		expect(fit).toBeLessThan(580);
	});
});

describe('the spent halves of the replies', () => {
	it('show what each counted in its one run, and claim nothing fresh while no unseen half lies there', () => {
		const { figures, note, rows } = repliesSection('test');
		if (hasTestHalf()) return expect(figures.length).toBeGreaterThan(0);
		expect(figures).toEqual([]);
		expect(note).toContain('No unseen half');
		// As counted on 2026-11-20: 443 of 480 wishes heard, 470 claimed, 2,297 of 2,640 intents read.
		expect(rows?.at(-1)).toMatch(/^third half, 2026-11-20: opt-out recall 443 of 480, opt-out precision 443 of 470.*intent accuracy 2297 of 2640/);
	});

	it('are read by weights fitted without them at least as well as by the rules of their time, and are marked as development figures', () => {
		const { title, note, figures } = acrossHalvesSection();
		expect(title).toContain('development figures');
		expect(note).toContain('no fresh measurement');
		const of = (name: string) => figures.find((figure) => figure.name === name) ?? { hits: 0, of: 1 };
		expect(share(of('third half: opt-out recall'))).toBeGreaterThan(443 / 480);
		expect(share(of('third half: opt-out precision'))).toBeGreaterThan(443 / 470);
		expect(share(of('second half: intent accuracy'))).toBeGreaterThan(2_024 / 2_620);
	});
});

describe('the printed table', () => {
	it('shows count, share, exact interval and whether the bound is reached', () => {
		// Clopper–Pearson for 0 of 10: 0 to 1 − 0.025^(1/10) = 30.8 %.
		expect(renderSection({ title: 'T', note: 'n', figures: [{ name: 'x', hits: 0, of: 10, wanted: { atMost: 0.01 } }] })).toContain('0/10  [0.0 % – 30.8 %]  wanted ≤ 1.0 %: yes');
	});
});
