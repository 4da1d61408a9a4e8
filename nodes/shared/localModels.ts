/** What holds of a workspace's settings; undefined when they cannot be read. */
export interface ModelSettings {
	modelSpendCapUsd?: number;
	localModelsOnly?: boolean;
}

const ON = /^(?:1|true|yes|on)$/i;

/**
 * Whether only models in one's own network may be called: for all of this n8n by its environment, or by the workspace's
 * settings. When these cannot be read it is so as well: what must not leave the house does not leave it because a database is down.
 */
export function localModelsOnly(settings: ModelSettings | undefined): boolean {
	return ON.test(process.env.LEAD_AUTOPILOT_LOCAL_MODELS_ONLY?.trim() ?? '') || settings === undefined || settings.localModelsOnly === true;
}
