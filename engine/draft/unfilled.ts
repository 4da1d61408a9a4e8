/** Marks what a user still has to fill in, in texts that come with the pack: `[[your opening hours]]`. */
export const UNFILLED = /\[\[[^[\]\n]{1,200}\]\]/g;

/** A text without a mark: only such a text is a fact. */
export const isFilledIn = (text: string): boolean => text.search(UNFILLED) < 0;
