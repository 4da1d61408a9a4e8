import { z } from 'zod';
import { ChannelSchema } from '../channels/channel';
import { IsoTimeSchema } from './message';

export const STATUSES = ['NEW', 'CONTACTED', 'QUALIFIED', 'PROPOSAL', 'NEGOTIATION', 'WON', 'LOST', 'UNRESPONSIVE'] as const;
export const StatusSchema = z.enum(STATUSES);
export type Status = z.infer<typeof StatusSchema>;

/** A lawful ground for writing to a person on a channel, as recorded by the user. */
export const ConsentSchema = z.object({
	basis: z.enum(['opt_in', 'existing_customer', 'inbound_request', 'legitimate_interest']),
	at: IsoTimeSchema.optional(),
	source: z.string().optional(),
	/** What shows it: a form's address, a document's number, the words of the person. */
	proof: z.string().optional(),
	/** Since when it holds no more. */
	withdrawnAt: IsoTimeSchema.optional(),
});
export type Consent = z.infer<typeof ConsentSchema>;

export const ContactSchema = z.object({
	id: z.string().min(1),
	name: z.string().optional(),
	email: z.string().optional(),
	phone: z.string().optional(),
	company: z.string().optional(),
	/** Addresses per channel: page-scoped ids, profile URLs. */
	handles: z.partialRecord(z.enum(['phone', 'email', 'instagram', 'messenger', 'linkedin']), z.string()).default({}),
	/** IANA zone name. */
	timezone: z.string().optional(),
	/** ISO 3166-1 alpha-2. */
	country: z.string().optional(),
	language: z.string().optional(),
	/** Local wall-clock time, HH:MM. */
	bestContactTime: z.string().optional(),
	attributes: z.record(z.string(), z.unknown()).default({}),
	consent: z.partialRecord(ChannelSchema, ConsentSchema).default({}),
	optOutChannels: z.array(ChannelSchema).default([]),
	takenOverUntil: IsoTimeSchema.optional(),
	/** Who holds the conversation, and since when. */
	takenOverBy: z.string().optional(),
	takenOverAt: IsoTimeSchema.optional(),
	profiling: z.boolean().default(true),
	owner: z.string().optional(),
	pipelineId: z.string().optional(),
	stageId: z.string().optional(),
	stageEnteredAt: IsoTimeSchema.optional(),
	stageSetBy: z.enum(['model', 'person', 'status']).optional(),
	score: z.number().min(0).max(100).optional(),
	status: StatusSchema.optional(),
	summary: z.string().optional(),
	summaryAt: IsoTimeSchema.optional(),
});
export type Contact = z.infer<typeof ContactSchema>;
