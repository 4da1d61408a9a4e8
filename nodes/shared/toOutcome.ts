import type { Outcome } from '../../engine/outcome/outcome';
import { outcomeSentence } from '../../engine/outcome/outcomeSentence';
import { epochMs, iso } from '../../engine/time';
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
		sendAt: row.sentAt === undefined ? undefined : iso(epochMs(row.sentAt)),
	};
}

/** The item's `outcome` key for one recorded event. */
export function toOutcome(input: OutcomeInput, result: RecordedOutcome): Outcome {
	return {
		outboundId: result.outboundId,
		event: input.event,
		value: input.value,
		currency: input.currency,
		occurredAt: iso(input.occurredAt),
		attribution: attributionOf(result.row),
		attributed: result.attributed,
		recorded: result.recorded,
		sentence: outcomeSentence(input.event, result.attributed, result.recorded, input.errorCode),
	};
}
