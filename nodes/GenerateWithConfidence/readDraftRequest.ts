import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import { ClassificationSchema } from '../../engine/classify/classification';
import type { LearningOptions, ThresholdWish } from '../../engine/draft/learntConfidence';
import { WaTemplateSchema, type WaTemplate } from '../../engine/draft/draft';
import { isFilledIn } from '../../engine/draft/unfilled';
import { isFramework, isTone, type Framework, type Tone } from '../../engine/draft/style';
import { VariantSchema, type Variant } from '../../engine/experiment/variant';
import { draftId } from '../../engine/message/spine';
import { ReplySchema, type Reply } from '../../engine/reply/reply';
import type { EpochMs } from '../../engine/time';
import { readVersion, writeVersion } from '../../engine/training/versionNumber';
import { ItemInputError } from '../shared/errors';
import { readItemLead, type ItemLead } from '../shared/leadFromItem';
import { readChannel, readJson, readKey, readNumber, readOptionalText, readParameter, readText } from '../shared/readParameter';

export interface DraftRequest extends ItemLead {
	id: string;
	workspace: string;
	contactReference: string;
	channel: Channel;
	purpose: 'reply' | 'outreach';
	language?: string;
	framework?: Framework;
	tone?: Tone;
	persona?: string;
	instructions?: string;
	template?: string;
	/** Of an e-mail, as the user wrote it. */
	subject?: string;
	/** The approved WhatsApp template that is sent: then the text is its words, and no model's. */
	waTemplate?: WaTemplate;
	/** Whether personal data is hidden from the model. */
	redact: boolean;
	facts: string[];
	/** Whether what is known is looked up besides. */
	useKnowledge: boolean;
	/** How the user wants drafts cleared for sending. */
	learning: LearningOptions;
	/** Whether what won with leads of the same industry takes the place of framework and tone. */
	useWinning: boolean;
	versionWish: VersionWish;
	/** Drafts drawn for each message, 1 or more. */
	samples: number;
	/** 0–1. */
	auditShare: number;
	reply?: Reply;
	variant?: Variant;
	score?: number;
}

/** Which registered version writes. deployed: whichever serves the contact. none: the node's own model without examples. */
export type VersionWish = { source: 'deployed' | 'none' } | { source: 'fixed'; version: string };

/** What a draft without message and step belongs to: the first words to a contact. */
const FIRST_CONTACT = 'first-contact';
/** More than this many drafts for one message cost more than they tell. */
export const MOST_SAMPLES = 5;
/** Below this, certifying takes more than the 2,000 reviews that are looked back on; above, nothing is promised. */
const LEAST_ERROR_SHARE = 0.002;
const MOST_ERROR_SHARE = 0.5;
const LONGEST_FACT = 2_000;
const MOST_FACTS = 50;

function readShare(context: IExecuteFunctions, name: string, itemIndex: number, label: string): number {
	const share = readNumber(context, name, itemIndex, label);
	if (share < 0 || share > 1) throw new ItemInputError(`'${label}' must lie between 0 and 1, but is ${share}`, 'Write 85 % as 0.85.');
	return share;
}

function readWish(context: IExecuteFunctions, itemIndex: number): ThresholdWish {
	const source = readOptionalText(context, 'thresholdMode', itemIndex) ?? 'fixed';
	if (source === 'fixed') return { source, threshold: readShare(context, 'threshold', itemIndex, 'Auto-Send From') };
	if (source !== 'certified') throw new ItemInputError(`'Threshold Mode' is '${source.slice(0, 40)}', which is not known`, "Use 'fixed' or 'certified'.");
	const maxErrorShare = readShare(context, 'acceptedErrorShare', itemIndex, 'Accepted Error Share');
	if (maxErrorShare < LEAST_ERROR_SHARE || maxErrorShare > MOST_ERROR_SHARE) {
		throw new ItemInputError(`'Accepted Error Share' must lie between ${LEAST_ERROR_SHARE} and ${MOST_ERROR_SHARE}, but is ${maxErrorShare}`, 'Write 5 % as 0.05.');
	}
	return { source, maxErrorShare };
}

function readVersionWish(context: IExecuteFunctions, itemIndex: number): VersionWish {
	const source = readOptionalText(context, 'modelVersion', itemIndex) ?? 'deployed';
	if (source === 'deployed' || source === 'none') return { source };
	if (source !== 'fixed') throw new ItemInputError(`'Model Version' is '${source.slice(0, 40)}', which is not known`, "Use 'deployed', 'fixed' or 'none'.");
	const written = readText(context, 'version', itemIndex, 'Version');
	const number = readVersion(written);
	if (!number) throw new ItemInputError(`'Version' is '${written.slice(0, 40)}', which is no version`, 'Write it as Model Trainer lists it, e.g. v2.1.0.');
	return { source, version: writeVersion(number) };
}

function readSamples(context: IExecuteFunctions, itemIndex: number): number {
	const samples = readNumber(context, 'samples', itemIndex, 'Drafts per Message');
	if (!Number.isInteger(samples) || samples < 1 || samples > MOST_SAMPLES) throw new ItemInputError(`'Drafts per Message' must be a whole number from 1 to ${MOST_SAMPLES}, but is ${samples}`);
	return samples;
}

function readFacts(context: IExecuteFunctions, itemIndex: number): string[] {
	const value: unknown = readParameter(context, 'facts', itemIndex, '');
	const lines: unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split('\n') : [];
	return lines.flatMap((line) => (typeof line === 'string' && line.trim() !== '' && isFilledIn(line) ? [line.trim().slice(0, LONGEST_FACT)] : [])).slice(0, MOST_FACTS);
}

/** The approved template, as the item or the user's JSON names it. */
function readWaTemplate(context: IExecuteFunctions, itemIndex: number): WaTemplate | undefined {
	const value: unknown = readParameter(context, 'waTemplate', itemIndex, '');
	if (value === '' || value === null || value === undefined) return undefined;
	const parsed = WaTemplateSchema.safeParse(readJson(context, 'waTemplate', itemIndex, 'WhatsApp Template'));
	if (!parsed.success) throw new ItemInputError("'WhatsApp Template' does not fit", 'It takes name, language and a list of parameters, e.g. {"name": "follow_up", "language": "en", "parameters": ["{firstName|there}"]}.');
	return parsed.data;
}

/** What the draft answers or opens: a step the user names, the message, the very text, or the first contact. */
function anchor(step: string | undefined, lead: ItemLead): string {
	if (step !== undefined) return step;
	if (lead.message) return lead.message.id;
	if (lead.newest) return `text:${createHash('sha256').update(lead.newest.text).digest('hex')}`;
	return FIRST_CONTACT;
}

/** Reads one item's parameters. Throws ItemInputError. */
export function readDraftRequest(context: IExecuteFunctions, itemIndex: number, item: INodeExecutionData, now: EpochMs): DraftRequest {
	const lead = readItemLead(context, itemIndex, item, now);
	const workspace = readOptionalText(context, 'workspace', itemIndex) ?? 'default';
	const contactReference = readText(context, 'contact', itemIndex, 'Contact');
	const step = readOptionalText(context, 'step', itemIndex);
	const framework = readOptionalText(context, 'framework', itemIndex);
	const tone = readOptionalText(context, 'tone', itemIndex);
	const channel = readChannel(context, itemIndex);
	const subject = readOptionalText(context, 'subject', itemIndex);
	const waTemplate = channel === 'whatsapp' ? readWaTemplate(context, itemIndex) : undefined;
	return {
		...lead,
		id: draftId(workspace, anchor(step, lead), contactReference),
		workspace,
		contactReference,
		channel,
		...(subject !== undefined && { subject }),
		...(waTemplate && { waTemplate }),
		purpose: step === undefined && (lead.message ?? lead.newest) ? 'reply' : 'outreach',
		language: readOptionalText(context, 'language', itemIndex),
		...(framework !== undefined && isFramework(framework) && { framework }),
		...(tone !== undefined && isTone(tone) && { tone }),
		persona: readOptionalText(context, 'persona', itemIndex),
		instructions: readOptionalText(context, 'instructions', itemIndex),
		template: readOptionalText(context, 'template', itemIndex),
		redact: context.getNodeParameter('redact', 0, false) === true,
		facts: readFacts(context, itemIndex),
		useKnowledge: context.getNodeParameter('useKnowledge', itemIndex, true) === true,
		learning: { wish: readWish(context, itemIndex), acceptedEditDistance: readShare(context, 'acceptedEditDistance', itemIndex, 'Accepted Edit Distance') },
		useWinning: context.getNodeParameter('useWinning', itemIndex, false) === true,
		versionWish: readVersionWish(context, itemIndex),
		samples: readSamples(context, itemIndex),
		auditShare: readShare(context, 'auditShare', itemIndex, 'Audit Share'),
		reply: readKey(item, 'reply', ReplySchema),
		variant: readKey(item, 'variant', VariantSchema),
		score: readKey(item, 'classification', ClassificationSchema)?.score,
	};
}
