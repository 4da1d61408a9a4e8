import { ACTORS, OutboundStatusSchema } from '../engine/message/outbound';
import { epochMs } from '../engine/time';
import type { Session } from './session';
import type { Outbound } from './store';

/** See `Outbound.transitions`. */
export async function readTransitions(session: Session, workspace: string, id: string): ReturnType<Outbound['transitions']> {
	const rows = await session.matching('outbound_transitions', ['workspace', 'outbound_id'], [{ workspace, outbound_id: id }]);
	return rows
		.sort((a, b) => a.version - b.version)
		.map((row) => ({
			from: row.from_status === null ? undefined : OutboundStatusSchema.parse(row.from_status),
			to: OutboundStatusSchema.parse(row.to_status),
			actor: ACTORS.find((actor) => actor === row.actor) ?? 'engine',
			reason: row.reason,
			at: epochMs(row.at),
		}));
}
