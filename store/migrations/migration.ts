import type { DialectName } from '../bulk';

export interface MigrationSteps {
	dialect: DialectName;
	/** A table's qualified, quoted name. */
	table(name: string): string;
	run(statement: string): Promise<void>;
}

/** A step forward. Never changed once released; within a major version it only adds. */
export interface Migration {
	/** 1, 2, 3, … in order. */
	id: number;
	name: string;
	/** Ids of steps, beside the first, whose tables it builds on: it waits until they are taken. */
	needs?: readonly number[];
	up(steps: MigrationSteps): Promise<void>;
}
