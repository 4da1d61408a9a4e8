import type { Classification } from '../../engine/classify/classification';
import type { Draft } from '../../engine/draft/draft';
import { gateDraft } from '../../engine/gate/gateDraft';
import { decideRoute } from '../../engine/message/route';
import { draftId } from '../../engine/message/spine';
import { DEFAULT_PIPELINE } from '../../engine/pipeline/defaultPipeline';
import { DAY, HOUR, iso, later, MINUTE, type EpochMs } from '../../engine/time';
import type { ReviewItem, Store } from '../../store/store';
import { CLAIM, draftOf, inbound, newDraft, START } from '../store/fixtures';

export interface Asked {
	key: string;
	name?: string;
	email?: string;
	company?: string;
	asks?: string;
	answer?: string;
	subject?: string;
	at?: EpochMs;
	draft?: Partial<Draft>;
	attachments?: { kind: 'image' | 'audio' | 'document'; mime?: string; url?: string; transcript?: string }[];
}

const phoneOf = (key: string): string => `+49 151 ${String([...key].reduce((sum, sign) => (sum * 31 + sign.charCodeAt(0)) % 9_000_000, 7) + 1_000_000)}`;

/** Somebody has asked on WhatsApp, and the answer waits for a person. @returns ids of contact, message and draft. */
export async function draftWaits(store: Store, workspace: string, asked: Asked): Promise<{ contactId: string; messageId: string; id: string }> {
	const { key, name = 'Anna Berger', email, company, asks = 'How much is it?', answer = 'It is 20 euros.', at = START, attachments = [] } = asked;
	const contactInput = { phone: phoneOf(key), name, ...(email === undefined ? {} : { email }), ...(company === undefined ? {} : { company }) };
	const [{ message, contact }] = await store.messages.record(workspace, [inbound({ providerId: `in-${key}`, threadId: `thread-${key}`, text: asks, timestamp: iso(at), attachments, contact: contactInput })]);
	await store.messages.saveReadings(workspace, [{ messageId: message.id, reply: { intent: 'question', optOut: { wanted: false, certainty: 0 }, sentiment: 0.2, language: 'en', needsAnswer: true } }]);
	const id = draftId(workspace, message.id, contact.id);
	const draft: Draft = { ...draftOf(id, answer), ...(asked.subject === undefined ? {} : { subject: asked.subject }), decision: { autoSend: false, threshold: 0.85, source: 'fixed', audited: false }, facts: ['It costs 20 euros.'], confidence: 0.62, sentence: 'Needs review: confidence 0.62 (uncalibrated: 0 of 30 reviews) is below 0.85.', ...asked.draft };
	await store.outbound.saveDrafts([newDraft({ workspace, id, contactId: contact.id, threadId: `thread-${key}`, inboundIds: [message.id], draft })]);
	await store.outbound.recordGates(workspace, [{ draftId: id, gate: gateDraft({ text: draft.text, subject: draft.subject, channel: 'whatsapp', language: 'en', facts: draft.facts, contact, conversation: [], now: START, policy: { purpose: 'reply', lastInboundAt: at } }) }]);
	await store.outbound.plan([{ workspace, draftId: id }], decideRoute);
	return { contactId: contact.id, messageId: message.id, id };
}

export const classification: Classification = {
	intent: 'warm', score: 45, status: 'CONTACTED', confidence: 0.78, summary: 'Asks for prices of the yearly plan; compares with another vendor.', reasons: ['asks for a price', 'names a start date'],
	evidence: [{ id: 'document:prices#2', text: 'The yearly plan costs 240 euros.', similarity: 0.71 }], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: 'Warm lead, 45 points: asks for a price.',
};

/** One review of each kind but an uncertain send, by what it is about. */
export async function oneOfEach(store: Store, workspace: string, at: EpochMs = START): Promise<{ draft: string; contactId: string; messageId: string; stage: string; optOut: string; undecided: string }> {
	const { id, contactId, messageId } = await draftWaits(store, workspace, { key: 'anna', at, email: `anna@${workspace}.example`, company: 'Berger GmbH', asks: 'How much is the yearly plan, and can we start in May?', answer: 'Hi Anna, the yearly plan is 240 euros, guaranteed the best price. You can start in May.', attachments: [{ kind: 'audio', mime: 'audio/ogg', transcript: 'I also wonder about the set-up fee.' }, { kind: 'document', mime: 'application/pdf', url: 'https://files.example/offer.pdf' }] });
	await store.contacts.saveClassification(workspace, [{ contactId, messageId, classification }]);
	const [stage] = await store.contacts.upsert(workspace, [{ id: 'stefan', name: 'Stefan Huber', email: `stefan@${workspace}.example` }]);
	const [{ message: doubt, contact: doubter }] = await store.messages.record(workspace, [inbound({ providerId: 'doubt', threadId: 'thread-doubt', text: 'Maybe leave it for now…', timestamp: iso(at), contact: { phone: '+49 151 5550001', name: 'Olga Opt' } })]);
	await store.messages.saveReadings(workspace, [{ messageId: doubt.id, reply: { intent: 'not_now', optOut: { wanted: true, certainty: 0.5 }, sentiment: 0, language: 'en', needsAnswer: true } }]);
	const [{ message: lost, contact: loser }] = await store.messages.record(workspace, [inbound({ providerId: 'lost', threadId: 'thread-lost', text: '???', timestamp: iso(at), contact: { phone: '+49 151 5550002', name: 'Lutz Unklar' } })]);
	await store.reviews.open([
		{ workspace, kind: 'stage', contactId: stage.id, proposal: { pipelineId: DEFAULT_PIPELINE.id, stageId: 'qualified' }, sentence: 'Moves down from a person’s stage: confidence 0.55 is below 0.7.', dueAt: later(at, DAY) },
		{ workspace, kind: 'uncertain_opt_out', messageId: doubt.id, contactId: doubter.id, channel: 'whatsapp', sentence: 'Perhaps asks us to stop (certainty 0.5).', dueAt: later(at, 20 * MINUTE) },
		{ workspace, kind: 'classification', messageId: lost.id, contactId: loser.id, channel: 'whatsapp', sentence: 'Undecided after three tries.', dueAt: later(at, -2 * HOUR) },
	]);
	return { draft: id, contactId, messageId, stage: stage.id, optOut: doubt.id, undecided: lost.id };
}

/** The open review about a message, draft or contact. */
export async function reviewOf(store: Store, workspace: string, about: string): Promise<ReviewItem> {
	const { items } = await store.reviews.search({ workspaces: [workspace], limit: 200 });
	const item = items.find(({ review }) => [review.outboundId, review.messageId, review.contactId].includes(about));
	if (!item) throw new Error(`No open review is about ${about}`);
	return item;
}

/** Sends an approved draft and never hears of it: the store asks a person. */
export async function loseTrack(store: Store, workspace: string, id: string): Promise<void> {
	await store.outbound.claimDue({ ...CLAIM, workspaces: [workspace] }, decideRoute);
	await store.outbound.beginSend(workspace, [id], decideRoute);
	await store.outbound.markFailed([{ workspace, id, failure: { kind: 'unknown', message: 'timeout' } }]);
}
