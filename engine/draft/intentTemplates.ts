import { z } from 'zod';
import { renderingOf } from '../channels/rendering';
import type { Channel } from '../channels/channel';
import { LANGUAGES, parseLanguage, type Language } from '../message/language';
import { REPLY_INTENTS, type ReplyIntent } from '../reply/reply';
import { renderTemplate, type TemplateFields } from './template';
import de from './templates/de.json';
import en from './templates/en.json';
import es from './templates/es.json';
import fr from './templates/fr.json';
import it from './templates/it.json';
import nl from './templates/nl.json';
import pl from './templates/pl.json';
import pt from './templates/pt.json';
import tr from './templates/tr.json';

const text = z.string().min(1);
const TemplatesSchema = z.object({
	language: z.enum(LANGUAGES),
	written: z.iso.date(),
	source: z.string(),
	greeting: text,
	closing: text,
	subject: text,
	outreachSubject: text,
	/** By the intent answered; `outreach` opens a conversation. */
	bodies: z.record(z.enum([...REPLY_INTENTS, 'outreach']), text),
});
type Templates = z.infer<typeof TemplatesSchema>;

const ENGLISH = TemplatesSchema.parse(en);
const ALL = new Map<Language, Templates>([de, en, es, fr, it, nl, pl, pt, tr].map((data) => TemplatesSchema.parse(data)).map((templates) => [templates.language, templates]));

export interface TemplateDraft {
	text: string;
	/** For channels with a subject. */
	subject?: string;
	/** The language it is written in: the one wanted, or English when there is no template in it. */
	language: Language;
}

/** The message rules write when no model does: by the intent it answers, in the lead's language, for its channel. `ownBody` is the team's, in that language. */
export function draftFromTemplate(options: { intent: ReplyIntent | 'outreach'; language: string; channel: Channel; fields: TemplateFields; threadSubject?: string; ownBody?: string }): TemplateDraft {
	const language = parseLanguage(options.language) ?? 'en';
	const templates = ALL.get(language) ?? ENGLISH;
	const { greetingAndClosing, subject: hasSubject } = renderingOf(options.channel);
	const body = options.ownBody ?? templates.bodies[options.intent];
	const parts = greetingAndClosing ? [templates.greeting, body, templates.closing] : [`${body.charAt(0).toLocaleUpperCase(language)}${body.slice(1)}`];
	const rendered = parts.map((part) => renderTemplate(part, options.fields).text).join('\n\n');
	const subject = options.threadSubject ? replySubject(options.threadSubject) : options.intent === 'outreach' ? templates.outreachSubject : templates.subject;
	return { text: rendered, language, ...(hasSubject && { subject }) };
}

/** The subject of an answer on a thread: `Re: ` once, one line. */
export function replySubject(subject: string): string {
	const line = subject.replace(/\s+/g, ' ').trim();
	return /^(?:re|aw|antw|rv|odp|ynt|sv)\s*:/i.test(line) ? line : `Re: ${line}`;
}
