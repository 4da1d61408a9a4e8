import type { Contact } from '../../engine/message/contact';
import type { EffectiveSettings } from '../../engine/message/settings';
import type { EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import type { ReadItem } from '../shared/batch';
import type { SendTimeParameters } from './readSendTimeParameters';

/** What the store knows that bears on one item; empty when it is away. */
export interface Known {
	contact?: Contact;
	settings?: EffectiveSettings;
	lastInboundAt?: EpochMs;
}

/** One answer an item, in their order: a constant number of round trips a workspace. */
export async function whatIsKnown(store: Store, items: ReadItem<SendTimeParameters>[]): Promise<Known[]> {
	const known: Known[] = items.map(() => ({}));
	const places = new Map<string, number[]>();
	items.forEach(({ params }, place) => places.set(params.workspace, [...(places.get(params.workspace) ?? []), place]));
	for (const [workspace, indexes] of places) {
		const withContact = indexes.filter((place) => items[place].params.contactReference !== undefined);
		const contacts = await store.contacts.find(workspace, withContact.map((place) => items[place].params.contactReference ?? ''));
		withContact.forEach((place, index) => (known[place].contact = contacts[index]));
		const found = withContact.filter((place) => known[place].contact);
		const times = await store.messages.lastInboundAt(workspace, found.map((place) => ({ contactId: known[place].contact?.id ?? '', channel: items[place].params.channel })));
		found.forEach((place, index) => (known[place].lastInboundAt = times[index]));
	}
	const keys = items.map(({ params }, place) => ({ workspace: params.workspace, accountId: params.message?.accountId, contactId: known[place].contact?.id }));
	const settings = await store.settings.effective(keys);
	settings.forEach((effective, place) => (known[place].settings = effective));
	return known;
}

/** The id the contact's messages are counted under: what people are named by who have no row. */
export function contactIdOf(params: SendTimeParameters, known: Known): string | undefined {
	return known.contact?.id ?? params.contactReference;
}
