import { randomUUID } from 'node:crypto';
import { toJson } from './bulk';
import type { RowOf } from './schema';
import type { Session } from './session';

export type ActivityKind = 'stage' | 'stage_held' | 'takeover' | 'classification' | 'opt_out' | 'opt_in' | 'correction' | 'erasure' | 'consent';

/** An entry of a contact's timeline. `order` keeps entries of one moment in their order. */
export function activity(session: Session, workspace: string, contactId: string, kind: ActivityKind, detail: object, order: number): RowOf<'activities'> {
	return { workspace, id: randomUUID(), contact_id: contactId, kind, at: session.now, seq: order, detail: toJson(detail) };
}
