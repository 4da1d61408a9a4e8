import type { Preference } from '../../engine/message/intake/parsed';
import type { Store } from '../../store/store';
import { commitIsolated, type Settled } from '../shared/batch';

/** A person's own switch in the channel: stop suppresses, resume lifts it. One sentence each. */
export async function applyPreferences(store: Store, workspace: string, preferences: Preference[]): Promise<Settled<string>[]> {
	const contacts = await store.contacts.find(workspace, preferences.map(({ address }) => address.value));
	const known = preferences.map((preference, place) => ({ preference, contactId: contacts[place]?.id }));
	return await commitIsolated(known, async (batch) => {
		const stops = batch.filter(({ preference }) => preference.value === 'stop');
		const resumes = batch.filter(({ preference }) => preference.value === 'resume');
		await store.suppressions.optOut(
			stops.map(({ preference: { channel, address }, contactId }) => ({ workspace, contactId, channel, address: address.value, allChannels: false, reason: `Switched off in ${channel}'s own settings`, actor: 'provider' })),
		);
		await store.suppressions.optIn(
			workspace,
			resumes.map(({ preference: { channel, address }, contactId }) => ({ contactId, channel, address: address.value, actor: 'provider', reason: `Switched on again in ${channel}'s own settings` })),
		);
		return batch.map(({ preference: { channel, value } }) => (value === 'stop' ? `The person switched our messages on ${channel} off: nothing is sent there any more.` : `The person switched our messages on ${channel} on again.`));
	});
}
