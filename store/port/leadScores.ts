import type { LeadScoreRecord } from '../../engine/classify/learnedScore';
import type { Status } from '../../engine/message/contact';
import type { OutcomeEvent } from '../../engine/outcome/outcome';

export interface SnapshotInput {
	/** An id or any address. */
	contactId: string;
	/** What was known of the lead when it was classified. */
	features: Readonly<Record<string, number>>;
	/** 0–100: what the model or the rules said, and the score after blending. */
	baseScore: number;
	score: number;
	/** Uniform in [0, 1): decides whether this snapshot takes the place of an earlier one. */
	draw: number;
}
export interface Snapshot {
	features: Record<string, number>;
	baseScore: number;
	converted: boolean;
}
export interface PastLead {
	contactId: string;
	summary: string;
	status?: Status;
	/** Which of the events asked for came to the contact. */
	events: OutcomeEvent[];
	/** People's corrections of intent, score and status: the newest of each. */
	corrections: Partial<Record<'intent' | 'score' | 'status', string>>;
}
/** What leads looked like when they were classified, what became of them, and the score learnt from both. */
export interface LeadScores {
	/**
	 * Keeps one snapshot a contact, each of its classifications with the same chance (reservoir sampling), so that long
	 * conversations count no more than short ones. None is taken after the contact has converted.
	 */
	saveSnapshots(workspace: string, snapshots: SnapshotInput[], conversions: readonly OutcomeEvent[]): Promise<void>;
	/** Snapshots older than `windowMs` of contacts who allow profiling, the newest first, and whether they converted inside the window. */
	examples(workspace: string, options: { windowMs: number; conversions: readonly OutcomeEvent[]; limit: number }): Promise<Snapshot[]>;
	/** By whole score: contacts whose window is over, and how many of them converted in it; `tooRecent` counts the others. */
	conversionByScore(workspace: string, options: { windowMs: number; conversions: readonly OutcomeEvent[] }): Promise<{ scores: { score: number; contacts: number; conversions: number }[]; tooRecent: number }>;
	/** The fitted score. `due` is true for one caller every `everyMs`: that one fits it anew. Without `everyMs` it only reads. */
	current(workspace: string, everyMs?: number): Promise<{ record?: LeadScoreRecord; conversions: number; due: boolean }>;
	/** `record` undefined: there was too little to learn from. */
	save(workspace: string, fitted: { record?: LeadScoreRecord; conversions: number; examples: number }): Promise<void>;
	/** Contacts with a summary whose end is known by one of the events, or whom a person corrected; the latest first. */
	pastLeads(workspace: string, options: { events: readonly OutcomeEvent[]; contactIds?: string[]; limit: number }): Promise<PastLead[]>;
}
