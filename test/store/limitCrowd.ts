import { join } from 'node:path';
import { z } from 'zod';
import { countedDecision } from '../../engine/limit/countedDecision';
import { decideAllowance, type LimitDecision } from '../../engine/limit/decideAllowance';
import type { LimitRequest, LimitRule } from '../../engine/limit/rule';
import { scopesOf } from '../../engine/limit/scopes';
import { epochMs, MINUTE } from '../../engine/time';
import type { StoreConfig } from '../../store/config';
import { openStore } from '../../store/openStore';
import type { ReserveRequest, Store } from '../../store/store';
import { seeded } from '../seeded';
import { NodeProcess } from '../services/nodeProcess';

/** A request as Rate Limit makes it. */
export function limitRequest(rules: readonly LimitRule[], request: LimitRequest, idempotencyKey: string, workspace = 'acme'): ReserveRequest<LimitDecision> {
	return { workspace, idempotencyKey, at: epochMs(request.at), scopes: scopesOf(rules, request), decide: (entries) => decideAllowance(rules, request, entries), counted: countedDecision(rules, request) };
}

const CHANNELS = ['email', 'whatsapp'] as const;
const SENDERS = 4;
const CONTACTS = 200;
const TOTAL = 700;
/** Five rules. In the end the last one is full to the brim, however the crowd pushed. */
const RULES: readonly LimitRule[] = [
	{ id: 'channelDay', name: '5 a day on a channel', scope: 'contact_channel', window: { kind: 'day' }, limit: 5 },
	{ id: 'contactDay', name: '8 a day', scope: 'contact', window: { kind: 'day' }, limit: 8 },
	{ id: 'contactHour', name: '7 an hour', scope: 'contact', window: { kind: 'rolling', seconds: 3_600 }, limit: 7 },
	{ id: 'senderDay', name: '200 a day', scope: 'sender', window: { kind: 'day' }, limit: 200 },
	{ id: 'allHour', name: `${TOTAL} an hour`, scope: 'workspace', window: { kind: 'rolling', seconds: 3_600 }, limit: TOTAL },
];

const AdmissionSchema = z.object({ contact: z.number(), channel: z.enum(CHANNELS), sender: z.number(), at: z.number(), id: z.string() });
type Admission = z.infer<typeof AdmissionSchema>;
export const ReportSchema = z.object({ calls: z.number(), live: z.array(AdmissionSchema), released: z.number(), lapsed: z.number(), wrong: z.array(z.string()) });
export type Report = z.infer<typeof ReportSchema>;

interface Push {
	calls: number;
	callers: number;
	seed: number;
}

function drawn(random: () => number): Omit<Admission, 'at' | 'id'> {
	// Some contacts are written to far more than others.
	return { contact: Math.floor(random() ** 3 * CONTACTS), channel: CHANNELS[Math.floor(random() * 2)], sender: Math.floor(random() * SENDERS) };
}

async function ask(store: Store, who: Omit<Admission, 'at' | 'id'>, key: string, lapseMs: number): Promise<{ admission?: Admission; repeated: boolean }> {
	const at = await store.clock.now();
	const request = limitRequest(RULES, { contact: `c${who.contact}`, channel: who.channel, sender: `s${who.sender}`, at }, key);
	const [{ decision, reservationId, repeated }] = await store.limits.reserve([request], lapseMs);
	return { admission: decision.allowed && reservationId !== undefined ? { ...who, at, id: reservationId } : undefined, repeated };
}

/** What one process does: many callers at once; of what they get they keep some, give some back and let some lapse. */
export async function push(store: Store, { calls, callers, seed }: Push): Promise<Report> {
	const report: Report = { calls, live: [], released: 0, lapsed: 0, wrong: [] };
	let next = 0;
	const caller = async (number: number): Promise<void> => {
		const random = seeded(seed * 1_000 + number);
		while (next < calls) {
			const key = `${seed}-${next++}`;
			const fate = random();
			const who = drawn(random);
			const { admission } = await ask(store, who, key, fate < 0.1 ? 40 : 15 * MINUTE);
			if (!admission) continue;
			if (fate < 0.1) report.lapsed++;
			else if (fate < 0.4) {
				await store.limits.release('acme', [admission.id]);
				report.released++;
			} else {
				if (fate < 0.6) await store.limits.commit('acme', [admission.id]);
				if (fate < 0.7) {
					const again = await ask(store, who, key, 15 * MINUTE);
					if (!again.repeated || again.admission?.id !== admission.id) report.wrong.push(`${key} was counted twice`);
				}
				report.live.push(admission);
			}
		}
	};
	await Promise.all(Array.from({ length: callers }, async (_, number) => await caller(number)));
	return report;
}

async function reportOf({ first }: NodeProcess): Promise<Report> {
	const said = await first;
	const report = ReportSchema.safeParse(said);
	if (!report.success) throw new Error(JSON.stringify(said));
	return report.data;
}

/** Four processes of sixteen callers each on one store. `meanwhile` runs beside them, and is told when they have ended. */
export async function crowd(config: StoreConfig, calls: number, meanwhile: (ended: AbortSignal) => Promise<void> = async () => undefined): Promise<Report> {
	const processes = Array.from({ length: 4 }, (_, number): NodeProcess => {
		const task: Push = { calls: Math.floor(calls / 4), callers: 16, seed: number + 1 };
		return new NodeProcess(join(__dirname, 'worker.ts'), ['limits', JSON.stringify(config), JSON.stringify(task)]);
	});
	const ended = new AbortController();
	let reports: Report[];
	try {
		[reports] = await Promise.all([Promise.all(processes.map(reportOf)).finally(() => ended.abort()), meanwhile(ended.signal)]);
	} finally {
		// When one fails the others must not go on.
		await Promise.all(processes.map(async (each) => await each.end()));
	}
	return { calls, live: reports.flatMap(({ live }) => live), released: reports.reduce((sum, { released }) => sum + released, 0), lapsed: reports.reduce((sum, { lapsed }) => sum + lapsed, 0), wrong: reports.flatMap(({ wrong }) => wrong) };
}

/** Fills up what is left, one call at a time. Returns all admissions that count then. */
export async function fillUp(config: StoreConfig, { live }: Report): Promise<Admission[]> {
	const store = await openStore(config, { idleCloseMs: 0 });
	const all = [...live];
	try {
		for (let contact = 0; contact < CONTACTS; contact++) {
			for (let sender = 0; sender < SENDERS; sender++) {
				const { admission } = await ask(store, { contact, channel: CHANNELS[sender % 2], sender }, `fill-${contact}-${sender}`, 15 * MINUTE);
				if (admission) all.push(admission);
			}
		}
	} finally {
		await store.close();
	}
	return all;
}

/** Counted by hand: what is over a limit, twice, or lost. All within an hour; days are told apart. */
export function brokenLimits(admissions: readonly Admission[]): string[] {
	const broken: string[] = [];
	const most = (name: string, limit: number, keyOf: (admission: Admission) => string): void => {
		for (const [key, members] of Map.groupBy(admissions, keyOf)) if (members.length > limit) broken.push(`${members.length} ${name} ${key}, ${limit} allowed`);
	};
	const day = ({ at }: Admission): string => new Date(at).toISOString().slice(0, 10);
	most('to', 5, (each) => `${each.contact} ${each.channel} ${day(each)}`);
	most('a day to', 8, (each) => `${each.contact} ${day(each)}`);
	most('an hour to', 7, (each) => `${each.contact}`);
	most('from', 200, (each) => `${each.sender} ${day(each)}`);
	if (new Set(admissions.map(({ id }) => id)).size !== admissions.length) broken.push('two got the same place');
	if (admissions.length !== TOTAL) broken.push(`${admissions.length} in all, ${TOTAL} is the limit`);
	return broken;
}
