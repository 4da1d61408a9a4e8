import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { openStore } from '../../store/openStore';
import { checkRedis } from '../../store/redis/connection';
import { readStoreCredential } from './storeCredential';

/** The test button of the store credential: opens the store, which also makes its tables, asks Redis when there is one, and says what it found. */
async function testStore(credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>): Promise<INodeCredentialTestResult> {
	const { redis, ...postgres } = readStoreCredential(credential.data ?? {});
	try {
		const store = await openStore(postgres);
		try {
			const ahead = Math.round((Date.now() - (await store.clock.now())) / 1000);
			const clock = Math.abs(ahead) > 60 ? ` Its clock differs from this server's by ${Math.abs(ahead)} seconds; the database's counts.` : '';
			if (redis) await checkRedis(redis);
			const counting = redis ? ` Redis on ${redis.host}:${redis.port} counts the limits.` : '';
			return { status: 'OK', message: `Connected to database '${postgres.database}' on ${postgres.host}:${postgres.port}; the tables of the autopilot are there.${counting}${clock}` };
		} finally {
			await store.close();
		}
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}

/** What every node that declares the store credential with `testedBy: 'leadAutopilotStoreTest'` carries as its `methods`. */
export const storeCredentialMethods = { credentialTest: { leadAutopilotStoreTest: testStore } };
