import type { PerformanceDimension, PerformanceTally } from '../../engine/outcome/performance';
import type { EpochMs } from '../../engine/time';

export interface PerformanceRequest {
	/** What messages are told apart by, one to three. Industry, role, country and language are the contact's, of those who do not object to profiling. */
	by: PerformanceDimension[];
	/** Messages sent from this moment on. */
	since: EpochMs;
	/** The counted outcomes of each metric and its window, ms. */
	metrics: { metric: string; windowMs: number; counts: readonly { event: string; label?: string }[] }[];
	/** How long after the send a deal still counts, ms. */
	dealWindowMs: number;
	/** Groups at most, the largest first. */
	limit: number;
}

/** What became of what was sent. */
export interface Performance {
	/** Two statements, whatever the number of messages. */
	tallies(workspace: string, request: PerformanceRequest): Promise<PerformanceTally[]>;
}
