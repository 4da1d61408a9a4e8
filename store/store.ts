import type { Channel } from '../engine/channels/channel';
import type { Classification } from '../engine/classify/classification';
import type { Draft } from '../engine/draft/draft';
import type { Variant } from '../engine/experiment/variant';
import type { Gate } from '../engine/gate/gate';
import type { Contact, Status } from '../engine/message/contact';
import type { Conversation, Message } from '../engine/message/message';
import type { Mode } from '../engine/message/mode';
import type { Actor, OutboundStatus, Review, ReviewKind } from '../engine/message/outbound';
import type { EffectiveSettings, SettingsPatch } from '../engine/message/settings';
import type { OutcomeEvent } from '../engine/outcome/outcome';
import type { Pipeline } from '../engine/pipeline/stage';
import type { Reply } from '../engine/reply/reply';
import type { EpochMs } from '../engine/time';

/** One clock a store: the database's time in production, injected in simulation. */
export interface Clock {
	now(): Promise<EpochMs>;
}

export interface Store {
	readonly dialect: 'sqlite' | 'postgres';
	readonly clock: Clock;
	readonly accounts: Accounts;
	readonly contacts: Contacts;
	readonly messages: Messages;
	readonly outbound: Outbound;
	readonly reviews: Reviews;
	readonly settings: SettingsStore;
	readonly suppressions: Suppressions;
	readonly limits: Limits;
	readonly experiments: Experiments;
	readonly outcomes: Outcomes;
	readonly pipelines: Pipelines;
	readonly modelCalls: ModelCalls;
	readonly analyses: Analyses;
	/**
	 * Gives this caller's share back. The connection or pool is shared by everybody in the process who opened the same
	 * configuration and ends a while (60 s) after the last share was given back. Nothing may be called after it.
	 */
	close(): Promise<void>;
}

// --- accounts: which workspace a channel account belongs to ---------------------------------------------------

export interface Account {
	channel: Channel;
	/** The provider's id: phone number id, page id, mailbox address, Twilio number. */
	externalId: string;
	workspace: string;
	name?: string;
	pipelineId?: string;
	enabled: boolean;
}
export interface Accounts {
	upsert(accounts: Account[]): Promise<void>;
	/** The accounts with these provider ids, whatever their workspace: this look-up is what finds the workspace. */
	byExternalId(keys: { channel: Channel; externalId: string }[]): Promise<(Account | undefined)[]>;
	list(workspace: string): Promise<Account[]>;
}

// --- contacts ---------------------------------------------------------------------------------------------------

/** A contact to create or complete. Needs an id or at least one address; only the fields given are written. */
export type ContactInput = Partial<Omit<Contact, 'score' | 'stageId' | 'stageEnteredAt' | 'stageSetBy' | 'takenOverUntil' | 'optOutChannels'>>;

export interface Contacts {
	/** Finds each by id, else by any address (phone, e-mail, handle), else creates it with an id derived from its first address. Idempotent. */
	upsert(workspace: string, contacts: ContactInput[]): Promise<Contact[]>;
	/** Each reference is an id or any address. Undefined where nobody is known by it. */
	find(workspace: string, references: string[]): Promise<(Contact | undefined)[]>;
	/** A person takes the conversation (until given), or hands it back (until null). */
	setTakeOver(workspace: string, changes: { contactId: string; until: EpochMs | null; by: string }[]): Promise<void>;
	/** Keeps what a classification said: score, status, summary. */
	saveClassification(workspace: string, results: { contactId: string; messageId?: string; classification: Classification }[]): Promise<void>;
	conversations(workspace: string, contactIds: string[]): Promise<Conversation[]>;
}

// --- messages: inbound rows, received → decided -------------------------------------------------------------------

export interface InboundInput {
	/** Without an id one is derived from channel and provider id; without both it is random and cannot be deduplicated. */
	message: Omit<Message, 'id' | 'workspace'> & { id?: string };
	contact: ContactInput;
}
export interface RecordedMessage {
	message: Message;
	contact: Contact;
	conversation: Conversation;
	/** new: first seen. open: seen before and still undecided (goes on as normal). decided: was answered or settled. */
	repeat: 'new' | 'open' | 'decided';
}
export interface ReadyConversation {
	workspace: string;
	/** The newest undecided inbound; `text` merges the burst, `mergedIds` names the earlier ones. */
	message: Message;
	contact: Contact;
	conversation: Conversation;
	mode: Mode;
	/** The reading stored with the message, when somebody made one. */
	reply?: Reply;
	leaseUntil: EpochMs;
	/** 1 for the first lease. */
	leaseCount: number;
}
export interface Messages {
	/** Contact and message in one transaction. A repeat changes nothing. */
	record(workspace: string, inputs: InboundInput[]): Promise<RecordedMessage[]>;
	/** What a colleague wrote by hand in a channel: kept in the conversation, takes the thread over for `takeOverMs`, cancels what is planned there. */
	recordFromPerson(workspace: string, inputs: (InboundInput & { takeOverMs: number })[]): Promise<RecordedMessage[]>;
	/**
	 * Threads whose newest message is an undecided inbound older than `quietMs` and not leased: leased for `leaseMs` and
	 * returned, oldest first. Threads that used up `maxLeases` become reviews instead. Workspaces in mode off are left alone.
	 */
	claimReady(options: { workspaces?: string[]; quietMs: number; leaseMs: number; maxLeases: number; limit: number }): Promise<ReadyConversation[]>;
	/** Ends the lease of conversations whose execution failed before anything was decided. */
	release(workspace: string, messageIds: string[]): Promise<void>;
	/** The stored reading of each message; what is stored first is kept. */
	saveReadings(workspace: string, readings: { messageId: string; reply: Reply }[]): Promise<void>;
	readings(workspace: string, messageIds: string[]): Promise<(Reply | undefined)[]>;
	/** Settles messages without an answer (opt-out, out of office, no reply needed). */
	decide(workspace: string, decisions: { messageId: string; reason: string; actor: Actor }[]): Promise<void>;
	/** When each contact last wrote on the channel itself (source `channel`): what opens a provider's reply window. */
	lastInboundAt(workspace: string, keys: { contactId: string; channel: Channel }[]): Promise<(EpochMs | undefined)[]>;
}

// --- outbound: one row from draft to outcome ----------------------------------------------------------------------

export interface OutboundRow {
	workspace: string;
	/** = draft.id */
	id: string;
	status: OutboundStatus;
	/** Why the row stands where it stands, in a sentence. */
	sentence: string;
	contactId: string;
	channel: Channel;
	/** The address on the channel. Empty until known. */
	to: string;
	accountId?: string;
	threadId?: string;
	/** The inbound messages it answers. */
	inboundIds: string[];
	purpose: 'reply' | 'outreach';
	draft: Draft;
	gate?: Gate;
	variant?: Variant;
	score?: number;
	sendAt?: EpochMs;
	attempts: number;
	providerId?: string;
	sentAt?: EpochMs;
	leaseUntil?: EpochMs;
	/** Provider's last error code. */
	errorCode?: string;
	createdAt: EpochMs;
}

export type NewDraft = Pick<OutboundRow, 'workspace' | 'id' | 'contactId' | 'channel' | 'to' | 'accountId' | 'threadId' | 'inboundIds' | 'purpose' | 'draft' | 'variant' | 'score'>;

/** Everything a routing decision needs, read by the store inside the transaction that will act on it. */
export interface RouteFacts {
	row: OutboundRow;
	settings: EffectiveSettings;
	contact?: Contact;
	suppressed?: string;
	/** An inbound message of the same thread, newer than those the draft answers. */
	newerInbound: boolean;
	/** Another open reply on the same thread, if any (its draft id). */
	openReplyOnThread?: string;
	/** Last inbound from the contact on this very channel (opens the provider's window). */
	lastInboundAt?: EpochMs;
	/** Messages sent to the contact (local day) and by the workspace (UTC day) so far today. */
	sentToContactToday: number;
	sentByWorkspaceToday: number;
	/** True when a person approved this draft as it is, or as edited. */
	approved?: boolean;
	now: EpochMs;
}
export interface Route {
	status: OutboundStatus;
	sentence: string;
	/** For scheduled: when. */
	sendAt?: EpochMs;
	/** For in_review: until when a person should have looked. */
	dueAt?: EpochMs;
}
export type DecideRoute = (facts: RouteFacts) => Route;

export interface PlanRequest {
	workspace: string;
	draftId: string;
	/** Used when no draft is stored under the id (an item that came from elsewhere). */
	draft?: NewDraft;
	gate?: Gate;
	sendAt?: EpochMs;
	reservationId?: string;
	reason?: string;
}
export interface Planned {
	row: OutboundRow;
	review?: Review;
	/** False when an earlier call had planned it already: nothing was changed. */
	changed: boolean;
}
export interface ClaimedJob extends OutboundRow {
	contact?: Contact;
	subjectOfThread?: string;
	/** Provider id of the inbound message answered (In-Reply-To, WhatsApp context). */
	answersProviderId?: string;
}

export interface SendFailure {
	/** The provider's own code, as text. */
	code?: string;
	message: string;
	/** not_sent: the provider said so, may be tried again. permanent: never will. unknown: nobody can tell whether it left. */
	kind: 'not_sent' | 'permanent' | 'unknown';
	retryAt?: EpochMs;
	/** Becomes the row's sentence; without it the store words one from `message`. */
	sentence?: string;
}

export interface Outbound {
	/** Stores each draft once; on repeat the stored row is returned and nothing changes. */
	saveDrafts(drafts: NewDraft[]): Promise<OutboundRow[]>;
	find(workspace: string, ids: string[]): Promise<(OutboundRow | undefined)[]>;
	/** Keeps the gate's verdict with its draft; ids without a row are ignored. */
	recordGates(workspace: string, gates: { draftId: string; gate: Gate }[]): Promise<void>;
	/** Job, reservation binding and "inbound decided" in one transaction; the facts are re-read there and `decide` routes. */
	plan(requests: PlanRequest[], decide: DecideRoute): Promise<Planned[]>;
	/** Due jobs, atomically leased: replies first, then score, then due time. Each is checked again by `decide`; what no longer holds is in `moved`. */
	claimDue(options: { workspaces?: string[]; channels?: Channel[]; limit: number; leaseMs: number }, decide: DecideRoute): Promise<{ claimed: ClaimedJob[]; moved: OutboundRow[] }>;
	/** claimed → sending. `ok: false` when the lease is gone or the row moved on: then it must not be sent. */
	beginSend(workspace: string, ids: string[]): Promise<{ id: string; ok: boolean; row?: OutboundRow; sentence: string }[]>;
	/** Job, provider id, commit of reservations, exposure and the `sent` outcome in one transaction. Repeats change nothing. A job nobody planned (draft given) is recorded as sent. */
	markSent(sent: { workspace: string; id: string; providerId?: string; at?: EpochMs; draft?: NewDraft }[]): Promise<{ row: OutboundRow; changed: boolean }[]>;
	/** Retries (scheduled again, at most 3 tries), fails for good, or becomes uncertain with a review. */
	markFailed(failures: { workspace: string; id: string; failure: SendFailure }[]): Promise<OutboundRow[]>;
	cancel(workspace: string, ids: string[], reason: string, actor: Actor): Promise<{ row: OutboundRow; changed: boolean }[]>;
	list(workspace: string, filter: { statuses?: OutboundStatus[]; contactId?: string; limit: number }): Promise<OutboundRow[]>;
	/** Leases that ran out: claimed → scheduled, sending → uncertain with a review. */
	expireLeases(): Promise<{ returned: string[]; uncertain: string[] }>;
	transitions(workspace: string, id: string): Promise<{ from?: OutboundStatus; to: OutboundStatus; actor: Actor; reason: string; at: EpochMs }[]>;
}

// --- reviews ------------------------------------------------------------------------------------------------------

export interface ReviewRow extends Review {
	workspace: string;
	outboundId?: string;
	messageId?: string;
	contactId?: string;
	createdAt: EpochMs;
	decidedAt?: EpochMs;
}
export interface Reviews {
	/** One open review a kind and subject: asking again returns it. */
	open(reviews: { workspace: string; kind: ReviewKind; outboundId?: string; messageId?: string; contactId?: string; sentence: string; dueAt: EpochMs }[]): Promise<ReviewRow[]>;
	list(workspace: string, filter: { open?: boolean; kinds?: ReviewKind[]; limit: number }): Promise<ReviewRow[]>;
}

// --- settings -----------------------------------------------------------------------------------------------------

export interface SettingsStore {
	/** Contact over account over workspace over defaults; mode and kill switch by the strictest. */
	effective(keys: { workspace: string; accountId?: string; contactId?: string }[]): Promise<EffectiveSettings[]>;
	set(workspace: string, scope: { kind: 'workspace' | 'account' | 'contact'; id?: string }, patch: SettingsPatch, actor: string): Promise<EffectiveSettings>;
}

// --- suppressions ---------------------------------------------------------------------------------------------------

export interface OptOutRequest {
	workspace: string;
	contactId?: string;
	channel: Channel;
	/** The address as known; kept only as a keyed hash. */
	address?: string;
	allChannels: boolean;
	reason: string;
	actor: Actor;
	messageId?: string;
}
export interface Suppressions {
	/** Suppressed, planned sends cancelled, inbound decided, proof logged: one transaction. */
	optOut(requests: OptOutRequest[]): Promise<{ cancelled: string[] }[]>;
	optIn(workspace: string, requests: { contactId?: string; channel: Channel; address?: string; actor: string; reason: string }[]): Promise<void>;
	/** Why each address or contact may not be written to on the channel, or undefined. */
	check(workspace: string, keys: { contactId?: string; channel: Channel; address?: string }[]): Promise<(string | undefined)[]>;
}

// --- limits -----------------------------------------------------------------------------------------------------------

export interface LimitScope {
	/** e.g. `contact:42:whatsapp`. */
	key: string;
	/** Entries with from ≤ at < to are loaded. */
	from: EpochMs;
	to: EpochMs;
}
export interface ReserveRequest<D extends { allowed: boolean }> {
	workspace: string;
	/** The same key again takes nothing and answers as before. */
	idempotencyKey: string;
	/** When the message would leave. */
	at: EpochMs;
	scopes: LimitScope[];
	/** Pure: the times of live entries by scope key → the decision. */
	decide(entries: ReadonlyMap<string, readonly EpochMs[]>): D;
}
export interface Limits {
	/** All rules or none, atomically over any number of processes. Reservations without a job lapse after `lapseMs`. */
	reserve<D extends { allowed: boolean }>(requests: ReserveRequest<D>[], lapseMs: number): Promise<{ decision: D; reservationId?: string; repeated: boolean }[]>;
	commit(workspace: string, reservationIds: string[]): Promise<void>;
	release(workspace: string, reservationIds: string[]): Promise<void>;
}

// --- experiments --------------------------------------------------------------------------------------------------------

export interface ExperimentRow {
	workspace: string;
	id: string;
	name: string;
	status: 'running' | 'paused' | 'completed';
	/** Reply intent it applies to; empty means any. */
	context?: string;
	metric: string;
	variants: { id: string; name: string; template?: string; weight: number; control?: boolean }[];
	winner?: string;
	createdAt: EpochMs;
}
export interface Experiments {
	save(experiments: Omit<ExperimentRow, 'createdAt'>[]): Promise<ExperimentRow[]>;
	/** By id or name. */
	find(workspace: string, references: string[]): Promise<(ExperimentRow | undefined)[]>;
	list(workspace: string, status?: ExperimentRow['status']): Promise<ExperimentRow[]>;
	/** Sticky: the first assignment of a contact is kept and returned. */
	assign(requests: { workspace: string; experimentId: string; contactId: string; choose: () => { variantId: string; propensity: number } }[]): Promise<{ variantId: string; propensity: number; sticky: boolean }[]>;
	/** Per variant: contacts assigned, exposed (first send), and with each outcome event inside its window. */
	results(workspace: string, experimentId: string): Promise<{ variantId: string; assigned: number; exposures: number; events: Partial<Record<OutcomeEvent, number>> }[]>;
}

// --- outcomes -----------------------------------------------------------------------------------------------------------

export interface OutcomeInput {
	workspace: string;
	event: OutcomeEvent;
	occurredAt: EpochMs;
	/** draft.id when the provider gave it back. */
	outboundId?: string;
	/** The provider's id of the message. */
	providerId?: string;
	/** The provider's id of this event: the idempotency key. Derived from message, event and time when absent. */
	eventId?: string;
	threadId?: string;
	contactId?: string;
	channel?: Channel;
	errorCode?: string;
	value?: number;
	currency?: string;
}
export interface RecordedOutcome {
	outboundId?: string;
	attributed: 'id' | 'thread' | 'contact' | 'none';
	recorded: boolean;
	row?: OutboundRow;
	/** Set when a receipt settled an uncertain send. */
	settled: boolean;
}
export interface Outcomes {
	/** Idempotent, late or out of order. A receipt settles an uncertain send. */
	record(events: OutcomeInput[]): Promise<RecordedOutcome[]>;
	list(workspace: string, filter: { outboundId?: string; contactId?: string; limit: number }): Promise<(OutcomeInput & { attributed: string })[]>;
}

// --- pipelines ----------------------------------------------------------------------------------------------------------

export interface StageChange {
	workspace: string;
	contactId: string;
	pipelineId: string;
	/** The stage the decision was made on: the write happens only if it still stands. */
	expectedStageId?: string;
	stageId: string;
	setBy: 'model' | 'person' | 'status';
	score?: number;
	status?: Status;
	log: { rule: string; confidence?: number; reasoning?: string; usedFallback?: boolean; actor: string; sentence: string };
}
export interface Pipelines {
	save(workspace: string, pipelines: Pipeline[]): Promise<void>;
	find(workspace: string, ids: string[]): Promise<(Pipeline | undefined)[]>;
	list(workspace: string): Promise<Pipeline[]>;
	/** Compare-and-set. `applied: false` when somebody else moved the contact first; nothing was written. */
	changeStages(changes: StageChange[]): Promise<{ applied: boolean; activityId?: string }[]>;
	activities(workspace: string, contactId: string, limit: number): Promise<{ id: string; kind: string; at: EpochMs; detail: unknown }[]>;
}

// --- model calls, keys, spend ---------------------------------------------------------------------------------------------

/** What is known about one model key, by its fingerprint only. Times in epoch milliseconds. */
export interface StoredKeyState {
	fingerprint: string;
	limitedUntil?: number;
	invalidUntil?: number;
	exhaustedUntil?: number;
	lastUsedAt?: number;
	/** USD on `spentDay`, a UTC day YYYY-MM-DD. */
	spentUsd?: number;
	spentDay?: string;
}
export interface KeyLedgerPort {
	load(fingerprints: readonly string[]): Promise<StoredKeyState[]>;
	record(fingerprint: string, event: { kind: 'used'; at: number; costUsd?: number } | { kind: 'limited' | 'invalid' | 'exhausted'; at: number; until: number }): Promise<void>;
}
export interface SpendLedgerPort {
	/** USD settled on that UTC day, YYYY-MM-DD. */
	spentToday(workspace: string, day: string): Promise<number>;
	/** Holds the amount back if settled + held + amount ≤ cap, in one atomic step over all processes. */
	reserve(reservation: { workspace: string; day: string; amountUsd: number; capUsd: number; expiresAt: number }): Promise<{ granted: true; reservationId: string } | { granted: false }>;
	/** Replaces the hold by what was spent. Settling twice changes nothing. */
	settle(reservationId: string, actualUsd: number): Promise<void>;
}
export interface CallLogPort {
	/** `at` is ISO-8601; latency in milliseconds over all tries. */
	record(entry: {
		workspace: string;
		purpose: string;
		modelId: string;
		keyFingerprint?: string;
		promptVersion: string;
		inputTokens?: number;
		outputTokens?: number;
		costUsd?: number;
		latencyMs: number;
		attempts: number;
		outcome: string;
		correlationId?: string;
		at: string;
	}): Promise<void>;
}
/** Persists what `llm/` needs: key states, daily spend, the call log. Shapes are those of the ports in `llm/`. */
export interface ModelCalls {
	keyLedger(): KeyLedgerPort;
	spendLedger(): SpendLedgerPort;
	callLog(): CallLogPort;
}

export interface Analyses {
	/** Classifications by exact content hash, not older than `maxAgeMs`. */
	get(workspace: string, hashes: string[], maxAgeMs: number): Promise<(Classification | undefined)[]>;
	put(workspace: string, entries: { hash: string; contactId?: string; classification: Classification }[]): Promise<void>;
}
