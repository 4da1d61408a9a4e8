import { setTimeout as pause } from 'node:timers/promises';

import type { Progress } from '../n8n/install';
import type { Sandbox } from '../sandbox';
import { feed, reportOutcomes, type Answer } from './feed';
import { ANSWERS, COLLEAGUE, LEADS, UNCERTAIN, type DemoLead } from './leads';
import { readRecords } from './records';
import { reportRows, reportTable, type ReportRow } from './report';
import { DEMO_WORKSPACE } from './workspace';

const SETTLE_TIMEOUT_MS = 180_000;
const LOOK_EVERY_MS = 1_000;
const TELL_EVERY_MS = 5_000;

/**
 * Feeds every sample lead, waits until each is settled, and gives the table. Leads that are on record already are sent
 * again all the same: that they change nothing is part of what is shown.
 */
export async function feedAll(sandbox: Sandbox, say: Progress, signal: AbortSignal): Promise<string> {
	const before = (await readRecords(sandbox.storeConfig, DEMO_WORKSPACE)).length;
	say(`Sending ${LEADS.length} sample leads through the real webhooks, triggers and forms${before > 0 ? ` (${before} messages are on record from earlier starts; repeats change nothing)` : ''} …`);
	if (before === 0) sandbox.standIns.script.next('whatsapp', { drop: true, to: UNCERTAIN });
	const rows = await feedEach(LEADS, sandbox, say, signal);
	if (!signal.aborted) {
		say('They answer, a colleague writes to one of them, and other systems report a meeting and a deal …');
		rows.push(...(await feedEach(ANSWERS, sandbox, say, signal)));
		sandbox.standIns.mail.fileSent(COLLEAGUE);
		await reportOutcomes(sandbox.urlOf('06', 'Other System')).catch((error: unknown) => say(`The reports could not be handed in: ${error instanceof Error ? error.message : String(error)}`));
	}
	if (before > 0) {
		const after = (await readRecords(sandbox.storeConfig, DEMO_WORKSPACE)).length;
		say(`${after - before} of them were new; the others were recognised.`);
	}
	return reportTable(rows);
}

async function feedEach(leads: readonly DemoLead[], sandbox: Sandbox, say: Progress, signal: AbortSignal): Promise<ReportRow[]> {
	const answers = new Map<DemoLead, Answer>();
	await Promise.all(
		leads.map(async (lead) => {
			answers.set(lead, await feed(sandbox, lead).catch((error: unknown) => ({ refused: [{ reason: `Could not be handed in: ${error instanceof Error ? error.message : String(error)}` }] })));
		}),
	);
	return await untilSettled(leads, sandbox, answers, say, signal);
}

async function untilSettled(leads: readonly DemoLead[], sandbox: Sandbox, answers: ReadonlyMap<DemoLead, Answer>, say: Progress, signal: AbortSignal): Promise<ReportRow[]> {
	const deadline = Date.now() + SETTLE_TIMEOUT_MS;
	let told = Date.now();
	for (;;) {
		const records = await readRecords(sandbox.storeConfig, DEMO_WORKSPACE);
		const rows = leads.flatMap((lead) => reportRows(lead, answers.get(lead) ?? { refused: [] }, records, Date.now()));
		const open = rows.filter(({ outcome }) => outcome === 'open').length;
		if (open === 0 || Date.now() > deadline || signal.aborted) return rows;
		if (Date.now() - told >= TELL_EVERY_MS) {
			told = Date.now();
			say(`${rows.length - open} of ${rows.length} settled …`);
		}
		await pause(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
	}
}
