import { DAY, epochMs, HOUR, later, MINUTE, type EpochMs } from '../../engine/time';
import type { NewDraft, Store } from '../../store/store';
import { newDraft, type StandingClock } from '../store/fixtures';
import { HOSTILE } from './deskWorld';

/** 09:00 in Berlin. */
export const TUESDAY = epochMs('2026-03-03T08:00:00Z');
/** 15:00 in Berlin. */
const THURSDAY = epochMs('2026-03-05T14:00:00Z');
/** Two weekly looks after the store heard of the first messages. */
export const NOW = later(THURSDAY, 14 * DAY + 4 * HOUR);

interface Trial {
	id: string;
	name?: string;
	metric?: string;
	/** Contacts of each variant, of these who clicked, and who opted out. */
	arms: readonly { id: string; name: string; contacts: number; clicks?: number; optOuts?: number; at: EpochMs }[];
	channel?: NewDraft['channel'];
	workspace?: string;
}

/** An experiment whose contacts were written to and clicked, with the clock where it was then. */
export async function runTrial(store: Store, clock: StandingClock, { id, name = id, metric = 'click', arms, channel = 'email', workspace = 'acme' }: Trial): Promise<void> {
	clock.time = THURSDAY;
	await store.experiments.save([{ workspace, id, name, status: 'running', metric, method: 'weighted', horizon: 4, variants: arms.map((arm, at) => ({ id: arm.id, name: arm.name, weight: 1, control: at === 0 })) }]);
	const people = arms.flatMap((arm) => Array.from({ length: arm.contacts }, (_, at) => ({ arm, at, contactId: `${id}-${arm.id}-${at}` })));
	await store.contacts.upsert(workspace, people.map(({ contactId }) => ({ id: contactId, email: `${contactId}@x.example`, timezone: 'Europe/Berlin' })));
	await store.experiments.assign(people.map(({ arm, contactId }) => ({ workspace, experimentId: id, contactId, choose: () => ({ variantId: arm.id, propensity: 0.5 }) })));
	const variant = (variantId: string) => ({ experimentId: id, variantId, name: variantId, propensity: 0.5, sticky: false, sentence: '' });
	await store.outbound.markSent(people.map(({ arm, contactId }) => ({ workspace, id: contactId, at: arm.at, draft: newDraft({ workspace, id: contactId, contactId, channel, to: `${contactId}@x.example`, purpose: 'outreach', variant: variant(arm.id) }) })));
	clock.time = later(THURSDAY, DAY);
	await store.outcomes.record(people.flatMap(({ arm, at, contactId }) => [
		...(at < (arm.clicks ?? 0) ? [{ workspace, event: 'clicked' as const, contactId, outboundId: contactId, channel, occurredAt: later(arm.at, 10 * MINUTE) }] : []),
		...(at < (arm.optOuts ?? 0) ? [{ workspace, event: 'unsubscribed' as const, contactId, outboundId: contactId, channel, occurredAt: later(arm.at, HOUR) }] : []),
	]));
}

/** 60 against 60, 6 and 24 of them clicked; a broken split; a broken guardrail; one nobody was written to, its names hostile; one of another workspace. */
export async function seedExperiments(store: Store, clock: StandingClock): Promise<void> {
	await runTrial(store, clock, { id: 'subject', name: 'Subject line', arms: [{ id: 'short', name: 'Short', contacts: 60, clicks: 6, at: THURSDAY }, { id: 'question', name: 'A question', contacts: 60, clicks: 24, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'split', name: 'Opening line', channel: 'whatsapp', arms: [{ id: 'a', name: 'Plain', contacts: 50, at: TUESDAY }, { id: 'b', name: 'Warm', contacts: 12, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'harm', name: 'Closing line', channel: 'sms', arms: [{ id: 'a', name: 'Thanks', contacts: 40, at: TUESDAY }, { id: 'b', name: 'Last chance', contacts: 40, optOuts: 9, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'odd', name: `odd ${HOSTILE}`, metric: `odd ${HOSTILE}`, arms: [{ id: 'a', name: `A ${HOSTILE}`, contacts: 0, at: TUESDAY }, { id: `b ${HOSTILE}`, name: 'B', contacts: 0, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'fresh', name: `fresh ${HOSTILE}`, arms: [{ id: 'a', name: `A ${HOSTILE}`, contacts: 0, at: TUESDAY }, { id: `b ${HOSTILE}`, name: `B ${HOSTILE}`, contacts: 0, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'theirs', name: 'Secret of beta', workspace: 'beta', channel: 'messenger', arms: [{ id: 'a', name: 'A', contacts: 3, clicks: 1, at: TUESDAY }, { id: 'b', name: 'B', contacts: 3, at: TUESDAY }] });
	clock.time = NOW;
}

export const SALES = {
	id: 'sales',
	name: 'Sales',
	stages: [
		{ id: 'new', name: 'New', type: 'LEAD' as const, order: 1 },
		{ id: 'talking', name: 'In conversation', type: 'IN_PROGRESS' as const, order: 2 },
		{ id: 'offer', name: 'Offer sent', type: 'IN_PROGRESS' as const, order: 3 },
		{ id: 'signed', name: 'Signed', type: 'WON' as const, order: 4 },
		{ id: 'gone', name: 'Lost', type: 'LOST' as const, order: 5 },
	],
};

const NAMES = ['Aylin Yılmaz', 'Bernd Krüger', 'Chloé Martin', 'Dmitri Petrov', 'Emma Müller', 'Farid Haddad', 'Greta Lindqvist', 'Hugo Santos', 'Ines Novak', 'Jonas Weber'];

/** 30 in New, of whom 2 went on and one of them signed; hostile names of pipeline, stage and contact; one held back; somebody in beta. */
export async function seedPipelines(store: Store, clock: StandingClock): Promise<void> {
	const move = (contactId: string, stageId: string, expectedStageId?: string, more: { pipelineId?: string; workspace?: string; rule?: string; sentence?: string } = {}) => ({
		workspace: more.workspace ?? 'acme', contactId, pipelineId: more.pipelineId ?? 'sales', stageId, expectedStageId, setBy: 'model' as const, score: 61,
		log: { rule: more.rule ?? 'score_range', actor: 'engine', sentence: more.sentence ?? `Moved to '${stageId}': score 61 lies in its range 40–70.` },
	});
	await store.pipelines.save('acme', [SALES, { id: `p ${HOSTILE}`, name: `Partners ${HOSTILE}`, stages: [{ id: `s ${HOSTILE}`, name: `Asked ${HOSTILE}`, type: 'LEAD', order: 1 }] }]);
	await store.pipelines.save('beta', [{ ...SALES, name: 'Pipeline of beta' }]);
	const people = Array.from({ length: 30 }, (_, at) => `lead-${String(at).padStart(2, '0')}`);
	await store.contacts.upsert('acme', people.map((id, at) => ({ id, name: `${NAMES[at % NAMES.length]} ${at + 1}`, company: `Firm ${at + 1}`, email: `${id}@x.example` })));
	await store.contacts.upsert('beta', [{ id: 'theirs', name: 'Contact of beta' }]);
	await store.pipelines.changeStages(people.map((id) => move(id, 'new')));
	await store.pipelines.changeStages([move('mallory', `s ${HOSTILE}`, undefined, { pipelineId: `p ${HOSTILE}`, sentence: `Why ${HOSTILE}` }), move('theirs', 'new', undefined, { workspace: 'beta' })]);
	clock.advance(3 * DAY);
	await store.pipelines.changeStages([move('lead-00', 'talking', 'new'), move('lead-01', 'talking', 'new', { rule: 'recommended', sentence: "Moved to 'In conversation': the model recommends it." })]);
	clock.advance(DAY);
	await store.pipelines.changeStages([move('lead-01', 'signed', 'talking', { rule: 'status', sentence: "Moved to 'Signed': the status is WON." })]);
	await store.pipelines.recordHeld([{ workspace: 'acme', contactId: 'lead-02', pipelineId: 'sales', stageId: 'gone', log: { rule: 'downgrade_protection', actor: 'engine', sentence: 'Held.' } }]);
	await store.reviews.open([{ workspace: 'acme', kind: 'stage', contactId: 'lead-02', sentence: 'Down?', dueAt: later(clock.time, DAY) }]);
	clock.advance(DAY);
}
