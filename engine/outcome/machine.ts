import { z } from 'zod';
import { SECOND, type EpochMs } from '../time';
import data from './data/machineAgents.json';

const EVIDENCE = ['apple_mail_privacy', 'scanner', 'robot', 'head_request', 'provider'] as const;
/** By what a report itself shows that no person opened or clicked. */
export type MachineEvidence = (typeof EVIDENCE)[number];

const AgentsSchema = z.object({ asOf: z.iso.date(), sources: z.array(z.string()).min(1), exact: z.record(z.string(), z.enum(EVIDENCE)), contains: z.record(z.string(), z.enum(EVIDENCE)) });
const AGENTS = AgentsSchema.parse(data);
const CONTAINED = Object.entries(AGENTS.contains);

/**
 * When an open or click is no person's. Mail gateways open every link within seconds and before the mail is handed over;
 * nobody follows two links in two seconds. Policy of this pack; second-hand numbers.
 */
export const MACHINE_POLICY = {
	/** An open or click this soon after delivery (or before it), ms. */
	tooSoonMs: 10 * SECOND,
	/** Different links followed within this time, ms. */
	burstMs: 2 * SECOND,
} as const;

/** A longer text is no name of a program; of a hostile one only the beginning is looked at. */
const CHARACTERS_READ = 500;

/** What a report says about who asked: the program's name and the kind of request. */
export function machineEvidence({ userAgent, method }: { userAgent?: string; method?: string }): MachineEvidence | undefined {
	if (method?.toUpperCase() === 'HEAD') return 'head_request';
	const agent = userAgent?.slice(0, CHARACTERS_READ).trim().toLowerCase();
	if (agent === undefined || agent === '') return undefined;
	if (Object.hasOwn(AGENTS.exact, agent)) return AGENTS.exact[agent];
	return CONTAINED.find(([part]) => agent.includes(part))?.[1];
}

/** An open or click of one mail, as it was reported. */
export interface Touch {
	id: string;
	kind: 'opened' | 'clicked';
	at: EpochMs;
	machine: boolean;
	/** What was clicked, as a fingerprint. */
	link?: string;
}

/**
 * Which of one mail's opens and clicks are machines', by all that is known of the mail: the same set gives the same
 * answer, whatever the order it came in.
 * @param arrivedAt when the mail was delivered; when that is not known, when it was handed over
 */
export function machineTouches(touches: readonly Touch[], arrivedAt: EpochMs | undefined): Set<string> {
	const machines = new Set(touches.filter(({ machine, at }) => machine || (arrivedAt !== undefined && at < arrivedAt + MACHINE_POLICY.tooSoonMs)).map(({ id }) => id));
	const clicks = touches.filter(({ kind, link }) => kind === 'clicked' && link !== undefined).sort((a, b) => a.at - b.at);
	for (const [place, click] of clicks.entries()) {
		for (let next = place + 1; next < clicks.length && clicks[next].at - click.at <= MACHINE_POLICY.burstMs; next++) {
			if (clicks[next].link === click.link) continue;
			machines.add(click.id).add(clicks[next].id);
		}
	}
	return machines;
}
