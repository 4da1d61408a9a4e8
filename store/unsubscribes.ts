import { HANDLE_KIND } from '../engine/channels/channel';
import { readUnsubscribe, signUnsubscribe } from '../engine/outcome/unsubscribeToken';
import { normalAddress, type AddressHash } from './addresses';
import type { Outbound, OutboundRow, Outcomes, Suppressions, Clock, Unsubscribes } from './store';

export interface UnsubscribeParts {
	/** The key links are signed with. */
	key: string;
	hash: AddressHash;
	clock: Clock;
	outbound: Outbound;
	outcomes: Outcomes;
	suppressions: Suppressions;
}

const REASON = 'Unsubscribed by the link in a mail';

export function createUnsubscribes({ key, hash, clock, outbound, outcomes, suppressions }: UnsubscribeParts): Unsubscribes {
	/** What a token is about, with the message that carried it while there is one. */
	async function subjectOf(token: string) {
		const claim = readUnsubscribe(key, token);
		if (!claim) return undefined;
		const [found] = await outbound.find(claim.workspace, [claim.outboundId]);
		// The hash decides: a message whose address was changed since is about somebody else.
		const row: OutboundRow | undefined = found && hash({ kind: HANDLE_KIND[claim.channel], address: normalAddress(HANDLE_KIND[claim.channel], found.to) }) === claim.addressHash ? found : undefined;
		const { workspace, channel, addressHash } = claim;
		const person = { channel, addressHash, ...(row ? { contactId: row.contactId, address: row.to } : {}) };
		const [reason] = await suppressions.check(workspace, [person]);
		return { workspace, channel, person, row, suppressed: reason !== undefined };
	}

	return {
		async tokens(subjects) {
			return await Promise.resolve(
				subjects.map(({ workspace, channel, address, outboundId }) => {
					const kind = HANDLE_KIND[channel];
					return signUnsubscribe(key, { workspace, channel, outboundId, addressHash: hash({ kind, address: normalAddress(kind, address) }) });
				}),
			);
		},

		async look(token) {
			const subject = await subjectOf(token);
			if (!subject) return 'unknown';
			return subject.suppressed ? 'honoured' : 'open';
		},

		async honour(token) {
			const subject = await subjectOf(token);
			if (!subject) return { result: 'unknown', cancelled: [] };
			const { workspace, channel, person, row, suppressed } = subject;
			if (suppressed) return { result: 'already', cancelled: [] };
			// First of all the wish itself: whatever fails after it, nothing more is sent.
			const [{ cancelled }] = await suppressions.optOut([{ workspace, ...person, allChannels: false, reason: REASON, actor: 'person' }]);
			// Only what left can have carried the link.
			if (row && (row.status === 'sent' || row.attempts > 0)) await outcomes.record([{ workspace, event: 'unsubscribed', occurredAt: await clock.now(), outboundId: row.id, eventId: `unsubscribe:${row.id}`, channel, optOutKept: true }]);
			return { result: 'honoured', cancelled };
		},
	};
}
