import type { AnswerKind, Happening } from './world';

/** What became of the messages to the leads of one week, counted by the world itself. */
export interface WeekCounts {
	drafts: number;
	sent: number;
	opened: number;
	replies: number;
	positive: number;
	meetings: number;
	deals: number;
	/** By link or by answer, complaints apart. */
	optOuts: number;
	complaints: number;
	/** Drafts a person decided on, and those changed. */
	read: number;
	edited: number;
	/** Drafts the person would change, read or not. */
	needEdit: number;
	/** Distance between the confidence stated and the true chance of acceptance, over tenths of confidence. */
	calibrationError: number;
	/** The mean true chance of an answer over what was sent, 0–1: what learning changes, without the luck of the draw. */
	trueRate: number;
	/** Share of what was sent with the better variant; mean gain by the hour; mean gain by the text. */
	bestVariant: number;
	hourGain: number;
	textGain: number;
}

const BINS = 10;

/** Counts one run, week by week. */
export class Ledger {
	readonly #weeks: { counts: WeekCounts; bins: { stated: number; accepted: number; drafts: number }[] }[];

	constructor(weeks: number) {
		const none = (): WeekCounts => ({ drafts: 0, sent: 0, opened: 0, replies: 0, positive: 0, meetings: 0, deals: 0, optOuts: 0, complaints: 0, read: 0, edited: 0, needEdit: 0, calibrationError: 0, trueRate: 0, bestVariant: 0, hourGain: 0, textGain: 0 });
		this.#weeks = Array.from({ length: weeks }, () => ({ counts: none(), bins: Array.from({ length: BINS }, () => ({ stated: 0, accepted: 0, drafts: 0 })) }));
	}

	drafted(week: number, confidence: number, acceptance: number, needsEdit: boolean): void {
		const { counts, bins } = this.#weeks[week];
		counts.drafts += 1;
		if (needsEdit) counts.needEdit += 1;
		const bin = bins[Math.min(BINS - 1, Math.floor(confidence * BINS))];
		bin.stated += confidence;
		bin.accepted += acceptance;
		bin.drafts += 1;
	}

	reviewed(week: number, edited: boolean): void {
		const { counts } = this.#weeks[week];
		counts.read += 1;
		if (edited) counts.edited += 1;
	}

	sent(week: number, truth: { rate: number; bestVariant: boolean; hourGain: number; textGain: number }): void {
		const { counts } = this.#weeks[week];
		counts.sent += 1;
		counts.trueRate += truth.rate;
		counts.bestVariant += truth.bestVariant ? 1 : 0;
		counts.hourGain += truth.hourGain;
		counts.textGain += truth.textGain;
	}

	happened(week: number, { kind, answer }: Pick<Happening, 'kind' | 'answer'>): void {
		const { counts } = this.#weeks[week];
		if (kind === 'opened') counts.opened += 1;
		if (kind === 'meeting_booked') counts.meetings += 1;
		if (kind === 'deal_won') counts.deals += 1;
		if (kind === 'unsubscribed') counts.optOuts += 1;
		if (answer !== undefined) this.answered(counts, answer);
	}

	private answered(counts: WeekCounts, answer: AnswerKind): void {
		counts.replies += 1;
		if (answer === 'interested') counts.positive += 1;
		if (answer === 'stop') counts.optOuts += 1;
		if (answer === 'complaint') counts.complaints += 1;
	}

	weeks(): WeekCounts[] {
		return this.#weeks.map(({ counts, bins }) => {
			const off = bins.reduce((sum, { stated, accepted }) => sum + Math.abs(stated - accepted), 0);
			const per = (sum: number): number => (counts.sent > 0 ? sum / counts.sent : 0);
			return { ...counts, calibrationError: counts.drafts > 0 ? off / counts.drafts : 0, trueRate: per(counts.trueRate), bestVariant: per(counts.bestVariant), hourGain: per(counts.hourGain), textGain: per(counts.textGain) };
		});
	}
}
