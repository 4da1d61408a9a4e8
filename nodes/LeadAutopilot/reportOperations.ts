import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { conversionByBand } from '../../engine/classify/conversionByBand';
import { LEARNING_POLICY } from '../../engine/classify/learnedScore';
import { DAY } from '../../engine/time';
import type { Store } from '../../store/store';
import { makeItems } from '../shared/makeItems';
import { readText } from '../shared/readParameter';
import { deliverability } from './deliverabilityReport';
import { FIGURE_REPORTS } from './figureReports';
import { pastConversations, shadowMode } from './shadowReport';

type Report = (store: Store, workspace: string, context: IExecuteFunctions) => Promise<object[]>;

/** Each report: what it reads and the items it makes, by the operation's value. */
const REPORTS = {
	async conversionByBand(store, workspace) {
		const { windowMs, conversions } = LEARNING_POLICY;
		const { scores, tooRecent } = await store.leadScores.conversionByScore(workspace, { windowMs, conversions });
		return conversionByBand(scores).map((band) => ({ report: { name: 'Conversion by Band', workspace, windowDays: windowMs / DAY, tooRecent, ...band } }));
	},
	deliverability,
	...FIGURE_REPORTS,
	pastConversations,
	shadowMode,
} satisfies Record<string, Report>;

/** The operations of the resource, as the node runs them: each makes items once, for the first item. */
export const reportOperations: Readonly<Record<string, (context: IExecuteFunctions) => Promise<INodeExecutionData[][]>>> = Object.fromEntries(
	Object.entries<Report>(REPORTS).map(([name, report]) => [`report.${name}`, async (context: IExecuteFunctions) => await makeItems(context, async (store) => await report(store, readText(context, 'workspace', 0, 'Workspace'), context))]),
);
