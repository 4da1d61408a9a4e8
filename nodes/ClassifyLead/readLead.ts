import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { ReplySchema, type Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';
import { readItemLead, type ItemLead } from '../shared/leadFromItem';
import { readKey, readOptionalText } from '../shared/readParameter';

export interface LeadParameters extends ItemLead {
	what: 'full' | 'summary';
	workspace: string;
	/** An id, e-mail address or phone number. */
	contactReference?: string;
	pipelineId?: string;
	instructions?: string;
	/** Whether personal data is hidden from models. */
	redact: boolean;
	useCache: boolean;
	/** Whether knowledge and past leads are looked up. */
	useKnowledge: boolean;
	/** Whether the score learnt from outcomes is blended in. */
	blendLearned: boolean;
	/** The reading of the newest message that is in the item already. */
	reply?: Reply;
}

/** Reads one item's parameters. Throws ItemInputError. */
export function readLead(context: IExecuteFunctions, itemIndex: number, item: INodeExecutionData, now: EpochMs): LeadParameters {
	return {
		...readItemLead(context, itemIndex, item, now),
		what: context.getNodeParameter('what', 0, 'full') === 'summary' ? 'summary' : 'full',
		workspace: readOptionalText(context, 'workspace', itemIndex) ?? 'default',
		contactReference: readOptionalText(context, 'contact', itemIndex),
		pipelineId: readOptionalText(context, 'pipeline', itemIndex),
		instructions: readOptionalText(context, 'instructions', itemIndex),
		redact: context.getNodeParameter('redact', 0, false) === true,
		useCache: context.getNodeParameter('cache', itemIndex, true) !== false,
		useKnowledge: context.getNodeParameter('useKnowledge', 0, true) !== false,
		blendLearned: context.getNodeParameter('blendLearned', 0, true) !== false,
		reply: readKey(item, 'reply', ReplySchema),
	};
}
