import { healthFigures } from '../../../engine/report/health';
import { lastDays } from '../../../engine/report/period';
import { readinessForAuto, type Readiness } from '../../../engine/report/readiness';
import { judgedSenders } from '../../judgedSenders';
import type { DeskContext } from '../tab';

/** Days that are looked back on, as in the report node's default. */
export const READINESS_DAYS = 30;

/** Whether this workspace may go to mode auto, line by line. */
export async function loadReadiness({ store, workspace, now, timezone }: DeskContext): Promise<Readiness> {
	const scope = { workspace, ...lastDays(now, READINESS_DAYS, timezone) };
	const [rows, deliverability, counted] = await Promise.all([store.figures.health(scope), judgedSenders(store, workspace), store.figures.readiness(scope)]);
	return readinessForAuto({ figures: healthFigures(rows, scope).figures, deliverability, ...counted });
}

/** The lines that do not hold, as the form sends them back: a confirmation counts for what was shown. */
export function openLines({ lines }: Readiness): string {
	return lines.flatMap(({ key, met }) => (met ? [] : [key])).join(',');
}
