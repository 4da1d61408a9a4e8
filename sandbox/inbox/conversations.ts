import type { Channel, LoggedMessage } from '../standins';

/** Everything said with one person on one channel. */
export interface Conversation {
	/** Stable and safe for use in an element's id. */
	key: string;
	channel: Channel;
	/** The lead's number, id or address. */
	person: string;
	/** Our number, page or address in this conversation. */
	account: string;
	name?: string;
	subject?: string;
	/** Message-ID an answer refers to. */
	lastMessageId?: string;
	/** Oldest first. */
	messages: LoggedMessage[];
	lastAt: string;
}

function personOf(message: LoggedMessage): { person: string; account: string } {
	return message.direction === 'fromLead' ? { person: message.from, account: message.to } : { person: message.to, account: message.from };
}

/** Groups messages by channel and person; the conversation that moved last comes first. */
export function conversationsOf(messages: LoggedMessage[]): Conversation[] {
	const found = new Map<string, Conversation>();
	for (const message of messages) {
		const { person, account } = personOf(message);
		// WhatsApp writes numbers without the plus sign Twilio wants.
		const identity = message.channel === 'email' ? person.toLowerCase() : person.replace(/^\+/, '');
		const key = `c${Buffer.from(`${message.channel} ${identity}`).toString('hex')}`;
		const known = found.get(key) ?? { key, channel: message.channel, person, account, messages: [], lastAt: message.at };
		known.messages.push(message);
		known.lastAt = message.at;
		known.name = message.direction === 'fromLead' ? (message.name ?? known.name) : known.name;
		known.subject = message.subject ?? known.subject;
		if (message.channel === 'email') known.lastMessageId = message.providerId;
		found.set(key, known);
	}
	return [...found.values()].sort((one, other) => other.lastAt.localeCompare(one.lastAt));
}
