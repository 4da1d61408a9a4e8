import type { ModelAccess } from '../../llm/modelAccess';
import type { Planned, Store } from '../../store/store';
import type { Ledger } from './ledger';
import type { SimulatedClock } from './simulatedClock';
import type { VersionEvent } from './modelVersions';
import type { Happening, Market } from './world';

/** Something that came of a message and is not known to the product yet. */
export interface Pending extends Happening {
	contactId: string;
	outboundId: string;
}

/** One run: a real store with a clock of its own, and the world around it. */
export interface Simulation {
	store: Store;
	clock: SimulatedClock;
	workspace: string;
	seed: number;
	/** Whether variants, hours, confidence and the model learn. */
	learning: boolean;
	market: Market;
	model: ModelAccess;
	ledger: Ledger;
	/** Number of the lead behind a contact. */
	leads: Map<string, number>;
	/** Week of the campaign, from 0, that a message belongs to. */
	weeks: Map<string, number>;
	/** Whom the draft being written is for. */
	writing: Map<string, { contactId: string; variantId: string }>;
	/** Drafts that are to leave still: while there are none, nobody looks for any. */
	unsent: number;
	toReview: Planned[];
	pending: Pending[];
	versionEvents: VersionEvent[];
}
