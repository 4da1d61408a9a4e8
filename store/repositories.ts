import { createAccounts } from './accounts';
import { addressHasher } from './addresses';
import { createAnalyses } from './analyses';
import { createContacts } from './contacts';
import type { Database } from './database';
import { StoreError } from './errors';
import { createExperiments } from './experiments';
import { createLimits } from './limits';
import { createMessages } from './messages';
import { ADDRESS_KEY } from './migrations/migrate';
import { createModelCalls } from './modelCalls';
import { createOutbound } from './outbound';
import { createOutcomes } from './outcomes';
import { createPipelines } from './pipelines';
import { createReviews } from './reviews';
import { createSettings } from './settings';
import type { Store } from './store';
import { createSuppressions } from './suppressions';

/** What a store offers besides its dialect, clock and end. */
export type Repositories = Omit<Store, 'dialect' | 'clock' | 'close'>;

export async function createRepositories(database: Database): Promise<Repositories> {
	const [key] = await database.read(async (session) => await session.matching('meta', ['key'], [{ key: ADDRESS_KEY }]));
	if (!key) throw new StoreError('The store has no address key: it was not set up completely. Restore it from a backup.');
	const hash = addressHasher(key.value);
	return {
		accounts: createAccounts(database),
		contacts: createContacts(database, hash),
		messages: createMessages(database, hash),
		outbound: createOutbound(database, hash),
		reviews: createReviews(database),
		settings: createSettings(database),
		suppressions: createSuppressions(database, hash),
		limits: createLimits(database),
		experiments: createExperiments(database),
		outcomes: createOutcomes(database, hash),
		pipelines: createPipelines(database),
		modelCalls: createModelCalls(database),
		analyses: createAnalyses(database),
	};
}
