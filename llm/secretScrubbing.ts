const MASK = '[hidden]';

// Shapes of credentials providers echo in their messages, for keys we do not know (a connected model holds its own).
const CREDENTIAL_SHAPES = [
	/\b(?:sk|pk|rk|xai|gsk|key)[-_][\w*.-]{4,}/gi,
	/\bAIza[\w-]{10,}/g,
	/\bBearer\s+\S+/gi,
	/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{28,}\b/gi,
];

/** The text without the given secrets and without anything that looks like a credential, at most 300 characters. */
export function scrubSecrets(text: string, secrets: readonly string[]): string {
	let clean = text;
	for (const secret of secrets) {
		if (secret !== '') clean = clean.split(secret).join(MASK);
	}
	for (const shape of CREDENTIAL_SHAPES) clean = clean.replace(shape, MASK);
	return clean.length > 300 ? `${clean.slice(0, 299)}…` : clean;
}
