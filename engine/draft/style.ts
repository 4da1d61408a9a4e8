/** How a message may be built, with what the model is told. */
export const FRAMEWORKS = {
	aida: { name: 'AIDA (Attention, Interest, Desire, Action)', instruction: 'attention, interest, desire, action: open with what matters to the lead, make it concrete, show the gain, end with one small step' },
	bab: { name: 'BAB (Before, After, Bridge)', instruction: 'before, after, bridge: where the lead stands, how it could be, and what leads from one to the other' },
	fab: { name: 'FAB (Feature, Advantage, Benefit)', instruction: 'feature, advantage, benefit: name what it does, why that is better, and what the lead gets from it' },
	pas: { name: 'PAS (Problem, Agitate, Solve)', instruction: 'problem, what it costs to leave it, solution: without exaggeration' },
	question: { name: 'Question', instruction: 'answer in one or two sentences and end with one question that is easy to answer' },
} as const satisfies Record<string, { name: string; instruction: string }>;
export type Framework = keyof typeof FRAMEWORKS;

export const TONES = {
	casual: { name: 'Casual', instruction: 'casual and short, as in a chat with somebody one knows' },
	direct: { name: 'Direct', instruction: 'direct and factual, no small talk' },
	empathetic: { name: 'Empathetic', instruction: 'warm, takes up what the lead said before it answers' },
	friendly: { name: 'Friendly', instruction: 'friendly and helpful' },
	professional: { name: 'Professional', instruction: 'professional and polite' },
} as const satisfies Record<string, { name: string; instruction: string }>;
export type Tone = keyof typeof TONES;

export function isFramework(text: string): text is Framework {
	return Object.hasOwn(FRAMEWORKS, text);
}

export function isTone(text: string): text is Tone {
	return Object.hasOwn(TONES, text);
}
