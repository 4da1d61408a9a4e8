import { readJsonLines, ownData } from '../../eval/jsonLines';
import { ownPersonalDataFigures } from '../../eval/personalData';
import { repliesSection, spentTestHalf } from '../../eval/replies';
import { spamSection } from '../../eval/spam';
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
		for (const figure of spamSection('dev').figures) expect(reaches(figure)).toBe(true);
	});

	it('no e-mail address, phone, card or IBAN in German and English forms stays readable', () => {
		for (const figure of ownPersonalDataFigures()) expect(reaches(figure)).toBe(true);
	});

	it('texts that merely mention orders and prompts are no injection', () => {
		const rows = readJsonLines(ownData('injection_benign.jsonl'), z.object({ text: z.string() }));
		expect(rows.filter(({ text }) => screenInbound(text).injection.flagged)).toHaveLength(0);
	});
});

describe('the spent half', () => {
	it('is printed as recorded, with its date, and not run again', () => {
		expect(renderSection(spentTestHalf())).toContain('as run on 2026-11-20; spent');
	});
});

describe('the printed table', () => {
	it('shows count, share, exact interval and whether the bound is reached', () => {
		// Clopper–Pearson for 0 of 10: 0 to 1 − 0.025^(1/10) = 30.8 %.
		expect(renderSection({ title: 'T', note: 'n', figures: [{ name: 'x', hits: 0, of: 10, wanted: { atMost: 0.01 } }] })).toContain('0/10  [0.0 % – 30.8 %]  wanted ≤ 1.0 %: yes');
	});
});
