import type { Gate } from '../gate/gate';
import type { CheckName } from '../gate/check';
import { gateDraft } from '../gate/gateDraft';
import type { Conversation } from './message';
import type { ReviewFacts } from './reviewFacts';

/**
 * Off: checks of what the routing decides right after with words of its own (opt-outs, mode, takeover), and of how sure
 * the model was, which says nothing about a text a person wrote.
 */
const NOT_THE_TEXT: readonly CheckName[] = ['opted_out', 'mode', 'takeover', 'confidence'];

/**
 * The Quality Gate's verdict on a text a person wrote in the place of a draft: by the rules the draft was checked by, as
 * far as they were kept with its verdict, else by the defaults.
 */
export function gateEdited({ row, contact, settings, lastInboundAt, now }: NonNullable<ReviewFacts['route']>, { text, subject, conversation }: { text: string; subject?: string; conversation?: Conversation }): Gate {
	const rules = row.gate?.rules ?? {};
	const company = [settings.companyName, settings.senderName, settings.postalAddress].filter((line) => line !== undefined);
	const known = [...(rules.known ?? []), ...company];
	return {
		...gateDraft({
			text,
			subject,
			channel: row.channel,
			language: row.draft.language,
			facts: row.draft.facts,
			contact,
			conversation,
			now,
			policy: {
				actions: { ...rules.actions, ...Object.fromEntries(NOT_THE_TEXT.map((check) => [check, 'off'])) },
				purpose: row.purpose,
				lastInboundAt: lastInboundAt ?? null,
				country: settings.country,
				known: known.length > 0 ? known : undefined,
				allowedDomains: rules.allowedDomains,
				words: rules.words,
				patterns: rules.patterns,
			},
		}),
		...(row.gate?.rules ? { rules: row.gate.rules } : {}),
	};
}
