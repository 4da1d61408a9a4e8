import { STATUSES, type Contact, type Status } from '../../../engine/message/contact';
import type { Mode } from '../../../engine/message/mode';
import { whyNotSent } from '../../../engine/message/whyNotSent';
import type { Pipeline } from '../../../engine/pipeline/stage';
import { whyThisStage } from '../../../engine/pipeline/whyThisStage';
import { StoreInputError } from '../../../store/errors';
import type { ContactPage, ListedContact, OutboundRow } from '../../../store/store';
import type { DeskContext } from '../tab';
import { findStage, pipelinesOf, stageOf } from './stages';
import { loadTimeline, type Timeline } from './timeline';

const PAGE = 50;
/** Longer than any name or address. */
const LONGEST_SEARCH = 200;
const PLANNED_SHOWN = 20;
/** Contacts with settings of their own that are looked through for this one's. */
const SCOPES_READ = 1_000;

export interface ListModel {
	kind: 'list';
	search: string;
	status?: Status;
	/** As `stageKey` writes it. */
	stage?: string;
	pipelines: readonly Pipeline[];
	contacts: readonly ListedContact[];
	first: boolean;
	next?: string;
}
export interface DetailModel {
	kind: 'detail';
	contact: Contact;
	pipelines: readonly Pipeline[];
	whyStage: string;
	/** What is written and has not left yet, and why. */
	planned: readonly { row: OutboundRow; why: string }[];
	mode: { own?: Mode; inForce: Mode };
	timeline: Timeline;
}
export type ContactsModel = ListModel | DetailModel | { kind: 'unknown' };

export async function loadContacts(context: DeskContext, query: URLSearchParams): Promise<ContactsModel> {
	const id = query.get('contact');
	return id === null ? await loadList(context, query) : await loadDetail(context, id, query);
}

async function loadList(context: DeskContext, query: URLSearchParams): Promise<ListModel> {
	const { store, workspace } = context;
	const pipelines = await pipelinesOf(context);
	const search = (query.get('q') ?? '').trim().slice(0, LONGEST_SEARCH);
	const status = STATUSES.find((one) => one === query.get('status'));
	const place = findStage(pipelines, query.get('stage'));
	const filter = { text: search, limit: PAGE, ...(status ? { status } : {}), ...(place ? { pipelineId: place.pipeline.id, stageId: place.stage.id } : {}) };
	const after = query.get('after') ?? undefined;
	const page = async (): Promise<ContactPage & { first: boolean }> => {
		if (after === undefined) return { ...(await store.contacts.search(workspace, filter)), first: true };
		try {
			return { ...(await store.contacts.search(workspace, { ...filter, after })), first: false };
		} catch (error) {
			// Not a page of this list: an old or broken address shows its beginning.
			if (error instanceof StoreInputError) return { ...(await store.contacts.search(workspace, filter)), first: true };
			throw error;
		}
	};
	return { kind: 'list', search, status, ...(place ? { stage: query.get('stage') ?? '' } : {}), pipelines, ...(await page()) };
}

async function loadDetail(context: DeskContext, id: string, query: URLSearchParams): Promise<DetailModel | { kind: 'unknown' }> {
	const { store, workspace, now } = context;
	const [contact] = await store.contacts.find(workspace, [id]);
	if (!contact) return { kind: 'unknown' };
	const [pipelines, [move], open, [settings], scopes, timeline] = await Promise.all([
		pipelinesOf(context),
		store.pipelines.lastMoves(workspace, [contact.id]),
		store.outbound.page(workspace, { statuses: ['drafted', 'in_review', 'scheduled', 'claimed', 'sending'], contactIds: [contact.id], order: 'latest', limit: PLANNED_SHOWN }),
		store.settings.effective([{ workspace, contactId: contact.id }]),
		store.settings.scopes(workspace, SCOPES_READ),
		loadTimeline(context, contact.id, query),
	]);
	const own = scopes.find((scope) => scope.kind === 'contact' && scope.id === contact.id)?.patch.mode;
	return {
		kind: 'detail',
		contact,
		pipelines,
		whyStage: whyThisStage(contact, move, stageOf(pipelines, contact)?.name),
		planned: open.rows.map(({ row, last }) => ({ row, why: whyNotSent(row, now, last) })),
		mode: { ...(own === undefined ? {} : { own }), inForce: settings.mode },
		timeline,
	};
}
