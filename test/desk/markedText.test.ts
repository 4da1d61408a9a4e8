import { markedPieces } from '../../desk/tabs/review/markedText';
import type { GateIssue } from '../../engine/gate/gate';

const issue = (reason: string, start: number, end: number): GateIssue => ({ check: 'x', severity: 'review', reason, span: { start, end } });
const marked = (text: string, issues: readonly GateIssue[]) => markedPieces(text, issues).map((piece) => [piece.text, piece.issues.map(({ reason }) => reason).join('')]);

describe('marking what the gate objects to', () => {
	it('cuts a text where spans begin and end, also where they overlap', () => {
		expect(marked('abcdef', [issue('1', 1, 4), issue('2', 3, 5)])).toEqual([['a', ''], ['bc', '1'], ['d', '12'], ['e', '2'], ['f', '']]);
		expect(marked('abc', [])).toEqual([['abc', '']]);
		expect(marked('', [issue('1', 0, 9)])).toEqual([]);
	});

	it('loses nothing of the text, whatever the spans are, and halves no character', () => {
		expect(marked('a😀b', [issue('1', 2, 3)])).toEqual([['a', ''], ['😀', '1'], ['b', '']]);
		expect(marked('abc', [issue('1', -5, 1), issue('2', 2, 99), issue('3', 2, 1), issue('4', 50, 60), { check: 'x', severity: 'block', reason: '5' }])).toEqual([['a', '1'], ['b', ''], ['c', '2']]);
	});
});
