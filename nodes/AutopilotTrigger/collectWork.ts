import { decideRoute } from '../../engine/message/route';
import type { RunKind } from '../../engine/runs/run';
import { decideStep } from '../../engine/sequence/decideStep';
import { MINUTE, SECOND } from '../../engine/time';
import type { Store } from '../../store/store';
import { claimedKeys } from '../shared/jobKeys';

export type TriggerEvent = 'conversationReady' | 'followUpDue' | 'requested' | 'sendDue';

export interface TriggerOptions {
	event: TriggerEvent;
	workspaces?: string[];
	batchSize: number;
	/** Executions that may be unfinished at once. */
	atOnce: number;
	leaseMs: number;
	pollMs: number;
	quietMs: number;
	/** What Requested hands out; left out: every kind. */
	kinds?: RunKind[];
}

/** After this many leases without a decision a person looks at the message. */
const MAX_LEASES = 3;

export const DEFAULTS = {
	batchSize: 20,
	atOnce: 4,
	pollMs: 2 * SECOND,
	quietMs: 20 * SECOND,
	leaseMs: { conversationReady: 10 * MINUTE, followUpDue: 10 * MINUTE, requested: 10 * MINUTE, sendDue: 5 * MINUTE },
} as const;

/** How often the leases of stopped workers are ended, so that dispatch heals by itself. */
export const SWEEP_EVERY_MS = 30 * SECOND;

export interface Work {
	/** The items to emit; empty when there is nothing to do. */
	items: object[];
	/** Rows that were due and could not go out, to be logged. */
	moved: { id: string; workspace: string; status: string }[];
	/** Gives the claim back when the items could not be handed to n8n. */
	undo(store: Store): Promise<void>;
}

/** Claims one batch of work. What is claimed is leased in the store: this process may die at any point without losing it. */
export async function collectWork(store: Store, options: TriggerOptions): Promise<Work> {
	switch (options.event) {
		case 'conversationReady':
			return await readyConversations(store, options);
		case 'followUpDue':
			return await dueFollowUps(store, options);
		case 'requested':
			return await requestedRuns(store, options);
		case 'sendDue':
			return await dueSends(store, options);
	}
}

async function readyConversations(store: Store, { workspaces, quietMs, leaseMs, batchSize }: TriggerOptions): Promise<Work> {
	const ready = await store.messages.claimReady({ ...(workspaces ? { workspaces } : {}), quietMs, leaseMs, maxLeases: MAX_LEASES, limit: batchSize });
	return {
		items: ready.map(({ message, contact, conversation, reply, mode }) => ({ message, contact, conversation, ...(reply ? { reply } : {}), mode })),
		moved: [],
		async undo(current) {
			for (const [workspace, group] of Map.groupBy(ready, (conversation) => conversation.workspace)) await current.messages.release(workspace, group.map(({ message }) => message.id));
		},
	};
}

async function dueFollowUps(store: Store, { workspaces, leaseMs, batchSize }: TriggerOptions): Promise<Work> {
	const { due, settled } = await store.sequences.claimDue({ ...(workspaces ? { workspaces } : {}), leaseMs, limit: batchSize }, decideStep);
	return {
		items: due.map(({ workspace, followUp, enrolment, contact, conversation }) => ({ message: { workspace, channel: followUp.channel, direction: 'outbound' }, contact, conversation, followUp, enrolment })),
		moved: settled.map(({ id, workspace, state }) => ({ id, workspace, status: state })),
		async undo(current) {
			await current.sequences.release(due.map(({ workspace, followUp }) => ({ workspace, enrolmentId: followUp.enrolmentId })));
		},
	};
}

async function requestedRuns(store: Store, { workspaces, kinds, leaseMs, batchSize }: TriggerOptions): Promise<Work> {
	const runs = await store.runs.claimRequested({ ...(workspaces ? { workspaces } : {}), ...(kinds ? { kinds } : {}), leaseMs, limit: batchSize });
	return {
		items: runs.map((run) => ({ run, message: { workspace: run.workspace } })),
		moved: [],
		async undo(current) {
			await current.runs.release(runs);
		},
	};
}

async function dueSends(store: Store, { workspaces, leaseMs, batchSize }: TriggerOptions): Promise<Work> {
	const { claimed, moved } = await store.outbound.claimDue({ ...(workspaces ? { workspaces } : {}), limit: batchSize, leaseMs }, decideRoute);
	return {
		items: claimed.map(claimedKeys),
		moved: moved.map(({ id, workspace, status }) => ({ id, workspace, status })),
		// A claimed job that nobody begins becomes due again when its lease runs out.
		async undo() {},
	};
}
