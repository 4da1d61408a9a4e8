import type { Contact } from '../message/contact';
import { iso, type EpochMs } from '../time';

/** A move into a stage as the timeline keeps it. */
export interface StageMove {
	stageId: string;
	rule: string;
	sentence: string;
	at: EpochMs;
}

/** Why a contact stands in its stage, in one sentence: the same at the desk and in items. `move` is the newest one; `name` is the stage's. */
export function whyThisStage({ stageId, stageEnteredAt }: Pick<Contact, 'stageId' | 'stageEnteredAt'>, move?: StageMove, name?: string): string {
	if (stageId === undefined) return 'In no stage yet: nothing has placed the contact.';
	const own = move?.stageId === stageId ? move : undefined;
	const since = stageEnteredAt ?? (own && iso(own.at));
	const where = `In '${name ?? stageId}'${since === undefined ? '' : ` since ${since.slice(0, 16).replace('T', ' ')} UTC`}`;
	return own ? `${where}: ${own.sentence}` : `${where}; why is not on record.`;
}
