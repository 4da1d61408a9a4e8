/** The places of the items of each workspace: store calls are made once a workspace, not once an item. */
export function byWorkspace(items: readonly { workspace: string }[]): Map<string, number[]> {
	const places = new Map<string, number[]>();
	items.forEach(({ workspace }, place) => places.set(workspace, [...(places.get(workspace) ?? []), place]));
	return places;
}
