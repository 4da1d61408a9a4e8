import type { DailyCap } from '../../engine/sendTime/dailyCaps';
import { isZone, localTime } from '../../engine/sendTime/zoneClock';
import { DAY, later, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import type { ReadItem } from '../shared/batch';
import type { SendTimeParameters } from './readSendTimeParameters';
import { contactIdOf, type Known } from './whatIsKnown';

/** The daily caps of the items of a batch, and what of them is taken. */
export interface FreeCapacity {
	capsOf(place: number): DailyCap[];
	/** Counts a message of the batch itself, so that the items after it see its place taken. */
	take(place: number, at: EpochMs): void;
}

/** A cap whose counts are shared by every item it holds for. */
type Counting = DailyCap & { planned: Map<string, number> };

/** A cap of 0 is a stop, which the Outbox keeps; here it would only hide its reason. */
const holds = (cap: number | undefined): cap is number => cap !== undefined && cap > 0;

/** Reads what is sent and planned under the caps of the settings: two round trips, none when no cap is set. */
export async function freeCapacity(store: Store, items: ReadItem<SendTimeParameters>[], known: Known[], now: EpochMs): Promise<FreeCapacity> {
	const except = items.flatMap(({ params: { workspace, draft } }) => (draft ? [{ workspace, id: draft.id }] : []));
	const workspaces = [...new Set(items.flatMap(({ params }, place) => (holds(known[place].settings?.workspaceDailyCap) ? [params.workspace] : [])))];
	const people = new Map<string, { workspace: string; contactId: string }>();
	const personOf = items.map(({ params }, place) => {
		const contactId = contactIdOf(params, known[place]);
		if (contactId === undefined || !holds(known[place].settings?.contactDailyCap)) return undefined;
		const key = JSON.stringify([params.workspace, contactId]);
		people.set(key, { workspace: params.workspace, contactId });
		return key;
	});
	const days = await store.sendLoad.ofWorkspaces(workspaces, except);
	const moments = await store.sendLoad.ofContacts([...people.values()], later(now, -2 * DAY), except);
	const ofWorkspace = new Map(workspaces.map((workspace, at) => [workspace, new Map(days[at])]));
	const momentsOf = new Map([...people.keys()].map((key, at) => [key, moments[at]]));
	const ofPerson = new Map<string, Map<string, number>>();

	const caps = items.map(({ params }, place): Counting[] => {
		const { settings, contact } = known[place];
		const found: Counting[] = [];
		const planned = ofWorkspace.get(params.workspace);
		if (planned && holds(settings?.workspaceDailyCap)) found.push({ name: `the workspace's daily cap of ${settings.workspaceDailyCap}`, limit: settings.workspaceDailyCap, zone: 'UTC', planned });
		const person = personOf[place];
		if (person !== undefined && holds(settings?.contactDailyCap)) {
			// The zone dispatch counts in: a guess by phone or country does not move a day's end.
			const zone = [contact?.timezone, settings.timezone].find((name) => name !== undefined && isZone(name)) ?? 'UTC';
			const counts = ofPerson.get(person) ?? countsByDate(momentsOf.get(person) ?? [], zone);
			ofPerson.set(person, counts);
			found.push({ name: `the contact's daily cap of ${settings.contactDailyCap}`, limit: settings.contactDailyCap, zone, planned: counts });
		}
		return found;
	});
	return {
		capsOf: (place) => caps[place],
		take: (place, at) => {
			for (const { zone, planned } of caps[place]) add(planned, localTime(zone, at).date);
		},
	};
}

function add(counts: Map<string, number>, date: string): void {
	counts.set(date, (counts.get(date) ?? 0) + 1);
}

function countsByDate(moments: readonly EpochMs[], zone: string): Map<string, number> {
	const counts = new Map<string, number>();
	for (const at of moments) add(counts, localTime(zone, at).date);
	return counts;
}
