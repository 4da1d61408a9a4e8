import type { PagePlatform } from './metaEvents';
import type { SandboxConversation, SandboxMessage } from './metaConversations';

export interface ConversationSeed {
	platform: PagePlatform;
	count: number;
	/** Messages each; default 6, the person's and ours in turn. */
	messages?: number;
	/** Milliseconds of the newest message of all; default a day ago. Each conversation is a minute older than the one before. */
	newestAt?: number;
	/** Every so many has no name; default none. */
	namelessEvery?: number;
	/** Number of the first, so that two seeds do not meet; default 0. */
	first?: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FIRST_NAMES = ['Ada', 'Bela', 'Cem', 'Dana', 'Emil', 'Fay', 'Gus', 'Hana', 'Ivo', 'Jule'];
const LAST_NAMES = ['Weber', 'Okafor', 'Silva', 'Novak', 'Ito', 'Haas', 'Moreau', 'Kaya', 'Lund', 'Rossi'];
const ASKED = ['Hello, I saw your kitchens. How much is the oak one?', 'Is delivery in the price, and when could you come?', 'We need it by spring. Can you send a quote?', 'And payment in two parts?', 'Which worktop do you advise?'];
const ANSWERED = ['Good morning! The oak kitchen begins at 8,900 EUR.', 'Delivery is included, about five weeks.', 'Gladly, which size is the room?', 'Yes, that works.', 'Granite wears best.'];

/** Conversations as a page's inbox holds them, the same for the same seed. */
export function seededConversations({ platform, count, messages = 6, newestAt = Date.now() - DAY_MS, namelessEvery, first = 0 }: ConversationSeed): SandboxConversation[] {
	return Array.from({ length: count }, (_, place): SandboxConversation => {
		const number = first + place;
		const digits = String(number).padStart(8, '0');
		const lastAt = newestAt - place * MINUTE_MS;
		const nameless = namelessEvery !== undefined && place % namelessEvery === namelessEvery - 1;
		const name = `${FIRST_NAMES[number % 10]} ${LAST_NAMES[Math.floor(number / 10) % 10]} ${number}`;
		return {
			id: `t_${platform}_${digits}`,
			platform,
			person: { id: `${platform === 'instagram' ? '17' : '24'}90000${digits}`, ...(nameless ? {} : { name: platform === 'instagram' ? name.toLowerCase().replaceAll(' ', '.') : name }) },
			messages: Array.from({ length: messages }, (_one, turn): SandboxMessage => {
				const fromPage = turn % 2 === 1;
				const texts = fromPage ? ANSWERED : ASKED;
				const text = turn === 0 ? `${texts[0]} (${digits})` : texts[Math.floor(turn / 2) % texts.length];
				return { id: `m_${platform}_${digits}_${turn}`, at: lastAt - (messages - 1 - turn) * 10 * MINUTE_MS, fromPage, text };
			}),
		};
	});
}
