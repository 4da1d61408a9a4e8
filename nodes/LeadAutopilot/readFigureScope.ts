import type { IExecuteFunctions } from 'n8n-workflow';
import { periodNamed, periodOf, periodRefused, PERIODS, type Period } from '../../engine/report/period';
import { later, type EpochMs } from '../../engine/time';
import type { FigureScope, Store } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readChannel, readOptionalText, readOptionalTime } from '../shared/readParameter';

function ownPeriod(context: IExecuteFunctions, now: EpochMs, zone: string | undefined): Period {
	const since = readOptionalTime(context, 'periodSince', 0, 'Since');
	if (since === undefined) throw new ItemInputError("'Since' is empty", 'Give the beginning of the period, e.g. 2026-03-01T00:00:00Z.');
	const until = readOptionalTime(context, 'periodUntil', 0, 'Until') ?? later(now, 1);
	const wrong = periodRefused({ since, until });
	if (wrong !== undefined) throw new ItemInputError(wrong, "Correct 'Since' and 'Until'.");
	return periodOf({ since, until, zone });
}

/** What a report is about: the workspace, the period in its time zone, and the channel, as the user chose them. */
export async function readFigureScope(store: Store, workspace: string, context: IExecuteFunctions): Promise<FigureScope> {
	const name = readOptionalText(context, 'period', 0) ?? 'last30Days';
	const [{ timezone }] = await store.settings.effective([{ workspace }]);
	const now = await store.clock.now();
	const period = name === 'own' ? ownPeriod(context, now, timezone) : periodNamed(name, now, timezone);
	if (!period) throw new ItemInputError(`'Period' cannot be '${name.slice(0, 40)}'`, `Use one of: ${[...Object.keys(PERIODS), 'own'].join(', ')}.`);
	const only = readOptionalText(context, 'reportChannel', 0) ?? 'all';
	if (period.unknownZone !== undefined) context.addExecutionHints({ message: `'${period.unknownZone}' in the settings is no time zone: days are UTC days.`, location: 'outputPane', type: 'warning' });
	return { workspace, ...period, ...(only === 'all' ? {} : { channel: readChannel(context, 0, 'reportChannel') }) };
}
