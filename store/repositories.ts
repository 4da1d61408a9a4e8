import { createHash } from 'node:crypto';
import { createAccounts } from './accounts';
import { addressHasher } from './addresses';
import { createAnalyses } from './analyses';
import { createAnswerTimes } from './answerTimes';
import { createCallAllowances } from './callAllowances';
import { createContacts } from './contacts';
import type { Database } from './database';
import { StoreError } from './errors';
import { createExecutions } from './executions';
import { createExperiments } from './experiments';
import { createFigures } from './figures';
import { createKnowledge } from './knowledge';
import { createLabels } from './labels';
import { createLeadScores } from './leadScores';
import { createLimits } from './limits/limits';
import { createMessages } from './messages';
import { createMailRecords } from './mailRecords';
import { ADDRESS_KEY, UNSUBSCRIBE_KEY } from './migrations/migrate';
import { createModelCalls } from './modelCalls';
import { createModels } from './models';
import { createOutbound } from './outbound';
import { createOutcomes } from './outcomes';
import { createPerformance } from './performance';
import { createPersonalData } from './personalData';
import { createPipelines } from './pipelines';
import type { RedisConnection } from './redis/connection';
import { LimitCounters } from './redis/limitCounters';
import { createReviewers } from './reviewers';
import { createReviews } from './reviews';
import { createRuns } from './runs';
import { createSenderHolds } from './senderHolds';
import { createSendLoad } from './sendLoad';
import { createSequences } from './sequences';
import { createSettings } from './settings';
import { createShadow } from './shadow';
import type { Store } from './store';
import { createSuppressions } from './suppressions';
import { createTraining } from './training';
import { createTrainingJobs } from './trainingJobs';
import { createUnsubscribes } from './unsubscribes';

/** What a store offers besides its dialect, clock and end. */
export type Repositories = Omit<Store, 'dialect' | 'clock' | 'close'>;

/** `redis` counts the limits, when there is one. */
export async function createRepositories(database: Database, redis?: RedisConnection): Promise<Repositories> {
	const keys = await database.read(async (session) => await session.matching('meta', ['key'], [{ key: ADDRESS_KEY }, { key: UNSUBSCRIBE_KEY }]));
	const key = keys.find((row) => row.key === ADDRESS_KEY);
	const linkKey = keys.find((row) => row.key === UNSUBSCRIBE_KEY);
	if (!key || !linkKey) throw new StoreError('The store has no key for addresses or for links: it was not set up completely. Restore it from a backup.');
	const hash = addressHasher(key.value);
	const outbound = createOutbound(database, hash);
	const outcomes = createOutcomes(database, hash);
	const suppressions = createSuppressions(database, hash);
	const answerTimes = createAnswerTimes(database);
	const experiments = createExperiments(database);
	const sendLoad = createSendLoad(database);
	return {
		accounts: createAccounts(database),
		callAllowances: createCallAllowances(database),
		contacts: createContacts(database, hash),
		messages: createMessages(database, hash),
		outbound,
		reviewers: createReviewers(database),
		reviews: createReviews(database, hash),
		settings: createSettings(database),
		suppressions,
		unsubscribes: createUnsubscribes({ key: linkKey.value, hash, clock: database.clock, outbound, outcomes, suppressions }),
		mailRecords: createMailRecords(database),
		limits: createLimits(database, redis && new LimitCounters(redis, namespaceOf(key.value, database.schema))),
		experiments,
		outcomes,
		pipelines: createPipelines(database),
		modelCalls: createModelCalls(database),
		models: createModels(database),
		analyses: createAnalyses(database),
		answerTimes,
		sendLoad,
		senderHolds: createSenderHolds(database, hash),
		performance: createPerformance(database),
		knowledge: createKnowledge(database),
		labels: createLabels(database, hash),
		leadScores: createLeadScores(database),
		shadow: createShadow(database, hash),
		runs: createRuns(database),
		training: createTraining(database, hash, key.value),
		sequences: createSequences(database, hash),
		trainingJobs: createTrainingJobs(database),
		personalData: createPersonalData(database, hash),
		executions: createExecutions(database),
		figures: createFigures(database, { answerTimes, experiments, sendLoad }),
	};
}

/** Keeps databases and schemas that share a Redis apart: the key is random and a store's own. */
function namespaceOf(addressKey: string, schema: string | undefined): string {
	return createHash('sha256').update(JSON.stringify(['limits', addressKey, schema])).digest('base64url').slice(0, 16);
}
