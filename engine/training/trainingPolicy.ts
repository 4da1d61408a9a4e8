import { OUTCOME_WINDOW_MS } from '../outcome/windows';

/** What may train at all, and how much of it. Policies of this pack unless a source is named. */
export const TRAINING_POLICY = {
	/** Only messages that went out this long ago: by then an answer has come or will not. Deals still to come raise them later. */
	maturityMs: OUTCOME_WINDOW_MS.replied,
	/** Turns of the conversation an example keeps, the newest. */
	mostTurns: 10,
	/** Characters of one turn; what is longer is cut. */
	longestTurn: 2_000,
	/** A draft's own text: what is longer is no message. */
	longestText: 20_000,
	/** Estimated tokens of one row. */
	mostTokensARow: 8_000,
	/** Examples one export takes, the newest last: beyond it the check for near copies gets unsure, and no provider takes the file. */
	mostExamples: 1_000_000,
	/** How long after a rejected draft a colleague's message still counts as written in its place. */
	insteadWithinMs: 24 * 60 * 60 * 1_000,
} as const;

/** UTF-8 bytes a token has at least, about: English has 4, and scripts of 3 bytes a sign about one sign. */
const BYTES_A_TOKEN = 3;

/** Tokens a text costs, rather too many than too few: the provider's own count is not known here. */
export function estimatedTokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / BYTES_A_TOKEN);
}
