import { mkdtempSync, rmSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { reportOn } from '../../nodes/AbVariant/reportExperiment';
import { PLAN_POLICY } from '../../engine/experiment/plan';
import { DAY, epochMs, HOUR, later, type EpochMs } from '../../engine/time';
import { openStore } from '../../store/openStore';
import { uniform } from '../uniform';
import { deliver } from './arrivals';
import { dispatch, reviewAll } from './dispatch';
import { Ledger, type WeekCounts } from './ledger';
import { leadOf, OPENINGS, streamOf } from './leads';
import { weeklyTraining, type VersionEvent } from './modelVersions';
import { EXPERIMENT, MOST_OPT_OUTS, planDay } from './planDay';
import { SimulatedClock } from './simulatedClock';
import type { Simulation } from './simulation';
import { standInModel } from './standIn';
import { drawMarket, WORLD, type Market, type WorldKind } from './world';

export interface Run {
	world: WorldKind;
	seed: number;
	learning: boolean;
	/** Fewer than the world's own, for a quick look. */
	weeks?: number;
	sendsAWeek?: number;
}

export interface RunResult extends Run {
	market: Market;
	weekly: WeekCounts[];
	/** The variant the experiment named the winner, and in which week, from 1. */
	variantWinner?: { id: string; week: number };
	/** What became of the model's versions, week by week. */
	versions: VersionEvent[];
	/** What the store has on record at the end, to be compared with the world's own count. */
	onRecord: { sent: number; replies: number; meetings: number; deals: number; optOuts: number };
}

const WORKSPACE = 'campaign';
/** Days of the week, Monday 0, on which leads are taken in, in equal parts. */
const INTAKE_DAYS = [0, 3];
/** UTC: leads are taken in before anybody's working day, reviews an hour later, then whatever is due leaves every hour. */
const HOURS = { plan: 4, review: 5, lastSend: 21 } as const;
const DELIVERIES_EVERY = 12;

/** Memory where there is some: the simulated store needs to survive nothing. */
const scratch = (): string => mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'lead-autopilot-flywheel-'));

async function open(run: Run, folder: string): Promise<Simulation> {
	const { seed, learning, world } = run;
	const clock = new SimulatedClock(epochMs(WORLD.startsOn));
	const store = await openStore({ kind: 'sqlite', file: path.join(folder, 'store.sqlite') }, { clock });
	await store.settings.set(WORKSPACE, { kind: 'workspace' }, { mode: 'auto', companyName: 'Guestline', senderName: 'Mara' }, 'simulation');
	await store.experiments.save([
		{ workspace: WORKSPACE, id: EXPERIMENT, name: EXPERIMENT, status: 'running', metric: 'positive_reply', method: learning ? 'thompson' : 'weighted', horizon: WORLD.weeks, guardrails: { ...PLAN_POLICY.guardrails, optOuts: MOST_OPT_OUTS }, variants: WORLD.variants.map((id) => ({ id, name: id, weight: 1, template: OPENINGS[id] })) },
	]);
	const simulation: Omit<Simulation, 'model'> = { store, clock, workspace: WORKSPACE, seed, learning, market: drawMarket(world, uniform(seed)), ledger: new Ledger(run.weeks ?? WORLD.weeks), leads: new Map(), weeks: new Map(), writing: new Map(), unsent: 0, toReview: [], pending: [], versionEvents: [] };
	const model = standInModel(world, (draftId) => {
		const { contactId = '', variantId = '' } = simulation.writing.get(draftId) ?? {};
		const number = simulation.leads.get(contactId) ?? 0;
		return { lead: leadOf(seed, number), variantId, rng: streamOf(seed, 'draft', number) };
	});
	return Object.assign(simulation, { model });
}

/** One day, hour by hour; the leads given are written to. */
async function day(simulation: Simulation, began: EpochMs, week: number, numbers: readonly number[]): Promise<void> {
	const { clock } = simulation;
	for (let hour = 0; hour < 24; hour += 1) {
		clock.goTo(later(began, hour * HOUR));
		if (hour % DELIVERIES_EVERY === 0) await deliver(simulation);
		if (hour === HOURS.plan && numbers.length > 0) await planDay(simulation, week, numbers);
		if (hour === HOURS.review) await reviewAll(simulation);
		if (hour >= HOURS.review && hour <= HOURS.lastSend) await dispatch(simulation);
	}
}

/** Monday morning: the experiment's report is read, and what it says is done. */
async function judgeVariants({ store, workspace, learning }: Simulation): Promise<string | undefined> {
	const [experiment] = await store.experiments.find(workspace, [EXPERIMENT]);
	if (!experiment || experiment.status !== 'running' || !learning) return undefined;
	const { verdict, winner } = await reportOn(store, experiment, true);
	if (verdict !== 'winner' || winner === undefined) return undefined;
	await store.experiments.move({ workspace, id: EXPERIMENT, from: 'running', to: 'completed', winner });
	return winner;
}

async function onRecord({ store, workspace }: Simulation): Promise<RunResult['onRecord']> {
	const count = async (events: Parameters<typeof store.outcomes.list>[1]['events']): Promise<number> => (await store.outcomes.list(workspace, { events, limit: 1_000_000 })).length;
	const answers = await store.outcomes.list(workspace, { events: ['replied'], limit: 1_000_000 });
	return { sent: await count(['sent']), replies: answers.length, meetings: await count(['meeting_booked']), deals: await count(['deal_won']), optOuts: (await count(['unsubscribed'])) + answers.filter(({ label }) => label === 'opt_out').length };
}

/** Runs one workspace through the weeks and on until the last outcome is known. */
export async function simulate(run: Run): Promise<RunResult> {
	const { weeks = WORLD.weeks, sendsAWeek = WORLD.sendsAWeek } = run;
	const folder = scratch();
	const simulation = await open(run, folder);
	try {
		const began = epochMs(WORLD.startsOn);
		let variantWinner: RunResult['variantWinner'];
		const batch = Math.round(sendsAWeek / INTAKE_DAYS.length);
		const lastDay = 7 * weeks + WORLD.lastReport / DAY + 7;
		for (let at = 0; at <= lastDay; at += 1) {
			const week = Math.floor(at / 7);
			const part = week < weeks ? INTAKE_DAYS.indexOf(at % 7) : -1;
			const first = (week * INTAKE_DAYS.length + part) * batch;
			if (at % 7 === 0 && at > 0) {
				simulation.clock.goTo(later(began, at * DAY));
				const winner = await judgeVariants(simulation);
				if (winner !== undefined) variantWinner = { id: winner, week };
				if (simulation.learning && week <= weeks) await weeklyTraining(simulation, week);
			}
			await day(simulation, later(began, at * DAY), week, part === -1 ? [] : Array.from({ length: batch }, (_, i) => first + i));
		}
		return { ...run, market: simulation.market, weekly: simulation.ledger.weeks(), variantWinner, versions: simulation.versionEvents, onRecord: await onRecord(simulation) };
	} finally {
		await simulation.store.close();
		rmSync(folder, { recursive: true, force: true });
	}
}
