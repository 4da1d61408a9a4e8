import { pick, type Random } from '../uniform';

/** How a message is written, which decides how leads take it. Nothing in the product knows these kinds. */
export const TEXT_KINDS = ['specific', 'plain', 'pressing'] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

/** The sentence that makes a text of its kind; `{…}` are facts about the lead. */
export const HOOKS: Readonly<Record<TextKind, readonly string[]>> = {
	specific: [
		'I saw that {company} takes enquiries from {industry} guests on three channels, and that evenings are where they get lost.',
		'Your page says you answer every {industry} request within a day; we looked at what happens to the ones that arrive on weekends.',
		'Two {industry} teams in {city} told us the same thing last month: the first answer decides, and it comes too late.',
		'For somebody in your role at {company} the question is rarely more leads, it is which of them to call first.',
		'In {city} the {industry} teams we know lose most enquiries between the first and the second message.',
		'{company} answers in a friendly way, but the offer and the calendar come in separate mails; joining them saves a day.',
	],
	plain: [
		'We help companies like {company} to look after their enquiries.',
		'Our software brings all messages into one place.',
		'We work with many {industry} businesses and would like to work with you.',
		'With our product teams save time when they answer messages.',
		'We offer a solution for customer communication.',
		'Our platform supports sales teams in {city} and elsewhere.',
	],
	pressing: [
		'This is my last note before I close the file of {company}, so tell me now why you leave it lying.',
		'I do not understand how a {industry} business can let this lie; do you even read what we write?',
		'Others in {city} have decided long ago, and you still have not found the time for one line.',
		'If you do not answer, I have to take it that {company} does not care about its customers.',
	],
};

/** What a careful colleague strikes out before a message leaves. */
export const CLUMSY = [
	'I trust this message reaches you in the best of health and spirits.',
	'We are the one and only synergy partner for holistic excellence.',
	'Needless to say, as per the above, please be advised accordingly.',
	'Allow me to take this opportunity to introduce our good selves.',
] as const;

export const ASKS = ['Would ten minutes this week be of use?', 'Shall I send you two examples?', 'May I show you how that looks?', 'Who at {company} would be the right person to ask?', 'Is this something you are looking at this year?'] as const;

/** What a text always has in common with others of its sentence, however it was filled in. */
const fixedParts = (sentence: string): string[] => sentence.split(/\{\w+\}/).map((part) => part.trim()).filter((part) => part.length > 12);
const MARKS = TEXT_KINDS.flatMap((kind) => HOOKS[kind].map((hook) => ({ kind, parts: fixedParts(hook) })));

/** How a text is written; undefined for one that holds none of the sentences. */
export function kindOf(text: string): TextKind | undefined {
	return MARKS.find(({ parts }) => parts.every((part) => text.includes(part)))?.kind;
}

export const isClumsy = (text: string): boolean => CLUMSY.some((sentence) => text.includes(sentence));

/** The text without what a careful colleague strikes out. */
export function withoutClumsy(text: string): string {
	return CLUMSY.reduce((rest, sentence) => rest.replaceAll(`${sentence} `, '').replaceAll(sentence, ''), text);
}

export interface LeadFacts {
	name: string;
	company: string;
	industry: string;
	city: string;
}

/** Writes one message. `opening` is the variant's sentence. */
export function compose(lead: LeadFacts, opening: string, kind: TextKind, clumsy: boolean, rng: Random): string {
	const fill = (sentence: string): string => sentence.replace(/\{(\w+)\}/g, (whole, field: keyof LeadFacts) => lead[field] ?? whole);
	const sentences = [opening, ...(clumsy ? [pick(CLUMSY, rng)] : []), fill(pick(HOOKS[kind], rng)), fill(pick(ASKS, rng))];
	return `Hi ${lead.name},\n\n${sentences.join(' ')}\n\nBest regards\nMara`;
}
