import { reportedRule } from '../../engine/channels/errorCodes';
import { errorSentence } from '../../engine/outcome/errorAction';
import { isOutcomeLabel, labelOfEvent, LABEL_RULES, rewardOf } from '../../engine/outcome/labels';
import type { Outcome } from '../../engine/outcome/outcome';
import { outcomeSentence } from '../../engine/outcome/outcomeSentence';
import { maturesAt } from '../../engine/outcome/windows';
import { iso } from '../../engine/time';
import type { OutboundRow, OutcomeInput, RecordedOutcome } from '../../store/store';

/** What the message the event is about was made with. What is not known is absent. */
function attributionOf(row: OutboundRow | undefined): Outcome['attribution'] {
	if (!row) return {};
	return {
		variantId: row.variant?.variantId,
		modelId: row.draft.modelId,
		promptVersion: row.draft.promptVersion,
		framework: row.draft.framework,
		tone: row.draft.tone,
		sendAt: row.sentAt === undefined ? undefined : iso(row.sentAt),
	};
}

/** What an event says of the text, and how much. */
export function labelled(event: Outcome['event'], label: string | undefined, sentiment: number | undefined): Pick<Outcome, 'label' | 'weight' | 'reward' | 'sentiment'> {
	const name = isOutcomeLabel(label) ? label : labelOfEvent(event);
	if (name === undefined) return {};
	const reward = rewardOf(name, sentiment);
	return { label: name, weight: LABEL_RULES[name].weight, ...(reward === undefined ? {} : { reward }), ...(sentiment === undefined ? {} : { sentiment }) };
}

/** The item's `outcome` key for one recorded event. */
export function toOutcome(input: OutcomeInput, result: RecordedOutcome): Outcome {
	const { row, event } = result;
	const rule = input.errorCode === undefined ? undefined : reportedRule(input.channel ?? row?.channel, input.errorCode);
	const said = outcomeSentence(event, result.attributed, result.recorded, input.errorCode);
	return {
		outboundId: result.outboundId,
		event,
		value: input.value,
		currency: input.currency,
		occurredAt: iso(input.occurredAt),
		...labelled(event, input.label, input.sentiment),
		...(row?.sentAt === undefined ? {} : { maturesAt: iso(maturesAt(row.sentAt, event)) }),
		attribution: attributionOf(row),
		attributed: result.attributed,
		recorded: result.recorded,
		sentence: rule && result.recorded ? `${said} ${errorSentence(rule)}` : said,
	};
}
