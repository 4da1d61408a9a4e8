import type { Contact } from '../message/contact';
import type { Conversation } from '../message/message';
import type { Pipeline } from '../pipeline/stage';
import { REDACTION_NOTICE, redactForModel, shortened, type RedactedForModel, type Redacting } from '../privacy/redactForModel';
import { SCORE_BANDS } from './bands';
import type { Snippet } from './evidence';
import { asData, UNTRUSTED_NOTICE } from '../message/untrusted';
import { epochMs, type EpochMs } from '../time';

export interface ClassificationPromptInput {
	what: 'full' | 'summary';
	conversation: Conversation;
	contact?: Partial<Contact>;
	pipeline?: Pipeline;
	/** The user's own words, trusted. */
	instructions?: string;
	/** What was found about it. As little trusted as the lead's words. */
	snippets?: readonly Snippet[];
	/** People's corrections of this lead, one line each. */
	corrections?: readonly string[];
	/** Given when addresses and numbers are hidden from the model. */
	redacting?: Redacting;
}

export interface Prompt extends Pick<RedactedForModel, 'restore'> {
	/** Instructions only: the same for all leads of a workspace, so that it names the prompt's version. */
	system: string;
	/** The lead's data. */
	user: string;
	/** `user` before the data goes in. */
	template: string;
}

/** From how many messages on a stored summary replaces the older ones when a lead is judged. */
const LONG_CONVERSATION = 20;
/** Characters of one message a model is shown; more is rarely about the lead's intent. */
const LONGEST_TURN = 4_000;
const TEMPLATE = '<data>\n{lead}\n</data>';

const SUMMARY_RULE =
	'summary: 3 to 5 sentences in the language of the conversation: what the lead wants, what was offered or answered, what is open, and any date, quantity or budget they named. Only what was said. When the data holds summaryOfEarlierMessages, carry on what still matters of it.';

const EVIDENCE_RULE =
	'The data may hold, besides the messages: "knowledge", passages of what the team wrote down, to judge fit by; "pastLeads", earlier leads with what became of them, to compare with; and "correctionsByPeople", ' +
	'what a colleague said about this very lead: weigh that above your own reading unless newer messages speak against it. The summary is about this lead alone.';

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

function systemText({ what, pipeline, instructions, redacting }: ClassificationPromptInput): string {
	const parts = ['You read sales conversations for a team that answers its leads. Judge only by what was said.', UNTRUSTED_NOTICE, ...(redacting ? [REDACTION_NOTICE] : [])];
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
				'newestMessage: of the lead\'s newest message alone, its intent, and asksToStop: true when it asks, in whatever words, not to be contacted any more (not when it cancels or stops something else). null when the lead has written nothing.',
				'reasons: 1 to 5 short phrases naming what in the conversation led to the score, e.g. "asked for a quote".',
				...(pipeline ? ['recommendedStage: the name of the stage below that fits best, exactly as written, or null.'] : []),
			].join('\n'),
			EVIDENCE_RULE,
		);
		if (pipeline) parts.push(`Stages of the pipeline ${JSON.stringify(pipeline.name)}:\n${stageLines(pipeline)}`);
	}
	const own = [pipeline?.instructions, instructions].filter((text) => text !== undefined && text.trim() !== '');
	if (own.length > 0) parts.push(`Instructions of the team:\n${own.join('\n')}`);
	return parts.join('\n\n');
}

/** The turns that came in after the stored summary was made; undefined when there is no summary to build on. */
export function newSinceSummary(conversation: Conversation, contact?: Partial<Contact>): Conversation | undefined {
	const { summary, summaryAt } = contact ?? {};
	if (!summary || !summaryAt) return undefined;
	const since = new Date(summaryAt).getTime();
	return conversation.filter(({ timestamp }) => new Date(timestamp).getTime() > since);
}

/**
 * The stored summary and what is newer, where there is both; else the conversation as it is. To judge a lead a short
 * conversation is read as a whole all the same: words tell more than a summary of them.
 */
export function turnsToRead(conversation: Conversation, contact?: Partial<Contact>, what: ClassificationPromptInput['what'] = 'full'): { earlier?: string; turns: Conversation } {
	if (what === 'full' && conversation.length <= LONG_CONVERSATION) return { turns: conversation };
	const turns = newSinceSummary(conversation, contact);
	return turns === undefined || turns.length === 0 || turns.length === conversation.length ? { turns: conversation } : { earlier: contact?.summary, turns };
}

/** Up to when the messages of a conversation have been read: the time of the newest. */
export function readUntil(conversation: Conversation): EpochMs | undefined {
	const times = conversation.map(({ timestamp }) => new Date(timestamp).getTime()).filter(Number.isFinite);
	return times.length === 0 ? undefined : epochMs(Math.max(...times));
}

/** What to send to a model to classify or summarise a lead. */
export function classificationPrompt(input: ClassificationPromptInput): Prompt {
	const { earlier, turns } = turnsToRead(input.conversation, input.contact, input.what);
	const { name, company, attributes } = input.contact ?? {};
	const { snippets = [], corrections = [], redacting } = input;
	const documents = snippets.filter(({ kind }) => kind === 'document');
	const pastLeads = snippets.filter(({ kind }) => kind === 'lead');
	const data = {
		lead: { name, company, ...(attributes && Object.keys(attributes).length > 0 ? { attributes } : {}) },
		...(earlier === undefined ? {} : { summaryOfEarlierMessages: earlier }),
		messages: turns.map(({ from, text, timestamp, channel }) => ({ from, at: timestamp, ...(channel && { channel }), text: shortened(text, LONGEST_TURN, redacting) })),
		...(documents.length === 0 ? {} : { knowledge: documents.map(({ title, text }) => ({ title, text })) }),
		...(pastLeads.length === 0 ? {} : { pastLeads: pastLeads.map(({ label, text }) => ({ became: label, wanted: text })) }),
		...(corrections.length === 0 ? {} : { correctionsByPeople: corrections }),
	};
	const { values, restore } = redactForModel([data], redacting);
	return { system: systemText(input), user: TEMPLATE.replace('{lead}', () => asData(values[0])), template: TEMPLATE, restore };
}
