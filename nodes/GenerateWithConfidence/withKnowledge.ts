import { evidenceQuery } from '../../engine/classify/evidence';
import { UNFILLED } from '../../engine/draft/unfilled';
import type { Store } from '../../store/store';
import { searchKnowledge } from '../shared/searchKnowledge';
import type { LoadedRequest } from './loadRequests';

/** Passages that join the facts of a draft. More would bury the ones that fit. */
const PASSAGES = 4;
const LONGEST_QUERY = 2_000;

/** What is looked up: what the lead wrote last; for a message that opens a conversation, what it is to be about. */
function queryOf({ request: { purpose, template, subject, instructions }, conversation }: LoadedRequest): string {
	const said = evidenceQuery(conversation);
	const topic = purpose === 'outreach' ? [subject, template, instructions].filter((part) => part !== undefined).join('\n') : '';
	return `${said}\n${topic}`.trim().slice(0, LONGEST_QUERY);
}

/** A passage without the lines nobody has filled in: those are no facts. */
function filledIn(text: string): string {
	return text.split('\n').filter((line) => line.search(UNFILLED) < 0).join('\n').trim();
}

/** The requests with the passages that fit them among their facts: one look-up for all. What was drafted before needs none. */
export async function withKnowledge(store: Store | undefined, workspace: string, loaded: LoadedRequest[]): Promise<LoadedRequest[]> {
	const asking = loaded.filter((one) => one.existing === undefined && one.request.useKnowledge && one.request.waTemplate === undefined && queryOf(one) !== '');
	if (!store || asking.length === 0) return loaded;
	const found = await searchKnowledge(store, workspace, asking.map((one) => ({ kind: 'document' as const, text: queryOf(one) })), [], PASSAGES);
	const facts = new Map(asking.map((one, place) => [one, found[place].map(({ text }) => filledIn(text)).filter((text) => text !== '')]));
	return loaded.map((one) => ({ ...one, request: { ...one.request, facts: [...new Set([...one.request.facts, ...(facts.get(one) ?? [])])] } }));
}
