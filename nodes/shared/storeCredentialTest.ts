import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { openStore } from '../../store/openStore';

/** The test button of the store credential: opens the store, which also makes its tables, and says what it found. */
async function testStore(credential: ICredentialsDecrypted<ICredentialDataDecryptedObject>): Promise<INodeCredentialTestResult> {
	const { host, port, database, user, password, ssl, schema } = credential.data ?? {};
	try {
		const store = await openStore({
			kind: 'postgres',
			host: String(host),
			port: Number(port),
			database: String(database),
			user: String(user),
			password: String(password ?? ''),
			ssl: ssl === true,
			...(typeof schema === 'string' && schema.trim() !== '' ? { schema: schema.trim() } : {}),
		});
		try {
			const ahead = Math.round((Date.now() - (await store.clock.now())) / 1000);
			const clock = Math.abs(ahead) > 60 ? ` Its clock differs from this server's by ${Math.abs(ahead)} seconds; the database's counts.` : '';
			return { status: 'OK', message: `Connected to database '${String(database)}' on ${String(host)}:${String(port)}; the tables of the autopilot are there.${clock}` };
		} finally {
			await store.close();
		}
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}

/** What every node that declares the store credential with `testedBy: 'leadAutopilotStoreTest'` carries as its `methods`. */
export const storeCredentialMethods = { credentialTest: { leadAutopilotStoreTest: testStore } };
