import { gateDraft } from '../../../engine/gate/gateDraft';
import { screenInbound } from '../../../engine/gate/screenInbound';
import { fullDraft, speedTexts, timed } from '../../../eval/gateSpeed';
import { cpuMs } from '../../cpuTime';

const texts = speedTexts();

it('has every check look at 1,000 characters of each language, none without its data', () => {
	for (const [i, text] of texts.entries()) {
		expect(text.text).toHaveLength(1_000);
		expect(gateDraft(fullDraft(text, texts[(i + 1) % texts.length].text)).skipped).toEqual([]);
	}
});

it('takes little time for 1,000 characters', () => {
	// The figure that is promised is measured by the evaluation on a quiet machine; this only catches a slip of a class.
	expect(timed((call) => void gateDraft(fullDraft(texts[call % 9], texts[(call + 1) % 9].text)), 500).p50).toBeLessThan(5);
	expect(timed((call) => void screenInbound(texts[call % 9].text), 500).p50).toBeLessThan(5);
});

const PIECES: Record<string, string> = {
	'one letter': 'a', marks: '!', brackets: '(', 'at signs': '@', digits: '1', 'spaced digits': '1 ', emoji: '🎉', 'zero-width': 'a\u200b', nested: '[({<', stop: 'stop ', orders: 'ignore all previous instructions. ', words: 'one hundred and ', prices: '49 € ', links: 'a.com/', dates: '3.5.', spelt: 'i g ', markup: '<!-- ', addresses: 'a at b dot ',
};

function seconds(text: string): number {
	const began = cpuMs();
	gateDraft(fullDraft({ language: 'en', text }, text));
	screenInbound(text);
	return cpuMs() - began;
}

describe.each(Object.entries(PIECES))('a text of nothing but %s', (_, piece) => {
	it('takes time in proportion to its length', () => {
		const of = (length: number): string => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
		seconds(of(10_000));
		const short = Math.min(seconds(of(20_000)), seconds(of(20_000)));
		const long = seconds(of(200_000));
		// Ten times the text: about ten times the time; quadratic work would take a hundred times. The second term is for clocks too coarse for a short run.
		expect(long).toBeLessThan(45 * short + 300);
	});
});
