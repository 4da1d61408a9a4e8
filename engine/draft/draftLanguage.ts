import { detectLanguage, UNDETERMINED } from '../message/language';
import type { Conversation } from '../message/message';

/** Language codes as ISO 639-1 or 639-2, region allowed. */
const CODE = /^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$/i;
/** The last messages of the lead tell the language they write in now. */
const RECENT = 3;

function code(text: string | undefined): string | undefined {
	const wanted = text?.trim();
	if (!wanted || !CODE.test(wanted)) return undefined;
	const [language] = wanted.toLowerCase().split(/[-_]/);
	return language === UNDETERMINED ? undefined : language;
}

/** The language to write in: the one asked for, what the lead writes in, what is on file for the contact, the workspace's, English. */
export function draftLanguage(from: { wanted?: string; conversation: Conversation; contact?: string; workspace?: string }): string {
	const wanted = code(from.wanted);
	if (wanted) return wanted;
	const recent = from.conversation.filter((turn) => turn.from === 'lead').slice(-RECENT);
	const { language } = detectLanguage(recent.map(({ text }) => text).join('\n'));
	if (language !== UNDETERMINED) return language;
	return code(from.contact) ?? code(from.workspace) ?? 'en';
}
