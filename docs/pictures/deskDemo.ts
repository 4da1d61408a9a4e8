import { DAY, HOUR, later, MINUTE } from '../../engine/time';
import type { StoreConfig } from '../../store/config';
import type { Store } from '../../store/store';
import { fillMonth } from '../../test/desk/healthSeed';
import { NOW, runTrial, SALES, TUESDAY } from '../../test/desk/learntWorld';
import { draftWaits, oneOfEach } from '../../test/desk/reviewWorld';
import { CLAIM, newDraft, sendNow, type StandingClock } from '../../test/store/fixtures';
import { FigureWorld } from '../../test/store/figureWorld';

const WORKSPACE = 'acme';
const PEOPLE = ['Aylin Yılmaz', 'Bernd Krüger', 'Chloé Martin', 'Dmitri Petrov', 'Emma Müller', 'Farid Haddad', 'Greta Lindqvist', 'Hugo Santos', 'Ines Novak', 'Jonas Weber', 'Katarzyna Zielińska', 'Luca Bianchi'];
const FIRMS = ['Berger Bau GmbH', 'Northwind Ltd', 'Atelier Martin', 'Petrov & Co', 'Müller Küchen', 'Haddad Fitness'];

/** A month at an agency's client, with something on every tab. */
export async function seedDeskDemo(store: Store, clock: StandingClock, config: StoreConfig): Promise<void> {
	await store.accounts.upsert([
		{ workspace: WORKSPACE, channel: 'whatsapp', externalId: '1000', name: 'Sales', enabled: true },
		{ workspace: WORKSPACE, channel: 'email', externalId: 'hello@acme.example', name: 'hello@acme.example', enabled: true },
	]);
	await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'assist', timezone: 'Europe/Berlin' }, 'eva@agency.example');
	await runTrial(store, clock, { id: 'subject', name: 'Subject line', arms: [{ id: 'short', name: 'Short', contacts: 60, clicks: 6, at: TUESDAY }, { id: 'question', name: 'A question', contacts: 60, clicks: 24, at: TUESDAY }] });
	await runTrial(store, clock, { id: 'opening', name: 'Opening line', channel: 'whatsapp', arms: [{ id: 'plain', name: 'Plain', contacts: 44, clicks: 9, at: TUESDAY }, { id: 'warm', name: 'Warm', contacts: 46, clicks: 11, at: TUESDAY }] });
	clock.time = later(NOW, -4 * DAY);
	await pipeline(store, clock);
	clock.time = NOW;
	const world = new FigureWorld(WORKSPACE);
	fillMonth(world, NOW);
	world.outcome('deal_won', 'c3', later(NOW, -DAY), { value: 1_200, currency: 'EUR' }).outcome('deal_won', 'c7', later(NOW, -3 * DAY), { value: 4_200, currency: 'EUR' });
	world.outcome('meeting_booked', 'c5', later(NOW, -2 * DAY)).outcome('meeting_booked', 'c9', later(NOW, -5 * DAY));
	await world.write(config);
	await reviews(store);
	await outbox(store);
	await store.accounts.upsert([{ channel: 'instagram', externalId: '17841400000000001', workspace: WORKSPACE, name: 'Acme Kitchens on Instagram', enabled: true }]);
	const [{ run }] = await store.runs.request([{ workspace: WORKSPACE, kind: 'reanalysis', options: { limit: 120 }, requestedBy: 'eva@agency.example' }]);
	await store.runs.begin(WORKSPACE, run.id, HOUR);
	clock.advance(4 * MINUTE);
	const items = Array.from({ length: 57 }, (_, at) => ({ itemId: `lead-${at}`, result: at === 11 ? ('failed' as const) : ('done' as const), ...(at === 11 ? { error: 'The model did not answer in time', code: '504', platform: 'email' } : {}) }));
	await store.runs.advance(WORKSPACE, run.id, { items, total: 120, leaseMs: HOUR });
}

async function pipeline(store: Store, clock: StandingClock): Promise<void> {
	await store.pipelines.save(WORKSPACE, [SALES]);
	const people = PEOPLE.map((name, at) => ({ id: `lead-${at}`, name, company: FIRMS[at % FIRMS.length], email: `lead${at}@mail.example` }));
	await store.contacts.upsert(WORKSPACE, people);
	const move = (at: number, stageId: string, expectedStageId: string | undefined, score: number) => ({
		workspace: WORKSPACE, contactId: `lead-${at}`, pipelineId: SALES.id, stageId, expectedStageId, setBy: 'model' as const, score,
		log: { rule: 'score_range', actor: 'engine', sentence: `Score ${score} lies in the range of '${SALES.stages.find(({ id }) => id === stageId)?.name}'.` },
	});
	await store.pipelines.changeStages(people.map((_, at) => move(at, 'new', undefined, 20 + at)));
	clock.advance(DAY);
	await store.pipelines.changeStages([0, 1, 2, 3, 4].map((at) => move(at, 'talking', 'new', 44 + at)));
	clock.advance(DAY);
	await store.pipelines.changeStages([move(0, 'offer', 'talking', 71), move(1, 'offer', 'talking', 68)]);
	await store.contacts.saveClassification(WORKSPACE, people.map(({ id, name }, at) => {
		const score = [71, 68, 46, 47, 48][at] ?? 20 + at;
		return { contactId: id, classification: { intent: score > 60 ? 'hot' : score > 30 ? 'warm' : 'cold', score, status: score > 60 ? 'QUALIFIED' : 'CONTACTED', confidence: 0.82, summary: `${name} asks for an offer and wants to begin next month.`, reasons: ['asks for a price'], evidence: [], usedFallback: false, retryCount: 0, cached: false, abstained: false, sentence: `${score} points: asks for a price.` } };
	}));
}

async function reviews(store: Store): Promise<void> {
	await oneOfEach(store, WORKSPACE, later(NOW, -HOUR));
	await draftWaits(store, WORKSPACE, { key: 'bob', name: 'Bob Miller', asks: 'Do you ship to Austria?', answer: 'Hello Bob, yes, we ship to Austria. It takes three days.', at: later(NOW, -2 * HOUR), draft: { facts: ['We ship to Austria; it takes three days.'], confidence: 0.81 } });
	await draftWaits(store, WORKSPACE, { key: 'clemence', name: 'Clémence Dubois', asks: 'Pouvez-vous m’appeler demain ?', answer: 'Bonjour Clémence, avec plaisir. À quelle heure ?', at: later(NOW, -HOUR), draft: { language: 'fr', confidence: 0.74 } });
	await draftWaits(store, WORKSPACE, { key: 'daniel', name: 'Daniel Čech', asks: 'Can I get a discount for two?', answer: 'Hi Daniel, let me check this with the team and come back to you today.', at: later(NOW, -20 * MINUTE) });
	const { id } = await draftWaits(store, WORKSPACE, { key: 'frida', name: 'Frida Berg', asks: 'Is it in stock?', answer: 'Hello Frida, yes, it is.', at: later(NOW, -3 * HOUR) });
	await store.outbound.cancel(WORKSPACE, [id], 'The lead wrote again.', 'engine');
}

async function outbox(store: Store): Promise<void> {
	const planned = [
		{ contactId: 'lead-0', channel: 'email' as const, to: 'lead0@mail.example', text: 'Hello Aylin, here is the offer we talked about. Does Thursday at ten suit you?', inMs: 40_000 },
		{ contactId: 'lead-2', channel: 'email' as const, to: 'lead2@mail.example', text: 'Bonjour Chloé, the offer holds until Friday.', inMs: 16 * HOUR },
		{ contactId: 'lead-4', channel: 'whatsapp' as const, to: '491511000004', text: 'Hi Emma, shall I send you the two plans side by side?', inMs: 18 * HOUR },
	].map(({ text, inMs, ...rest }) => {
		const draft = newDraft({ workspace: WORKSPACE, purpose: 'outreach', ...rest });
		return { inMs, draft: { ...draft, draft: { ...draft.draft, text } } };
	});
	for (const { draft, inMs } of planned) await store.outbound.plan([{ workspace: WORKSPACE, draftId: draft.id, draft, sendAt: later(NOW, inMs) }], sendNow);
	const unclear = newDraft({ workspace: WORKSPACE, contactId: 'lead-5', channel: 'whatsapp', to: '491511000005' });
	await store.outbound.plan([{ workspace: WORKSPACE, draftId: unclear.id, draft: unclear, sendAt: later(NOW, -MINUTE) }], sendNow);
	await store.outbound.claimDue({ ...CLAIM, workspaces: [WORKSPACE] }, sendNow);
	await store.outbound.beginSend(WORKSPACE, [unclear.id]);
	await store.outbound.markFailed([{ workspace: WORKSPACE, id: unclear.id, failure: { kind: 'unknown', message: 'The connection was lost.' } }]);
}
