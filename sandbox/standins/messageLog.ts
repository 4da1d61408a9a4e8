import { randomUUID } from 'node:crypto';

export type Channel = 'whatsapp' | 'messenger' | 'instagram' | 'sms' | 'email';
export type Provider = 'meta' | 'twilio' | 'sendgrid' | 'smtp' | 'imap';
export type DeliveryState = 'accepted' | 'sent' | 'delivered' | 'read' | 'failed';

/** One message that passed through a stand-in. */
export interface LoggedMessage {
	/** The sandbox's own id, unique in one run. */
	id: string;
	/** `toLead`: what the workflows sent. `fromLead`: what a lead wrote. `fromPerson`: what a colleague wrote outside the workflows. */
	direction: 'toLead' | 'fromLead' | 'fromPerson';
	channel: Channel;
	provider: Provider;
	/** Phone number, page or mail address it came from. */
	from: string;
	to: string;
	name?: string;
	text: string;
	subject?: string;
	/** Mail headers, names in lower case; repeated ones joined by a comma. */
	headers?: Record<string, string>;
	template?: { name: string; language: string; components: unknown[] };
	/** What the sender gave to find the message again: biz_opaque_callback_data, message metadata, Message-ID, custom arguments. */
	correlationId?: string;
	/** The id the provider gave it: wamid, mid, SM…, Message-ID. */
	providerId: string;
	state?: DeliveryState;
	/** ISO-8601 UTC. */
	at: string;
	raw?: unknown;
}

export type NewMessage = Omit<LoggedMessage, 'id' | 'at'>;
export type MessageFilter = (message: LoggedMessage) => boolean;

/** Every message of a run, in the order of arrival. */
export interface MessageLog {
	/** What the workflows sent; with `'any'` also what leads and colleagues wrote. */
	list(direction?: LoggedMessage['direction'] | 'any'): LoggedMessage[];
	/** The first sent message, past or to come, that the predicate accepts. Rejects after `timeoutMs` (default 10,000). */
	waitFor(predicate: MessageFilter, timeoutMs?: number): Promise<LoggedMessage>;
	clear(): void;
	/** Called for each message and each change of state. Returns the way to stop. */
	subscribe(listener: (message: LoggedMessage) => void): () => void;
	add(message: NewMessage): LoggedMessage;
	setState(providerId: string, state: DeliveryState): void;
}

export function createMessageLog(): MessageLog {
	let messages: LoggedMessage[] = [];
	const listeners = new Set<(message: LoggedMessage) => void>();
	const tell = (message: LoggedMessage): void => {
		for (const listener of [...listeners]) listener(message);
	};

	return {
		list: (direction = 'toLead') => messages.filter((message) => direction === 'any' || message.direction === direction),
		waitFor(predicate, timeoutMs = 10_000) {
			const wanted: MessageFilter = (message) => message.direction === 'toLead' && predicate(message);
			const known = messages.find(wanted);
			if (known) return Promise.resolve(known);
			return new Promise((resolve, reject) => {
				const listener = (message: LoggedMessage): void => {
					if (!wanted(message)) return;
					clearTimeout(timer);
					listeners.delete(listener);
					resolve(message);
				};
				const timer = setTimeout(() => {
					listeners.delete(listener);
					const seen = messages.filter((message) => message.direction === 'toLead').length;
					reject(new Error(`No matching message arrived within ${timeoutMs} ms; ${seen} other messages did.`));
				}, timeoutMs);
				listeners.add(listener);
			});
		},
		clear: () => {
			messages = [];
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => listeners.delete(listener);
		},
		add(message) {
			const logged: LoggedMessage = { id: randomUUID(), at: new Date().toISOString(), ...message };
			messages.push(logged);
			tell(logged);
			return logged;
		},
		setState(providerId, state) {
			const message = messages.find((candidate) => candidate.providerId === providerId);
			if (!message) return;
			message.state = state;
			tell(message);
		},
	};
}
