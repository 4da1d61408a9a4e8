import { learnOnce } from '../../nodes/GenerateWithConfidence/learnOnce';
import { loadRequests } from '../../nodes/GenerateWithConfidence/loadRequests';
import type { DraftRequest } from '../../nodes/GenerateWithConfidence/readDraftRequest';
import { writeDraft } from '../../nodes/GenerateWithConfidence/writeDraft';
import { chooseVariants } from '../../nodes/AbVariant/selectVariants';
import { decideSendTimes } from '../../nodes/BestSendTime/decideSendTimes';
import { gateOutbound } from '../../nodes/QualityGate/gateOutbound';
import type { ReadItem, Settled } from '../../nodes/shared/batch';
import { DEFAULT_AUDIT_SHARE } from '../../engine/draft/decision';
import type { Channel } from '../../engine/channels/channel';
import type { Draft } from '../../engine/draft/draft';
import type { Variant } from '../../engine/experiment/variant';
import { DEFAULT_MODEL_ACTIONS } from '../../engine/gate/modelCheck';
import type { Contact } from '../../engine/message/contact';
import { decideRoute } from '../../engine/message/route';
import { draftId } from '../../engine/message/spine';
import { epochMs } from '../../engine/time';
import { leadOf, openingOf, streamOf } from './leads';
import { writersFor } from './modelVersions';
import { acceptance } from './reviewer';
import type { Simulation } from './simulation';
import { isClumsy } from './texts';

export const CHANNEL = 'email' satisfies Channel;
export const EXPERIMENT = 'opening';
/** Share of outreach that Best Send Time sends at a random waking hour while it learns. */
const EXPLORED = 0.2;
/** From which confidence a draft leaves by itself: the share of drafts sent unchanged that this team is content with. */
const THRESHOLD = 0.75;
/** Every so many-th lead is in mode assist: a person reads its draft whatever its confidence. */
const READ_IN_FULL = 5;
/** Allowed share of opt-outs, with every "not interested" counted as one, as Quality Gate does unless told otherwise. */
export const MOST_OPT_OUTS = 0.05;

/** The value of each result. @throws the first failure: in a simulation nothing may fail. */
export function values<T>(results: readonly Settled<T>[]): T[] {
	return results.map((result) => {
		if (!result.ok) throw result.error;
		return result.value;
	});
}

const asItems = <P>(some: readonly P[]): ReadItem<P>[] => some.map((params, index) => ({ index, item: { json: {} }, params }));

/** What the day's leads are: contacts of the store, known by their number. */
async function takeIn({ store, workspace, seed, leads }: Simulation, numbers: readonly number[]): Promise<Contact[]> {
	const contacts = await store.contacts.upsert(
		workspace,
		numbers.map((number) => {
			const { name, company, industry, city, email, country, timezone } = leadOf(seed, number);
			return { name, company, email, country, timezone, attributes: { industry, city }, consent: { [CHANNEL]: { basis: 'opt_in' as const } } };
		}),
	);
	contacts.forEach(({ id }, place) => leads.set(id, numbers[place]));
	for (const [place, { id }] of contacts.entries()) if (numbers[place] % READ_IN_FULL === 0) await store.settings.set(workspace, { kind: 'contact', id }, { mode: 'assist' }, 'simulation');
	return contacts;
}

function requestOf(workspace: string, contact: Contact, variant: Variant, examples: readonly string[]): DraftRequest {
	return {
		id: draftId(workspace, 'first-contact', contact.id),
		workspace,
		contactReference: contact.id,
		channel: CHANNEL,
		purpose: 'outreach',
		language: 'en',
		template: openingOf(variant.variantId),
		...(examples.length > 0 ? { instructions: `Messages that worked, as examples of style:\n${examples.join('\n---\n')}` } : {}),
		redact: false,
		facts: [],
		learning: { wish: { source: 'fixed', threshold: THRESHOLD }, acceptedEditDistance: 0 },
		useWinning: false,
		useKnowledge: false,
		versionWish: { source: 'none' },
		samples: 1,
		auditShare: DEFAULT_AUDIT_SHARE,
		about: contact,
		conversation: [],
		variant,
	};
}

/** Generate With Confidence for all of the day, by its own functions; the model behind them is the stand-in. */
async function write(simulation: Simulation, contacts: readonly Contact[], variants: readonly Variant[]): Promise<DraftRequest[]> {
	const { store, workspace, learning, model } = simulation;
	const writerOf = await writersFor(simulation);
	const writers = contacts.map(({ id }) => writerOf(id));
	const requests = contacts.map((contact, place) => requestOf(workspace, contact, variants[place], writers[place].examples));
	const loaded = await loadRequests(store, workspace, requests);
	const learner = learnOnce(learning ? store : undefined, workspace);
	const drafts: Draft[] = [];
	for (const one of loaded) {
		simulation.writing.set(one.request.id, { contactId: one.contactId, variantId: one.request.variant?.variantId ?? '' });
		drafts.push(await writeDraft(one, model, { access: () => model, namesModels: false }, learner));
	}
	simulation.writing.clear();
	await store.outbound.saveDrafts(
		loaded.map(({ request, contactId, about }, place) => ({ workspace, id: request.id, contactId, channel: CHANNEL, to: about.email ?? '', inboundIds: [], purpose: 'outreach', draft: { ...drafts[place], modelVersion: writers[place].modelVersion, rollout: writers[place].rollout }, variant: variants[place] })),
	);
	return requests;
}

/** The morning of a working day: from the leads to jobs and reviews, as `03-autopilot` does it. */
export async function planDay(simulation: Simulation, week: number, numbers: readonly number[]): Promise<void> {
	const { store, workspace, learning, seed, ledger, leads } = simulation;
	const now = await store.clock.now();
	const contacts = await takeIn(simulation, numbers);
	const variants = values(await chooseVariants(store, asItems(contacts.map(({ id }) => ({ workspace, contact: id, replayed: false }))))).flatMap((variant) => variant ?? []);
	const requests = await write(simulation, contacts, variants);
	const rows = (await store.outbound.find(workspace, requests.map(({ id }) => id))).flatMap((row) => row ?? []);
	const addressed = rows.map(({ draft, to }, place) => ({ workspace, channel: CHANNEL, reference: contacts[place].id, contact: contacts[place], address: to, text: draft.text, subject: draft.subject, language: 'en', draft }) as const);
	values(await gateOutbound(store, addressed.map((one) => ({ kind: 'outbound', ...one, record: true, modelActions: DEFAULT_MODEL_ACTIONS, redact: false, actions: {}, known: [], allowedDomains: [], words: [], patterns: [] })), now, true));
	const hours = streamOf(seed, 'hour', numbers[0]);
	const schedules = values(
		await decideSendTimes(store, asItems(addressed.map(({ contact, draft }) => ({ workspace, purpose: 'outreach', channel: CHANNEL, contactReference: contact.id, contact, draft, avoidHolidays: true, learn: learning, explore: learning ? EXPLORED : undefined }))), hours),
	);
	const planned = await store.outbound.plan(rows.map(({ id }, place) => ({ workspace, draftId: id, sendAt: epochMs(schedules[place].sendAt) })), decideRoute);
	for (const { row } of planned) {
		simulation.weeks.set(row.id, week);
		ledger.drafted(week, row.draft.confidence ?? 0, acceptance(row.draft.text), isClumsy(row.draft.text));
	}
	simulation.unsent += planned.length;
	simulation.toReview.push(...planned.filter(({ row }) => row.status === 'in_review'));
	const lost = planned.filter(({ row }) => row.status !== 'in_review' && row.status !== 'scheduled');
	if (lost.length > 0 || leads.size === 0) throw new Error(`A draft was neither scheduled nor reviewed: ${lost[0]?.row.sentence}`);
}

