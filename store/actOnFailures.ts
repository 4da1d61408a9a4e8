import type { AddressHash } from './addresses';
import { toJson } from './bulk';
import { holdSenders } from './senderHolds';
import type { Session } from './session';
import type { OptOutRequest, OutboundRow, SendFailure } from './store';
import { optOut } from './suppressions';

/** Who asked the channel for no more, and an address that does not exist, are not written to again. */
function optOutFor({ row, failure }: { row: OutboundRow; failure: SendFailure }): OptOutRequest[] {
	if (failure.suppress === undefined) return [];
	const base = { workspace: row.workspace, channel: row.channel, address: row.to, allChannels: false, actor: 'provider' as const };
	const code = `(code ${failure.code ?? 'none'})`;
	// A dead address says nothing about the person; an opt-out does.
	return [failure.suppress === 'opt_out' ? { ...base, contactId: row.contactId, reason: `Opted out at the provider ${code}` } : { ...base, addressOnly: true, reason: `The address does not exist ${code}` }];
}

/** What failures mean for others than the message: addresses, senders, campaigns. In the transaction that writes the failures down. */
export async function actOnFailures(session: Session, hash: AddressHash, failed: readonly { row: OutboundRow; failure: SendFailure; begunAt: number }[]): Promise<void> {
	await optOut(session, hash, failed.flatMap(optOutFor));
	await holdSenders(
		session,
		failed.flatMap(({ row, failure, begunAt }) => {
			if (failure.action === undefined) return [];
			const { action, pauseSeconds, code, message } = failure;
			const about = { workspace: row.workspace, channel: row.channel, account_id: row.accountId ?? null, draft: toJson(row.draft) };
			return [{ row: about, at: session.now, begunAt, ...(code === undefined ? {} : { code }), rule: { kind: failure.kind, action, sentence: message, ...(pauseSeconds === undefined ? {} : { pauseSeconds }) } }];
		}),
	);
}
