import { composeMail, MailRefusal, type ComposedMail } from '../../engine/mail/composeMail';
import { mailbox } from '../../engine/mail/headerText';
import type { Store } from '../../store/store';
import { settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { perWorkspace } from '../shared/perWorkspace';
import type { MailParameters } from './readMail';

/** A refusal as the node reports it; the first words are what Mark Failed knows it by. */
export function refused({ kind, message, remedy }: MailRefusal): ItemInputError {
	return new ItemInputError(`${kind === 'refused' ? 'Nothing was sent: ' : 'Nothing was sent yet: '}${message}`, remedy);
}

/** The mails of a batch with what the store knows: a constant number of round trips a workspace. */
export async function prepareMails(store: Store, items: readonly ReadItem<MailParameters>[]): Promise<Settled<ComposedMail>[]> {
	return await perWorkspace(items.map(({ params }) => params), ({ workspace }) => workspace, async (workspace, own) => await prepare(store, workspace, own));
}

async function prepare(store: Store, workspace: string, own: readonly MailParameters[]): Promise<Settled<ComposedMail>[]> {
	const now = await store.clock.now();
	const found = await store.contacts.find(workspace, own.map(({ contact, to }) => contact ?? to));
	const people = own.map(({ contact, to, from }, at) => ({ contactId: found[at]?.id ?? contact ?? to, accountId: mailbox(from)?.address.toLowerCase() }));
	const settings = await store.settings.effective(people.map(({ accountId, contactId }) => ({ workspace, accountId, contactId })));
	const suppressed = await store.suppressions.check(workspace, own.map(({ to }, at) => ({ channel: 'email', address: to, ...(found[at] ? { contactId: found[at].id } : {}) })));
	const threads = await store.mailRecords.threads(workspace, people);
	const tokens = await store.unsubscribes.tokens(own.map(({ to, jobId }) => ({ workspace, channel: 'email', address: to, outboundId: jobId })));
	return own.map((params, at): Settled<ComposedMail> => {
		const { companyName, senderName, postalAddress, country } = settings[at];
		const reason = suppressed[at];
		try {
			if (reason !== undefined) throw new MailRefusal('refused', reason, 'This address gets no more mail. Lead Autopilot → Contact → Opt In takes that back, when the person asked for it.');
			const mail = composeMail(
				{
					...params,
					answers: params.inReplyTo,
					earlier: params.references ?? threads[at],
					fromName: params.fromName ?? [senderName, companyName].filter(Boolean).join(', '),
					fromCountry: country,
					postalAddress: params.postalAddress ?? postalAddress,
					...(params.unsubscribeBase === undefined ? {} : { token: tokens[at] }),
				},
				now,
			);
			return settled.ok(mail);
		} catch (error) {
			return settled.failed(error instanceof MailRefusal ? refused(error) : error);
		}
	});
}
