import { compareOperation } from './compareOperation';
import { leaderboardOperation } from './leaderboardOperation';
import { deployOperation, promoteOperation, rollBackOperation } from './moveOperations';
import type { OperationGroup } from './operationGroup';
import { rolloutOperations, rolloutProperties } from './rolloutFields';

/** What becomes of versions that are ready: Deploy, Compare, Promote, Roll Back, Leaderboard. */
export const rolloutGroup: OperationGroup = {
	operations: rolloutOperations,
	properties: rolloutProperties,
	run: { compare: compareOperation, deploy: deployOperation, leaderboard: leaderboardOperation, promote: promoteOperation, rollBack: rollBackOperation },
};
