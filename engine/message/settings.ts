import { z } from 'zod';
import { ReplyIntentSchema } from '../reply/reply';
import { DEFAULT_MODE, ModeSchema } from './mode';

/** What a workspace, account or contact may set. Everything optional: what is not set comes from the wider scope. */
export const SettingsPatchSchema = z
	.object({
		mode: ModeSchema,
		/** True stops every send at once, whatever the mode. */
		killSwitch: z.boolean(),
		/** Why a person switched it on; shown to everybody who wonders why nothing leaves. */
		killSwitchReason: z.string().max(500),
		/** Local quiet hours, HH:MM, may wrap midnight. */
		quietHours: z.object({ from: z.string().regex(/^\d\d:\d\d$/), to: z.string().regex(/^\d\d:\d\d$/) }),
		/** ISO weekdays on which outreach may leave, 1 = Monday. */
		workingDays: z.array(z.number().int().min(1).max(7)),
		/** IANA zone used when the contact's is not known. */
		timezone: z.string(),
		/** ISO 3166-1 alpha-2. */
		country: z.string().length(2),
		language: z.string(),
		/** Sends to one contact over all channels, a local day. */
		contactDailyCap: z.number().int().min(0),
		/** Sends of the whole workspace, a UTC day. */
		workspaceDailyCap: z.number().int().min(0),
		/** True: no model outside one's own network is told anything. */
		localModelsOnly: z.boolean(),
		/** USD a UTC day for model calls. */
		modelSpendCapUsd: z.number().min(0),
		/** How long an automatic outreach send waits so that it can be stopped. */
		outreachDelaySeconds: z.number().min(0),
		/** The same for replies, 0–30 s. */
		replyDelaySeconds: z.number().min(0).max(30),
		companyName: z.string(),
		senderName: z.string(),
		postalAddress: z.string(),
		/** Bodies of the team by the intent answered, without greeting and closing: what a reply builds on, and the text without a model. */
		replyTemplates: z.object({ language: z.string(), bodies: z.partialRecord(ReplyIntentSchema, z.string().min(1).max(4_000)) }),
	})
	.partial();
export type SettingsPatch = z.infer<typeof SettingsPatchSchema>;

export interface EffectiveSettings extends SettingsPatch {
	mode: NonNullable<SettingsPatch['mode']>;
	killSwitch: boolean;
	outreachDelaySeconds: number;
	replyDelaySeconds: number;
}

export const DEFAULT_SETTINGS: EffectiveSettings = {
	mode: DEFAULT_MODE,
	killSwitch: false,
	outreachDelaySeconds: 120,
	replyDelaySeconds: 5,
};
