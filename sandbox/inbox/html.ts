/** Markup that may go into a page as it is. Made only by `html`, which escapes whatever else it is given. */
export interface Markup {
	readonly markup: string;
}

type Piece = Markup | string | number | undefined | readonly Markup[];

function escape(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;').replace(/'/g, '&#39;');
}

function render(piece: Piece): string {
	if (piece === undefined) return '';
	if (typeof piece === 'string' || typeof piece === 'number') return escape(String(piece));
	if ('markup' in piece) return piece.markup;
	return piece.map(({ markup }) => markup).join('');
}

/** Template tag: every value is escaped unless it is markup already. */
export function html(strings: TemplateStringsArray, ...pieces: Piece[]): Markup {
	return { markup: strings.map((text, index) => text + render(pieces[index])).join('') };
}
