import type { TrainingJob, TrainingJobChange } from '../../engine/training/trainingJob';

export type NewTrainingJob = Pick<TrainingJob, 'workspace' | 'backend' | 'exportHash' | 'method' | 'serverUrl' | 'requestedBy'> &
	Partial<Pick<TrainingJob, 'exportId' | 'baseModel' | 'epochs' | 'fileName' | 'fileBytes' | 'keyFingerprint'>> & {
		/** Milliseconds it may take in all. */
		longestMs: number;
	};

/** A job one worker has alone until its lease is over. */
export interface LeasedTrainingJob {
	job: TrainingJob;
	/** Proves the lease; a worker that took too long has lost it. */
	lease: string;
}

/** Trainings of a workspace, wherever they take place. */
export interface TrainingJobs {
	/**
	 * Begins a training, leased to the caller. Of one workspace, backend and export one is open or done at a time: asking
	 * again returns it with `created: false`; it is leased too when it was not handed over yet and nobody else is at it.
	 */
	start(request: NewTrainingJob, leaseMs: number): Promise<{ job: TrainingJob; created: boolean; lease?: string }>;
	/**
	 * Open jobs at a provider whose next look is due and which nobody is at, the longest due first. Jobs of the other backends
	 * that nobody is at any more are ended on the way: done when their version was made, else broken off.
	 * `early`: also those that are in training and not due yet.
	 */
	claimDue(options: { workspace?: string; early?: boolean; leaseMs: number; limit: number }): Promise<LeasedTrainingJob[]>;
	/** Changes a job that is still held by the lease; undefined when it was lost or the job has ended. An end is told to the job's version with it. `keep` renews the lease for so many milliseconds, else it is given back. */
	save(held: LeasedTrainingJob, change: TrainingJobChange, keep?: number): Promise<TrainingJob | undefined>;
	/** Notes that these files are no longer at the provider. */
	filesCleared(workspace: string, id: string, fileIds: readonly string[]): Promise<void>;
	/** Jobs that have ended and whose files are still at the provider, the newest first. */
	withFiles(workspace: string, limit: number): Promise<TrainingJob[]>;
	/** Asks for a job's end; it is looked at as soon as nobody is at it. One that has ended is returned as it is. */
	cancel(workspace: string, id: string, actor: string): Promise<TrainingJob | undefined>;
	find(workspace: string, ids: string[]): Promise<(TrainingJob | undefined)[]>;
	/** The newest first. */
	list(workspace: string, filter: { open?: boolean; limit: number }): Promise<TrainingJob[]>;
}
