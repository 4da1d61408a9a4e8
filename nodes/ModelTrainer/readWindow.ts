import type { IExecuteFunctions } from 'n8n-workflow';
import { DAY, later } from '../../engine/time';
import type { Store, TrainingWindow } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readNumber, readOptionalTime } from '../shared/readParameter';

/** Which messages are looked at: those of the last days, up to a moment. */
export async function readWindow(context: IExecuteFunctions, store: Store): Promise<TrainingWindow> {
	const days = readNumber(context, 'days', 0, 'Days');
	if (days <= 0) throw new ItemInputError(`'Days' must be more than 0, but is ${days}`);
	const now = await store.clock.now();
	const until = readOptionalTime(context, 'options.until', 0, 'Until') ?? now;
	return { since: later(until, -days * DAY), until };
}
