import { SANDBOX } from './accounts';
import { createCallCounter, type CallFigures, type CallLimits } from './conversationCalls';
import { readFields, type GraphField } from './graphFields';
import { json, type StandInAnswer, type StandInRequest } from './httpServer';
import { metaError } from './metaErrors';
import type { PagePlatform } from './metaEvents';
import { seededConversations, type ConversationSeed } from './seededConversations';

export interface SandboxMessage {
	id: string;
	/** Milliseconds. */
	at: number;
	fromPage: boolean;
	text: string;
	imageUrl?: string;
}
export interface SandboxConversation {
	id: string;
	platform: PagePlatform;
	person: { id: string; /** Left out by Meta for some people. */ name?: string };
	/** Oldest first. */
	messages: SandboxMessage[];
}

/** The page's conversations, and what the Graph API may do about them. */
export interface Conversations {
	readonly limits: CallLimits;
	seed(seed: ConversationSeed): SandboxConversation[];
	add(conversation: SandboxConversation): void;
	write(conversationId: string, message: SandboxMessage): void;
	remove(conversationId: string): void;
	/** Every call that shows what is in this conversation fails with the code. 0 ends it. */
	failFor(conversationId: string, code: number): void;
	/** The token is refused from now on, or after so many more calls. */
	expireToken(options?: { afterCalls?: number }): void;
	renewToken(): void;
	/** Milliseconds each answer takes. */
	latency(ms: number): void;
	calls(): CallFigures;
	reset(): void;
}

/** Source: Meta, Conversation reference: of Instagram's messages only the 20 newest can be read. */
const INSTAGRAM_READABLE = 20;
/** Meta asks for less when an answer would become too big; where exactly it does not say. */
const MOST_MESSAGES = 5_000;
const DEFAULT_LIMIT = 25;
const CONVERSATION_FIELDS = new Set(['id', 'updated_time', 'participants', 'messages', 'message_count', 'unread_count', 'link', 'snippet', 'can_reply', 'senders', 'name']);
const MESSAGE_FIELDS = new Set(['id', 'created_time', 'from', 'to', 'message', 'attachments', 'sticker', 'tags', 'shares', 'reactions', 'is_unsupported']);

class UnknownField extends Error {}

/** Meta writes times to the second, with a zone without a colon. */
const graphTime = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, '+0000');
const updatedAt = ({ messages }: SandboxConversation): number => messages.at(-1)?.at ?? 0;
const cursorOf = (one: SandboxConversation): string => Buffer.from(JSON.stringify([updatedAt(one), one.id])).toString('base64url');
const ownSide = (platform: PagePlatform) => (platform === 'instagram' ? { username: 'sandbox.sales', id: SANDBOX.instagramId } : { name: 'Sandbox Sales', email: `${SANDBOX.pageId}@facebook.com`, id: SANDBOX.pageId });

function otherSide({ platform, person: { id, name } }: SandboxConversation) {
	if (platform === 'instagram') return { ...(name === undefined ? {} : { username: name }), id };
	return { ...(name === undefined ? {} : { name }), email: `${id}@facebook.com`, id };
}

function messageAs(conversation: SandboxConversation, message: SandboxMessage, fields: readonly GraphField[], readable: boolean): object {
	for (const { name } of fields) if (!MESSAGE_FIELDS.has(name)) throw new UnknownField(name);
	if (!readable) return { id: message.id };
	const [own, other] = [ownSide(conversation.platform), otherSide(conversation)];
	const all: Record<string, unknown> = {
		created_time: graphTime(message.at),
		from: message.fromPage ? own : other,
		to: { data: [message.fromPage ? other : own] },
		message: message.text,
		...(message.imageUrl === undefined ? {} : { attachments: { data: [{ id: '1', mime_type: 'image/jpeg', image_data: { url: message.imageUrl, width: 100, height: 100 } }] } }),
	};
	return { ...Object.fromEntries(fields.flatMap(({ name }) => (name in all ? [[name, all[name]]] : []))), id: message.id };
}

function messagesAs(conversation: SandboxConversation, field: GraphField): object {
	const newestFirst = conversation.messages.toReversed();
	const start = field.after === undefined ? 0 : Number(Buffer.from(field.after, 'base64url').toString());
	const limit = field.limit ?? DEFAULT_LIMIT;
	const shown = newestFirst.slice(start, start + limit);
	const readable = (place: number): boolean => conversation.platform === 'messenger' || start + place < INSTAGRAM_READABLE;
	const data = shown.map((message, place) => messageAs(conversation, message, field.fields ?? [{ name: 'id' }, { name: 'created_time' }], readable(place)));
	const after = Buffer.from(String(start + limit)).toString('base64url');
	const next = start + limit < newestFirst.length ? { next: `https://graph.facebook.com/v23.0/${conversation.id}/messages?access_token=sandbox&limit=${limit}&after=${after}` } : {};
	return { data, paging: { cursors: { before: Buffer.from(String(start)).toString('base64url'), after }, ...next } };
}

function conversationAs(conversation: SandboxConversation, fields: readonly GraphField[]): object {
	const shown = fields.map((field): [string, unknown] => {
		if (!CONVERSATION_FIELDS.has(field.name)) throw new UnknownField(field.name);
		if (field.name === 'messages') return ['messages', messagesAs(conversation, field)];
		if (field.name === 'updated_time') return ['updated_time', graphTime(updatedAt(conversation))];
		if (field.name === 'participants') return ['participants', { data: [otherSide(conversation), ownSide(conversation.platform)] }];
		return [field.name, field.name === 'message_count' ? conversation.messages.length : conversation.id];
	});
	return { ...Object.fromEntries(shown), id: conversation.id };
}

export function createConversations(): { api: Conversations; /** Undefined: not about conversations. */ handle(request: StandInRequest, account: string, edge: string | undefined, token: string): StandInAnswer | undefined } {
	const all = new Map<string, SandboxConversation>();
	const failing = new Map<string, number>();
	const counter = createCallCounter();
	let delayMs = 0;
	let callsLeft = Number.POSITIVE_INFINITY;

	const list = (query: URLSearchParams): StandInAnswer => {
		const platform = query.get('platform') ?? 'messenger';
		if (platform !== 'messenger' && platform !== 'instagram') return metaError(100, { message: '(#100) Param platform must be one of {INSTAGRAM, MESSENGER}' });
		const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
		if (!Number.isInteger(limit) || limit < 1) return metaError(100, { message: '(#100) Param limit must be a positive integer' });
		const fields = readFields(query.get('fields') ?? 'id,updated_time');
		const messages = fields.find(({ name }) => name === 'messages');
		if (messages && limit * (messages.limit ?? DEFAULT_LIMIT) > MOST_MESSAGES) return metaError(1, { status: 500, message: "Please reduce the amount of data you're asking for, then retry your request" });
		const sorted = [...all.values()].filter((one) => one.platform === platform).sort((a, b) => updatedAt(b) - updatedAt(a) || (a.id < b.id ? 1 : -1));
		const start = behind(sorted, query.get('after'));
		if (start === undefined) return metaError(100, { message: '(#100) Invalid cursors values' });
		const page = sorted.slice(start, start + limit);
		const broken = messages ? page.find(({ id }) => failing.has(id)) : undefined;
		if (broken) return metaError(failing.get(broken.id) ?? 2, { status: 500, message: 'An unexpected error has occurred. Please retry your request later.' });
		const [first, last] = [page[0], page.at(-1)];
		const cursors = first && last ? { cursors: { before: cursorOf(first), after: cursorOf(last) } } : {};
		const next = start + limit < sorted.length && last ? { next: `https://graph.facebook.com/v23.0/${SANDBOX.pageId}/conversations?access_token=sandbox&limit=${limit}&after=${cursorOf(last)}` } : {};
		return json(200, { data: page.map((one) => conversationAs(one, fields)), paging: { ...cursors, ...next } });
	};

	const answer = (request: StandInRequest, account: string, edge: string | undefined): StandInAnswer => {
		const page = account === 'me' ? SANDBOX.pageId : account;
		try {
			if (edge === 'conversations') return page === SANDBOX.pageId ? list(request.query) : metaError(200, { message: '(#200) User does not have sufficient administrative permission for this action on this page' });
			const conversation = all.get(account);
			if (conversation && edge === 'messages') return json(200, messagesAs(conversation, { name: 'messages', limit: Number(request.query.get('limit') ?? DEFAULT_LIMIT), ...(request.query.has('after') ? { after: request.query.get('after') ?? '' } : {}), fields: readFields(request.query.get('fields') ?? 'id,created_time') }));
			if (conversation) return json(200, conversationAs(conversation, readFields(request.query.get('fields') ?? 'id,updated_time')));
			if (account.startsWith('t_')) return metaError(100, { subcode: 33, message: `Unsupported get request. Object with ID '${account}' does not exist, cannot be loaded due to missing permissions, or does not support this operation` });
			const wanted = readFields(request.query.get('fields') ?? 'id,name').map(({ name }) => name);
			const own: Record<string, unknown> = { id: SANDBOX.pageId, name: 'Sandbox Sales', instagram_business_account: { id: SANDBOX.instagramId } };
			const unknown = wanted.find((name) => !(name in own));
			return unknown === undefined ? json(200, Object.fromEntries([...wanted.map((name) => [name, own[name]]), ['id', own.id]])) : metaError(100, { message: `(#100) Tried accessing nonexisting field (${unknown}) on node type (Page)` });
		} catch (error) {
			if (error instanceof UnknownField) return metaError(100, { message: `(#100) Tried accessing nonexisting field (${error.message})` });
			if (error instanceof SyntaxError) return metaError(2500, { message: error.message, status: 400 });
			throw error;
		}
	};

	return {
		api: {
			limits: counter.limits,
			seed(seed) {
				const made = seededConversations(seed);
				for (const one of made) all.set(one.id, one);
				return made;
			},
			add: (conversation) => void all.set(conversation.id, conversation),
			write(conversationId, message) {
				const known = all.get(conversationId);
				if (!known) throw new Error(`There is no conversation ${conversationId}`);
				all.set(conversationId, { ...known, messages: [...known.messages, message] });
			},
			remove: (conversationId) => void all.delete(conversationId),
			failFor: (conversationId, code) => void (code === 0 ? failing.delete(conversationId) : failing.set(conversationId, code)),
			expireToken: ({ afterCalls = 0 } = {}) => void (callsLeft = afterCalls),
			renewToken: () => void (callsLeft = Number.POSITIVE_INFINITY),
			latency: (ms) => void (delayMs = ms),
			calls: () => counter.figures(),
			reset() {
				all.clear();
				failing.clear();
				counter.forget();
				delayMs = 0;
				callsLeft = Number.POSITIVE_INFINITY;
			},
		},
		handle(request, account, edge, token) {
			const isOwnPage = account === 'me' && edge === undefined;
			if (request.method !== 'GET' || !(edge === 'conversations' || isOwnPage || account.startsWith('t_'))) return undefined;
			if (callsLeft <= 0) return metaError(190, { subcode: 463, message: 'Error validating access token: Session has expired on Monday, 02-Nov-26 08:00:00 PST.' });
			callsLeft -= 1;
			const now = Date.now();
			const refused = counter.count(token, SANDBOX.pageId, isOwnPage ? undefined : (request.query.get('platform') ?? 'messenger'), now);
			return { ...(refused ?? answer(request, account, edge)), headers: counter.headers(token, SANDBOX.pageId, now), delayMs };
		},
	};
}

/** Where the page behind a cursor begins, wherever its conversation is now. */
function behind(sorted: readonly SandboxConversation[], cursor: string | null): number | undefined {
	if (cursor === null) return 0;
	let read: unknown;
	try {
		read = JSON.parse(Buffer.from(cursor, 'base64url').toString());
	} catch {
		return undefined;
	}
	if (!Array.isArray(read)) return undefined;
	const [at, id] = [Number(read[0]), String(read[1])];
	const found = sorted.findIndex((one) => updatedAt(one) < at || (updatedAt(one) === at && one.id < id));
	return found < 0 ? sorted.length : found;
}
