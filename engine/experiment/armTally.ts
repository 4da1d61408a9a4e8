import type { EpochMs } from '../time';
import type { ArmWeek } from './compareArms';

/** What is on record of one arm at one moment; every contact counts once. */
export interface ArmTally {
	id: string;
	/** Contacts of the arm. */
	exposures: number;
	/** Of these, with a conversion inside the metric's window. */
	conversions: number;
	/** How many of the experiment's contacts should be in this arm by the chances they were given: the sum of propensities. */
	expected: number;
	optOuts: number;
	complaints: number;
	/** When the arm's first contact joined. */
	firstAt?: EpochMs;
	/** The same contacts by the look they joined before, one entry a look asked for. */
	weeks?: ArmWeek[];
}
