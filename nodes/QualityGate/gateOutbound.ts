import { gateDraft } from '../../engine/gate/gateDraft';
import type { Gate } from '../../engine/gate/gate';
import type { Contact } from '../../engine/message/contact';
import type { EffectiveSettings } from '../../engine/message/settings';
import type { EpochMs } from '../../engine/time';
import type { OutboundRow, Store } from '../../store/store';
import { settled, type Settled } from '../shared/batch';
import type { NodeModel } from '../shared/model';
import { byWorkspace } from './byWorkspace';
import { judgeByModel, type RuledItem } from './judgeByModel';
import type { OutboundParameters } from './readGateParameters';

/** What the store knows about one item. */
interface Known {
	settings?: EffectiveSettings;
	contact?: Contact;
	row?: OutboundRow;
	/** Undefined when it was not looked up. */
	suppressed?: string | null;
	lastInboundAt?: EpochMs;
}

async function load(store: Store, items: OutboundParameters[]): Promise<Known[]> {
	const known: Known[] = items.map(() => ({}));
	const settings = await store.settings.effective(items.map(({ workspace, contact, message }) => ({ workspace, accountId: message?.accountId, contactId: contact?.id })));
	settings.forEach((found, i) => (known[i].settings = found));
	for (const [workspace, places] of byWorkspace(items)) {
		const of = places.map((place) => items[place]);
		const contacts = await store.contacts.find(workspace, of.map(({ contact, reference }) => contact?.id ?? reference ?? ''));
		const suppressed = await store.suppressions.check(workspace, of.map(({ channel, address }, i) => ({ contactId: contacts[i]?.id, channel, address })));
		const rows = await store.outbound.find(workspace, of.map(({ draft }) => draft?.id ?? ''));
		const inbound = await store.messages.lastInboundAt(workspace, of.map(({ channel }, i) => ({ contactId: contacts[i]?.id ?? '', channel })));
		places.forEach((place, i) => {
			const askable = of[i].address !== undefined || contacts[i] !== undefined;
			known[place] = { ...known[place], contact: contacts[i], row: rows[i], suppressed: suppressed[i] ?? (askable ? null : undefined), lastInboundAt: inbound[i] };
		});
	}
	return known;
}

/** What is stored is what will be sent. */
function textOf(params: OutboundParameters, { row }: Known): { text: string; subject?: string } {
	return { text: row?.draft.text ?? params.text, subject: row?.draft.subject ?? params.subject };
}

function ruled(params: OutboundParameters, known: Known, gate: Gate): RuledItem {
	const { workspace, conversation, language, draft, modelActions: actions } = params;
	const lastOurs = conversation?.findLastIndex((turn) => turn.from !== 'lead') ?? -1;
	const written = conversation?.slice(lastOurs + 1).map(({ text }) => text);
	const redacting = params.redact ? { language, rng: Math.random } : undefined;
	return { workspace, gate, correlationId: draft?.id, question: { actions, draft: textOf(params, known), written, redacting } };
}

function gateOne(params: OutboundParameters, known: Known, now: EpochMs): Gate {
	// What a stored draft's own gate decided cannot be talked away by an item.
	const draft = known.row?.draft ?? params.draft;
	const contact = known.contact ? { ...params.contact, ...known.contact } : params.contact;
	const company = [known.settings?.companyName, known.settings?.senderName, known.settings?.postalAddress].filter((text) => text !== undefined);
	const wrote = params.conversation?.some((turn) => turn.from === 'lead') === true;
	return gateDraft({
		...textOf(params, known),
		channel: params.channel,
		language: params.language,
		facts: draft?.facts,
		contact,
		conversation: params.conversation,
		now,
		policy: {
			actions: params.actions,
			suppressed: known.suppressed,
			mode: known.settings?.mode,
			killSwitch: known.settings?.killSwitch,
			holdForPerson: draft !== undefined,
			purpose: known.row?.purpose ?? (params.message?.direction === 'inbound' ? 'reply' : undefined),
			confidence: draft?.confidence,
			threshold: draft?.decision.threshold,
			autoSend: draft?.decision.autoSend,
			reviewsNeeded: draft?.decision.reviewsNeeded,
			lastInboundAt: known.lastInboundAt ?? (known.contact && !wrote ? null : undefined),
			isTemplate: draft?.waTemplate !== undefined,
			country: known.settings?.country,
			known: params.known.length > 0 || company.length > 0 ? [...params.known, ...company] : undefined,
			allowedDomains: params.allowedDomains,
			words: params.words,
			patterns: params.patterns,
		},
	});
}

/** What the user told the gate, for a text a person may write in the draft's place. */
function rulesOf({ actions, known, allowedDomains, words, patterns }: OutboundParameters): NonNullable<Gate['rules']> {
	const lists = { known, allowedDomains, words, patterns };
	return { ...(Object.keys(actions).length > 0 ? { actions } : {}), ...Object.fromEntries(Object.entries(lists).filter(([, list]) => list.length > 0)) };
}

/** Loads for all, checks each by rules, then by the model if there is one, and records all verdicts. Without a store the checks that need one say skipped. */
export async function gateOutbound(store: Store | undefined, items: OutboundParameters[], now: EpochMs, record: boolean, model?: NodeModel): Promise<Settled<Gate>[]> {
	const known = store ? await load(store, items) : items.map((): Known => ({}));
	const results = items.map((params, i): Settled<Gate> => {
		try {
			return settled.ok(gateOne(params, known[i], now));
		} catch (error) {
			return settled.failed(error);
		}
	});
	const passedOn = results.flatMap((result, place) => (result.ok ? [{ place, item: ruled(items[place], known[place], result.value) }] : []));
	const judged = await judgeByModel(store, model, passedOn.map(({ item }) => item));
	passedOn.forEach(({ place }, i) => (results[place] = settled.ok(judged[i])));
	if (!store || !record) return results;
	for (const [workspace, places] of byWorkspace(items)) {
		const gates = places.flatMap((place) => {
			const { draft, record: wanted } = items[place];
			const result = results[place];
			return draft && wanted && result.ok ? [{ draftId: draft.id, gate: { ...result.value, rules: rulesOf(items[place]) } }] : [];
		});
		await store.outbound.recordGates(workspace, gates);
	}
	return results;
}
