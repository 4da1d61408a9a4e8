import type { OutcomeEvent } from '../outcome/outcome';
import type { Conversation } from '../message/message';
import { withoutAddresses } from '../privacy/withoutAddresses';
import type { Classification } from './classification';

export const EVIDENCE_POLICY = {
	/** Snippets a lead is classified with, knowledge and past leads in turn. */
	snippets: 4,
	/** The lead's newest messages that are looked up, and how much of them (characters, the end counts). */
	messages: 3,
	characters: 600,
	/** Of one message, read before anything in it is hidden. */
	readCharacters: 4_000,
	/** Of a past lead's summary. */
	longestLead: 600,
	/** Past leads kept for comparison, the latest. */
	mostPastLeads: 1_000,
} as const;

/** Something found that may bear on a lead. */
export interface Snippet {
	kind: 'document' | 'lead';
	/** `document:<source id>#<place>` or `lead:<contact id>`. */
	id: string;
	text: string;
	/** 0–1. */
	similarity: number;
	title?: string;
	/** What became of a past lead. */
	label?: string;
}

/** Events that tell what became of a lead, the most telling first, as a label says it. */
const ENDS = [
	['deal_won', 'won'],
	['deal_lost', 'lost'],
	['opportunity', 'became an opportunity'],
	['meeting_held', 'met us'],
	['meeting_booked', 'booked a meeting'],
] as const satisfies readonly (readonly [OutcomeEvent, string])[];
export const TELLING_EVENTS: readonly OutcomeEvent[] = ENDS.map(([event]) => event);

/** What to look up for a lead: its newest words, each message as `hide` leaves it. Empty when it wrote none. */
export function evidenceQuery(conversation: Conversation, hide = (text: string): string => text): string {
	const texts = conversation.filter(({ from, text }) => from === 'lead' && text.trim() !== '').map(({ text }) => text);
	const { messages, characters, readCharacters } = EVIDENCE_POLICY;
	const newest = texts.slice(-messages).map((text) => hide(text.slice(-readCharacters)));
	return newest.join('\n').slice(-characters).trim();
}

/** A past lead as a document to find: what it wanted, without addresses, and what became of it. Undefined when nothing did. */
export function pastLeadDocument(lead: { summary: string; events: readonly OutcomeEvent[]; corrections: Partial<Record<'intent' | 'score' | 'status', string>> }): { text: string; label: string } | undefined {
	const text = withoutAddresses(lead.summary).slice(0, EVIDENCE_POLICY.longestLead).trim();
	const end = ENDS.find(([event]) => lead.events.includes(event))?.[1];
	const corrected = [
		...(lead.corrections.intent === undefined ? [] : [lead.corrections.intent]),
		...(lead.corrections.score === undefined ? [] : [`score ${lead.corrections.score}`]),
		...(lead.corrections.status === undefined ? [] : [lead.corrections.status]),
	];
	const label = [...(end === undefined ? [] : [end]), ...(corrected.length === 0 ? [] : [`judged ${corrected.join(', ')} by a person`])].join('; ');
	return text === '' || label === '' ? undefined : { text, label };
}

/** What a reader is told about the past leads found, as a reason: `similar past leads: won, lost`. */
function pastLeadReason(snippets: readonly Snippet[]): string[] {
	const labels = snippets.flatMap(({ kind, label }) => (kind === 'lead' && label !== undefined ? [label] : []));
	return labels.length === 0 ? [] : [`similar past ${labels.length === 1 ? 'lead' : 'leads'}: ${labels.join('; ')}`];
}

/** The classification with what was found beside it: as evidence, in the reasons and in the sentence. */
export function withEvidence(classification: Classification, snippets: readonly Snippet[]): Classification {
	if (snippets.length === 0) return classification;
	const documents = [...new Set(snippets.flatMap(({ kind, title, id }) => (kind === 'document' ? [title ?? id.replace(/^document:|#\d+$/g, '')] : [])))];
	const leads = snippets.filter(({ kind }) => kind === 'lead').length;
	const seen = [...documents.map((title) => `"${title.slice(0, 60)}"`), ...(leads === 0 ? [] : [`${leads} similar past ${leads === 1 ? 'lead' : 'leads'}`])];
	return {
		...classification,
		evidence: snippets.map(({ id, text, similarity, label }) => ({ id, text: label === undefined ? text : `${label}: ${text}`, similarity: Math.round(similarity * 1000) / 1000 })),
		reasons: [...classification.reasons, ...pastLeadReason(snippets)],
		sentence: `${classification.sentence} Found beside it: ${seen.join(', ')}.`,
	};
}

/** As it may be kept with the lead: what another person wanted is not written into this one's history. */
export function withoutOthersTexts(classification: Classification): Classification {
	if (!classification.evidence.some(({ id }) => id.startsWith('lead:'))) return classification;
	return { ...classification, evidence: classification.evidence.map((one) => (one.id.startsWith('lead:') ? { ...one, text: '' } : one)) };
}

/** People's corrections of this very lead, one line each, for the prompt: `2026-03-02 intent cold → hot`. */
export function correctionLines(corrections: readonly { field: string; from?: string; to: string; at: number }[]): string[] {
	return corrections.map(({ field, from, to, at }) => `${new Date(at).toISOString().slice(0, 10)} ${field} ${from === undefined ? '' : `${from} → `}${to}`);
}
