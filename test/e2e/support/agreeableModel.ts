import type { ModelRequest, StandIns } from '../../../sandbox/standins';

/** What every lead is answered. It promises nothing the quality gate would object to. */
export const ANSWER = 'Thank you for your message. A colleague will tell you more about our kitchens today.';
/** A question that fits the answer's language. */
export const question = (reference: string): string => `Could you tell me more about your kitchens, please? My reference is ${reference}.`;

/** Makes the model stand-in sure of itself whoever writes, so that everything may be sent. */
export function makeModelAgreeable({ script }: StandIns): void {
	script.model((request) => ({ json: answerTo(request) }));
}

function answerTo({ schema }: ModelRequest): object {
	const properties = Object.keys(schema?.properties ?? {});
	if (properties.includes('subject')) return { text: ANSWER, subject: null, confidence: 0.95, reasoning: 'It answers what was asked.' };
	return { score: 70, status: 'QUALIFIED', confidence: 0.95, summary: 'The lead asks about kitchens.', reasons: ['asks about kitchens'], newestMessage: { intent: 'question', asksToStop: false }, ...(properties.includes('recommendedStage') ? { recommendedStage: null } : {}) };
}
