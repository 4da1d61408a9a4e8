import type { ICredentialDataDecryptedObject } from 'n8n-workflow';
import type { PostgresConfig, RedisConfig } from '../../store/config';

function text(value: unknown): string | undefined {
	return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

function redisOf(credential: ICredentialDataDecryptedObject): RedisConfig | undefined {
	const host = text(credential.redisHost);
	if (host === undefined) return undefined;
	return {
		host,
		port: Number(credential.redisPort ?? 6379),
		user: text(credential.redisUser),
		// Not trimmed: spaces may belong to it.
		password: typeof credential.redisPassword === 'string' && credential.redisPassword !== '' ? credential.redisPassword : undefined,
		database: Number(credential.redisDatabase ?? 0),
		tls: credential.redisSsl === true,
	};
}

/** What the fields of a 'Lead Autopilot Store API' credential say. */
export function readStoreCredential(credential: ICredentialDataDecryptedObject): PostgresConfig {
	const schema = text(credential.schema);
	const redis = redisOf(credential);
	return {
		kind: 'postgres',
		host: String(credential.host),
		port: Number(credential.port),
		database: String(credential.database),
		user: String(credential.user),
		password: String(credential.password ?? ''),
		ssl: credential.ssl === true,
		...(schema === undefined ? {} : { schema }),
		...(redis === undefined ? {} : { redis }),
	};
}
