import { reportedAmount } from '../../engine/outcome/money';
import type { ProviderEvent } from '../../engine/outcome/providerEvents';
import type { OutcomeInput, Store } from '../../store/store';

export interface Report {
	/** Of the node; a channel account that is saved under another one outranks it. */
	workspace: string;
	event: ProviderEvent;
}

/** What the store is to record for each report: whose data it is by the account it came to, and whom it is about by what the provider calls that person. */
export async function reportedOutcomes(store: Store, reports: readonly Report[]): Promise<OutcomeInput[]> {
	const placed = await inTheirWorkspaces(store, reports);
	const contactIds = await knownPeople(store, placed);
	return placed.map(({ workspace, event: { person, event, occurredAt, providerId, eventId, outboundId, channel, errorCode, value, currency, evidence, link } }) => {
		const contactId = person === undefined ? undefined : (contactIds.get(workspace)?.get(person) ?? person);
		return { workspace, event, occurredAt, providerId, eventId, outboundId, channel, errorCode, ...reportedAmount(value, currency), evidence, link, contactId };
	});
}

async function inTheirWorkspaces(store: Store, reports: readonly Report[]): Promise<Report[]> {
	const keyed = reports.map(({ event: { account, channel } }) => (account === undefined || channel === undefined ? undefined : { channel, externalId: account }));
	const asked = keyed.filter((key) => key !== undefined);
	const distinct = [...new Map(asked.map((key) => [JSON.stringify(key), key])).values()];
	const found = await store.accounts.byExternalId(distinct);
	const owners = new Map(distinct.map((key, place) => [JSON.stringify(key), found[place]?.workspace]));
	return reports.map((report, place) => ({ ...report, workspace: owners.get(JSON.stringify(keyed[place])) ?? report.workspace }));
}

/** Contact ids by workspace and by what the provider calls the person. */
async function knownPeople(store: Store, reports: readonly Report[]): Promise<Map<string, Map<string, string>>> {
	const known = new Map<string, Map<string, string>>();
	for (const [workspace, own] of Map.groupBy(reports, (report) => report.workspace)) {
		const people = [...new Set(own.flatMap(({ event }) => (event.person === undefined ? [] : [event.person])))];
		const contacts = await store.contacts.find(workspace, people);
		known.set(workspace, new Map(people.flatMap((person, place) => (contacts[place] ? [[person, contacts[place].id] as const] : []))));
	}
	return known;
}
