import type { Contact } from '../message/contact';
import type { Conversation } from '../message/message';
import type { Pipeline } from '../pipeline/stage';
import { SCORE_BANDS } from './bands';
import { asData, UNTRUSTED_NOTICE } from '../message/untrusted';

export interface ClassificationPromptInput {
	what: 'full' | 'summary';
	conversation: Conversation;
	contact?: Partial<Contact>;
	pipeline?: Pipeline;
	/** The user's own words, trusted. */
	instructions?: string;
}

export interface Prompt {
	/** Instructions only: the same for all leads of a workspace, so that it names the prompt's version. */
	system: string;
	/** The lead's data. */
	user: string;
	/** `user` before the data goes in. */
	template: string;
}

/** From how many messages on a stored summary replaces the older ones. */
const LONG_CONVERSATION = 20;
/** Characters of one message a model is shown; more is rarely about the lead's intent. */
const LONGEST_TURN = 4_000;
const TEMPLATE = '<data>\n{lead}\n</data>';

const SUMMARY_RULE =
	'summary: 3 to 5 sentences in the language of the conversation: what the lead wants, what was offered or answered, what is open, and any date, quantity or budget they named. Only what was said.';

function bandLines(): string {
	return SCORE_BANDS.map(({ from, name }, index) => `${from}–${index === 0 ? 100 : SCORE_BANDS[index - 1].from - 1} ${name}`)
		.reverse()
		.join(', ');
}

function stageLines(pipeline: Pipeline): string {
	const stages = [...pipeline.stages].sort((a, b) => a.order - b.order);
	return stages
		.map(({ name, type, description, min, max }) => {
			const range = min === undefined || max === undefined ? '' : `, score ${min}–${max}`;
			return `- ${JSON.stringify(name)} (${type}${range})${description ? `: ${description}` : ''}`;
		})
		.join('\n');
}

function systemText({ what, pipeline, instructions }: ClassificationPromptInput): string {
	const parts = ['You read sales conversations for a team that answers its leads. Judge only by what was said.', UNTRUSTED_NOTICE];
	if (what === 'summary') {
		parts.push(`Answer with:\n${SUMMARY_RULE}`);
	} else {
		parts.push(
			[
				'Answer with:',
				`score: whole number 0–100, how close the lead is to buying (${bandLines()}).`,
				'status: NEW (first contact), CONTACTED (talking, need unclear), QUALIFIED (need and fit are clear), PROPOSAL (an offer is on the table), NEGOTIATION (terms are discussed), WON, LOST (said so), UNRESPONSIVE (stopped answering).',
				'confidence: 0–1, how sure you are of the score. Below 0.5 a person looks at it.',
				SUMMARY_RULE,
				'reasons: 1 to 5 short phrases naming what in the conversation led to the score, e.g. "asked for a quote".',
				...(pipeline ? ['recommendedStage: the name of the stage below that fits best, exactly as written, or null.'] : []),
			].join('\n'),
		);
		if (pipeline) parts.push(`Stages of the pipeline ${JSON.stringify(pipeline.name)}:\n${stageLines(pipeline)}`);
	}
	const own = [pipeline?.instructions, instructions].filter((text) => text !== undefined && text.trim() !== '');
	if (own.length > 0) parts.push(`Instructions of the team:\n${own.join('\n')}`);
	return parts.join('\n\n');
}

/** The stored summary and what is newer, for a long conversation that has both; else the conversation as it is. */
export function turnsToRead(conversation: Conversation, contact?: Partial<Contact>): { earlier?: string; turns: Conversation } {
	const { summary, summaryAt } = contact ?? {};
	if (conversation.length <= LONG_CONVERSATION || !summary || !summaryAt) return { turns: conversation };
	const since = new Date(summaryAt).getTime();
	const turns = conversation.filter(({ timestamp }) => new Date(timestamp).getTime() > since);
	return turns.length === 0 || turns.length === conversation.length ? { turns: conversation } : { earlier: summary, turns };
}

/** What to send to a model to classify or summarise a lead. */
export function classificationPrompt(input: ClassificationPromptInput): Prompt {
	const { earlier, turns } = turnsToRead(input.conversation, input.contact);
	const { name, company, attributes } = input.contact ?? {};
	const lead = asData({
		lead: { name, company, ...(attributes && Object.keys(attributes).length > 0 ? { attributes } : {}) },
		...(earlier === undefined ? {} : { summaryOfEarlierMessages: earlier }),
		messages: turns.map(({ from, text, timestamp, channel }) => ({ from, at: timestamp, ...(channel && { channel }), text: text.slice(0, LONGEST_TURN) })),
	});
	return { system: systemText(input), user: TEMPLATE.replace('{lead}', () => lead), template: TEMPLATE };
}
