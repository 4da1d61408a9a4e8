import { z } from 'zod';
import { WaTemplateSchema } from '../draft/draft';
import type { Contact } from '../message/contact';

/** Channels a sequence may write on: those that take a message from us although the contact has not written. */
export const SEQUENCE_CHANNELS = ['email', 'sms', 'whatsapp'] as const;
export type SequenceChannel = (typeof SEQUENCE_CHANNELS)[number];

/** `workingDays` are the workspace's. Days are those of the contact's calendar. */
export const WAIT_UNITS = ['minutes', 'hours', 'days', 'workingDays'] as const;
export type WaitUnit = (typeof WAIT_UNITS)[number];

/** What a step waits for: this long after the step before it left, or after the enrolment. */
export const WaitSchema = z
	.object({ amount: z.number().min(0).max(365), unit: z.enum(WAIT_UNITS) })
	.refine(({ amount, unit }) => unit === 'minutes' || unit === 'hours' || Number.isInteger(amount), { message: 'days are whole days' });
export type Wait = z.infer<typeof WaitSchema>;

/** Part of the campaign step, and so of every message's id: changed, it would be another step. */
const IdSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,59}$/, 'use up to 60 small letters, digits and hyphens');

export const SequenceStepSchema = z.object({
	id: IdSchema,
	channel: z.enum(SEQUENCE_CHANNELS),
	wait: WaitSchema,
	/** What the message follows, with {field|fallback}. On WhatsApp the approved template's own words. */
	template: z.string().min(1).max(4_000).optional(),
	/** What a model is told besides. */
	instructions: z.string().min(1).max(4_000).optional(),
	subject: z.string().min(1).max(200).optional(),
	/** The approved template; its parameters may hold {field|fallback}. */
	waTemplate: WaTemplateSchema.optional(),
});
export type SequenceStep = z.infer<typeof SequenceStepSchema>;

/** A follow-up: steps one after the other, until the contact answers or something else ends it. */
export const SequenceSchema = z
	.object({ id: IdSchema, name: z.string().min(1).max(120), steps: z.array(SequenceStepSchema).min(1).max(20) })
	.superRefine(({ steps }, context) => {
		const seen = new Set<string>();
		steps.forEach(({ id, channel, waTemplate, template }, at) => {
			const say = (message: string): void => context.addIssue({ code: 'custom', path: ['steps', at], message });
			if (seen.has(id)) say(`the step ID '${id}' is there twice`);
			seen.add(id);
			if (channel !== 'whatsapp' && waTemplate) say(`a WhatsApp template does not go out by ${channel}`);
			// Days after the last message the 24-hour window is closed; without a template the step could only ever fail.
			if (channel === 'whatsapp' && !waTemplate) say('a WhatsApp step needs the name of an approved template: it leaves outside the 24-hour window');
			if (waTemplate && template === undefined) say("the approved template's own words are missing: they are what is checked and shown");
		});
	});
export type Sequence = z.infer<typeof SequenceSchema>;

/**
 * handed: given to the workflow, or planned. sent: it left. skipped: the channel was not open to us. blocked, failed,
 * cancelled: it was planned and did not leave. rejected: a person said no.
 */
export const STEP_RESULTS = ['handed', 'sent', 'skipped', 'blocked', 'failed', 'cancelled', 'rejected'] as const;
export type StepResult = (typeof STEP_RESULTS)[number];

/** active → finished, when no step is left; active → stopped, for one of `STOP_CODES`. */
export const ENROLMENT_STATES = ['active', 'finished', 'stopped'] as const;
export type EnrolmentState = (typeof ENROLMENT_STATES)[number];

/** The item key `enrolment`: where a contact stands in a sequence. */
export const EnrolmentSchema = z.object({
	id: z.string(),
	workspace: z.string(),
	sequenceId: z.string(),
	/** The version of the sequence it follows. */
	version: z.number().int(),
	contactId: z.string(),
	/** 1 for the first time; each later time has messages of its own. */
	round: z.number().int(),
	state: z.enum(ENROLMENT_STATES),
	/** Why it ended. */
	code: z.string().optional(),
	enrolledAt: z.string(),
	enrolledBy: z.string(),
	endedAt: z.string().optional(),
	/** When it is looked at next. */
	nextAt: z.string().optional(),
	/** What became of the steps so far, in their order. */
	steps: z.array(z.object({ stepId: z.string(), result: z.enum(STEP_RESULTS), draftId: z.string(), at: z.string(), sentence: z.string() })),
	sentence: z.string(),
});
export type Enrolment = z.infer<typeof EnrolmentSchema>;

/** The item key `followUp`: a step that is due, as Generate With Confidence and the Outbox use it. */
export const FollowUpSchema = z.object({
	enrolmentId: z.string(),
	sequenceId: z.string(),
	name: z.string(),
	/** The campaign step: with workspace and contact it makes the draft's id. */
	step: z.string(),
	stepId: z.string(),
	/** From 1. */
	number: z.number().int(),
	of: z.number().int(),
	channel: z.enum(SEQUENCE_CHANNELS),
	template: z.string().optional(),
	instructions: z.string().optional(),
	subject: z.string().optional(),
	waTemplate: WaTemplateSchema.optional(),
	draftId: z.string(),
	sentence: z.string(),
});
export type FollowUp = z.infer<typeof FollowUpSchema>;

/** The name of a step's message: the same step of the same round is one message to a contact, whatever the version. */
export function campaignStep(sequenceId: string, round: number, stepId: string): string {
	return `sequence:${sequenceId}:${round}:${stepId}`;
}

/**
 * The step to come: one that was handed out and has not ended, else the one behind the last step that has a result. A
 * sequence that was changed so that it has none of those goes on at the same place. Undefined when no step is left.
 */
export function nextStep(sequence: Sequence, had: readonly { stepId: string; result: StepResult }[]): { step: SequenceStep; index: number } | undefined {
	const place = (stepId: string): number => sequence.steps.findIndex(({ id }) => id === stepId);
	const placesOf = (steps: typeof had): number[] => steps.map(({ stepId }) => place(stepId)).filter((found) => found >= 0);
	const done = had.filter(({ result }) => result !== 'handed');
	const places = placesOf(done);
	const underWay = placesOf(had.filter(({ result }) => result === 'handed'));
	const index = underWay.length > 0 ? Math.min(...underWay) : places.length > 0 ? Math.max(...places) + 1 : done.length;
	const step: SequenceStep | undefined = sequence.steps[index];
	return step && { step, index };
}

/** A step that was handed out, has not ended, and is not in this version: its message may still leave, so nothing else does. */
export function strayStep(sequence: Sequence, had: readonly { stepId: string; result: StepResult }[]): string | undefined {
	return had.find(({ stepId, result }) => result === 'handed' && !sequence.steps.some(({ id }) => id === stepId))?.stepId;
}

/** The contact's status tells that the matter is settled, and it did not when the contact was enrolled. */
export function dealEnded(contact: Pick<Contact, 'status'> | undefined, statusThen: string | undefined): 'WON' | 'LOST' | undefined {
	const status = contact?.status;
	return (status === 'WON' || status === 'LOST') && status !== statusThen ? status : undefined;
}
