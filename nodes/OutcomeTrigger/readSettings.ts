import { NodeOperationError, type IHookFunctions, type IWebhookFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { OutcomeEventSchema } from '../../engine/outcome/outcome';
import type { ReadingOptions } from '../../engine/outcome/providerEvents';
import { HMAC_ALGORITHMS, HMAC_ENCODINGS } from '../../engine/outcome/signatures/hmac';
import type { Verifier } from '../../engine/outcome/signatures/request';
import { verifierFor, WEBHOOK_SOURCES, type WebhookSource } from '../../engine/outcome/signatures/verifier';
import { MINUTE } from '../../engine/time';
import { readSecrets } from './readSecrets';

/** Policy of this pack: 10,000 SendGrid events take about 5 MB, which is more than any provider sends at once. */
export const BODY_LIMIT_MB = 10;
const BYTES_PER_MB = 1024 * 1024;

const optional = z.string().trim().optional().transform((text) => (text === '' ? undefined : text));
const names = z
	.string()
	.default('')
	.transform((text) => text.split(',').map((name) => name.trim()).filter((name) => name !== ''))
	.transform((found) => (found.length === 0 ? undefined : found));

const OptionsSchema = z.object({
	algorithm: z.enum(HMAC_ALGORITHMS).default('sha256'),
	draftField: optional,
	encoding: z.enum(HMAC_ENCODINGS).default('hex'),
	eventNames: z.object({ names: z.array(z.object({ name: z.string().trim().min(1), event: OutcomeEventSchema })).default([]) }).default({ names: [] }),
	limitMb: z.coerce.number().positive().default(BODY_LIMIT_MB),
	lostStages: names,
	personField: optional,
	prefix: z.string().default(''),
	publicUrl: optional,
	replayMinutes: z.coerce.number().positive().optional(),
	authHeader: optional,
	wonStages: names,
});

export interface TriggerSettings {
	source: WebhookSource;
	workspace: string;
	verify: Verifier;
	reading: ReadingOptions;
	limitBytes: number;
	/** The address the provider was given, when it is not n8n's own. */
	publicUrl?: string;
	metaVerifyToken?: string;
}

/** @throws NodeOperationError naming the parameter or the field of the credential that is missing or does not fit. */
export async function readSettings(context: IWebhookFunctions | IHookFunctions): Promise<TriggerSettings> {
	const wrong = (message: string, description?: string): NodeOperationError => new NodeOperationError(context.getNode(), message, { description });
	const text = (name: string): string => String(context.getNodeParameter(name, '') ?? '').trim();
	const source = WEBHOOK_SOURCES.find((one) => one === text('provider'));
	if (source === undefined) throw wrong("'Provider' is not known", 'Choose one of the list.');
	const workspace = text('workspace');
	if (workspace === '') throw wrong("'Workspace' is empty", "Name the workspace whose outcomes come in here, e.g. 'default'.");
	const parsed = OptionsSchema.safeParse(context.getNodeParameter('options', {}));
	if (!parsed.success) throw wrong(`An option does not fit: ${parsed.error.issues[0].path.join('.')}: ${parsed.error.issues[0].message}`);
	const { algorithm, draftField, encoding, eventNames, limitMb, lostStages, personField, prefix, publicUrl, replayMinutes, authHeader, wonStages } = parsed.data;
	const secrets = readSecrets(await context.getCredentials('leadAutopilotWebhookApi'));
	const hmac = { headerName: text('signatureHeader') || 'X-Signature', algorithm, encoding, prefix, timestampHeader: text('timestampHeader') || undefined };
	try {
		return {
			source,
			workspace,
			verify: verifierFor(source, secrets, { hmac, secretHeader: authHeader, windowMs: replayMinutes === undefined ? undefined : replayMinutes * MINUTE }),
			reading: { wonStages, lostStages, personField, draftField, eventNames: Object.fromEntries(eventNames.names.map(({ name, event }) => [name, event])) },
			limitBytes: limitMb * BYTES_PER_MB,
			publicUrl,
			metaVerifyToken: secrets.metaVerifyToken,
		};
	} catch (error) {
		throw wrong(error instanceof Error ? error.message : String(error), "Fill it in in the 'Lead Autopilot Webhook API' credential of this node.");
	}
}
