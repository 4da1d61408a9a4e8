import type { Contact } from '../../engine/message/contact';
import type { Conversation } from '../../engine/message/message';
import type { Mode } from '../../engine/message/mode';
import { withNewest } from '../../engine/message/readConversation';
import type { EffectiveSettings } from '../../engine/message/settings';
import { readReply } from '../../engine/reply/readReply';
import type { Reply } from '../../engine/reply/reply';
import type { OutboundRow, Store } from '../../store/store';
import { foundByKey } from '../shared/foundByKey';
import type { DraftRequest } from './readDraftRequest';
import type { Serving } from './withServingVersion';

/** A request with everything known about it. */
export interface LoadedRequest {
	request: DraftRequest;
	/** The draft of an earlier run: returned as it is, never paid for again. */
	existing?: OutboundRow;
	/** The id the contact has in the store, else what it is known by here. */
	contactId: string;
	about: Partial<Contact>;
	conversation: Conversation;
	reply?: Reply;
	settings?: EffectiveSettings;
	/** True while a person reads every draft to this contact on this account, whatever its confidence. */
	readsAll: boolean;
	/** What writes the draft besides the node's own model and prompt. */
	serving?: Serving;
}

const READING_MODES: readonly Mode[] = ['assist', 'one_click'];

/** Loads the state of one workspace's requests, in order. */
export async function loadRequests(store: Store | undefined, workspace: string, requests: DraftRequest[]): Promise<LoadedRequest[]> {
	const ids = [...new Set(requests.map(({ id }) => id))];
	const references = [...new Set(requests.map(({ contactReference }) => contactReference))];
	const existing = store ? foundByKey(ids, await store.outbound.find(workspace, ids)) : new Map<string, OutboundRow>();
	const contacts = store ? foundByKey(references, await store.contacts.find(workspace, references)) : new Map<string, Contact>();
	const silent = [...new Set(requests.flatMap(({ conversation, contactReference }) => (conversation.length === 0 ? (contacts.get(contactReference)?.id ?? []) : [])))];
	const conversations = store ? foundByKey(silent, await store.contacts.conversations(workspace, silent)) : new Map<string, Conversation>();
	const unread = [...new Set(requests.flatMap(({ reply, message }) => (reply ? [] : (message?.id ?? []))))];
	const readings = store ? foundByKey(unread, await store.messages.readings(workspace, unread)) : new Map<string, Reply>();
	const contactIds = requests.map(({ contactReference, about }) => contacts.get(contactReference)?.id ?? about.id ?? contactReference);
	const scopes = requests.map(({ message }, place) => ({ workspace, accountId: message?.accountId, contactId: contactIds[place] }));
	const [settings, ...scoped] = store ? await store.settings.effective([{ workspace }, ...scopes]) : [];
	return requests.map((request, place) => {
		const stored = contacts.get(request.contactReference);
		const { message, newest, about } = request;
		const held = request.conversation.length > 0 ? request.conversation : ((stored && conversations.get(stored.id)) ?? []);
		const reply = request.reply ?? (message && readings.get(message.id)) ?? (newest && readReply(newest.text, { language: message?.language }));
		return {
			request,
			existing: existing.get(request.id),
			contactId: contactIds[place],
			about: { ...stored, ...about },
			conversation: withNewest(held, newest),
			...(reply && { reply }),
			...(settings && { settings }),
			readsAll: scoped[place] !== undefined && READING_MODES.includes(scoped[place].mode),
		};
	});
}
