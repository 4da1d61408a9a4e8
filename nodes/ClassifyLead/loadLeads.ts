import type { Contact } from '../../engine/message/contact';
import type { Conversation } from '../../engine/message/message';
import { withNewest } from '../../engine/message/readConversation';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import type { Pipeline } from '../../engine/pipeline/stage';
import type { Redacting } from '../../engine/privacy/redactForModel';
import { readReply } from '../../engine/reply/readReply';
import type { Reply } from '../../engine/reply/reply';
import type { Label, Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { foundByKey } from '../shared/foundByKey';
import type { LeadParameters } from './readLead';

/** A lead with everything known about it. */
export interface Lead {
	params: LeadParameters;
	/** The id the contact has in the store, else what it is known by here. */
	contactId?: string;
	about: Partial<Contact>;
	conversation: Conversation;
	pipeline?: Pipeline;
	/** How the newest message reads; absent when there is no text. */
	reply?: Reply;
	/** People's corrections of this lead, the newest first. */
	corrections: Label[];
	/** True when nobody had read the message before, so that the reading is to be kept. */
	replyIsNew: boolean;
}

/** How personal data is hidden from the model; undefined when it is not. */
export function redactingOf({ params, reply, about }: Pick<Lead, 'params' | 'reply' | 'about'>): Redacting | undefined {
	return params.redact ? { language: params.message?.language ?? reply?.language ?? about.language, rng: Math.random } : undefined;
}

interface State {
	contacts: (Contact | undefined)[];
	conversations: Map<string, Conversation>;
	pipelines: Map<string, Pipeline>;
	readings: Map<string, Reply>;
	labels: Map<string, Label[]>;
}

/** Corrections of one lead shown to a model; the newest count. */
const MOST_CORRECTIONS = 5;

async function loadState(store: Store, workspace: string, group: ReadItem<LeadParameters>[]): Promise<State> {
	const references = [...new Set(group.flatMap(({ params }) => params.contactReference ?? []))];
	const byReference = foundByKey(references, await store.contacts.find(workspace, references));
	const contacts = group.map(({ params }) => (params.contactReference === undefined ? undefined : byReference.get(params.contactReference)));
	const silent = [...new Set(group.flatMap(({ params }, place) => (params.conversation.length === 0 ? (contacts[place]?.id ?? []) : [])))];
	const pipelineIds = [...new Set(group.flatMap(({ params }) => params.pipelineId ?? []))];
	const unread = [...new Set(group.flatMap(({ params }) => (params.reply ? [] : (params.message?.id ?? []))))];
	const ids = [...new Set(contacts.flatMap((contact) => contact?.id ?? []))];
	const labels = new Map<string, Label[]>();
	for (const label of await store.labels.list(workspace, { contactIds: ids, limit: ids.length * MOST_CORRECTIONS * 4 })) {
		const own = labels.get(label.contactId) ?? [];
		if (own.length < MOST_CORRECTIONS) labels.set(label.contactId, [...own, label]);
	}
	return {
		contacts,
		labels,
		conversations: foundByKey(silent, await store.contacts.conversations(workspace, silent)),
		pipelines: foundByKey(pipelineIds, await store.pipelines.find(workspace, pipelineIds)),
		readings: foundByKey(unread, await store.messages.readings(workspace, unread)),
	};
}

function pipelineOf(id: string | undefined, state: State | undefined, workspace: string): Pipeline | undefined {
	if (id === undefined) return undefined;
	const pipeline = state?.pipelines.get(id) ?? (id === DEFAULT_PIPELINE.id ? DEFAULT_PIPELINE : undefined);
	if (!pipeline && state) {
		throw new ItemInputError(`There is no pipeline '${id}' in workspace '${workspace}'`, "Save it with Lead Autopilot → Setting → Save Pipeline, or leave 'Pipeline' empty.");
	}
	return pipeline;
}

/** Loads the state of one workspace's leads, one result an item, in order. */
export async function loadLeads(store: Store | undefined, workspace: string, group: ReadItem<LeadParameters>[]): Promise<Settled<Lead>[]> {
	const state = store && (await loadState(store, workspace, group));
	return group.map(({ params }, place): Settled<Lead> => {
		try {
			const stored = state?.contacts[place];
			const held = params.conversation.length > 0 ? params.conversation : ((stored && state?.conversations.get(stored.id)) ?? []);
			const kept = params.reply ?? (params.message && state?.readings.get(params.message.id));
			const reply = kept ?? (params.newest && readReply(params.newest.text, { language: params.message?.language }));
			return settled.ok({
				params,
				contactId: stored?.id ?? params.about.id ?? params.contactReference,
				// What the item says is newer than what was stored, but may be less.
				about: { ...stored, ...params.about },
				conversation: withNewest(held, params.newest),
				pipeline: pipelineOf(params.pipelineId, state, workspace),
				reply,
				corrections: (stored && state?.labels.get(stored.id)) ?? [],
				replyIsNew: kept === undefined && reply !== undefined,
			});
		} catch (error) {
			return settled.failed(error);
		}
	});
}
