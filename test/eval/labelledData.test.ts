import { readJsonLines, ownData } from '../../eval/jsonLines';
import { factsSection } from '../../eval/facts';
import { halfOf } from '../../eval/gateRows';
import { ownInjectionFigures } from '../../eval/injection';
import { furtherFormFigures, ownPersonalDataFigures } from '../../eval/personalData';
import { recordedRun, repliesSection } from '../../eval/replies';
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

describe('the frozen half of the replies', () => {
	it('shows its one run beside what today\'s rules read, and says when they differ', () => {
		const { figures, note } = repliesSection('test');
		const { counts } = recordedRun();
		const of = (name: string) => figures.find((figure) => figure.name === name);
		// As counted on 2026-11-20: 443 of 480 wishes heard, 470 claimed, 2,297 of 2,640 intents read.
		expect(counts).toMatchObject({ 'all opt-out recall': [443, 480], 'all opt-out precision': [443, 470], 'all intent accuracy': [2_297, 2_640] });
		expect(of('all opt-out recall')?.hits).toBeGreaterThanOrEqual(0.9 * 480);
		expect(of('all intent accuracy')?.hits).toBeGreaterThanOrEqual(0.8 * 2_640);
		expect(note).toMatch(/^SPENT.*443 of 480.*2297 of 2640/);
	});
});

describe('the printed table', () => {
	it('shows count, share, exact interval and whether the bound is reached', () => {
		// Clopper–Pearson for 0 of 10: 0 to 1 − 0.025^(1/10) = 30.8 %.
		expect(renderSection({ title: 'T', note: 'n', figures: [{ name: 'x', hits: 0, of: 10, wanted: { atMost: 0.01 } }] })).toContain('0/10  [0.0 % – 30.8 %]  wanted ≤ 1.0 %: yes');
	});
});
