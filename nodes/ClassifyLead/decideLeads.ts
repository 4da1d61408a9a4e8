import type { IExecuteFunctions } from 'n8n-workflow';
import { epochMs, iso, type EpochMs } from '../../engine/time';
import type { Store } from '../../store/store';
import { commitIsolated, settled, type ReadItem, type Settled } from '../shared/batch';
import { openNodeModel, type NodeModel } from '../shared/model';
import { isToolRun } from '../shared/modelSource';
import { perWorkspace } from '../shared/perWorkspace';
import { classifyLeads, type Classified } from './answerLeads';
import { loadLeads, type Lead } from './loadLeads';
import { CLASSIFY_OUTPUTS } from './description';
import type { LeadParameters } from './readLead';
import { saveLeads } from './saveLeads';
import { saveSummaries, summariseLeads, type Summarised } from './summariseLeads';

/** What an item gets, and the place of its output among Hot, Warm, Cold and Unsure. */
export interface LeadResult {
	output: number;
	json: object;
}

const UNSURE = CLASSIFY_OUTPUTS.indexOf('Unsure');
const OUTPUT = { hot: CLASSIFY_OUTPUTS.indexOf('Hot'), warm: CLASSIFY_OUTPUTS.indexOf('Warm'), cold: CLASSIFY_OUTPUTS.indexOf('Cold') } as const;

function classifiedResult({ lead, classification, sentence }: Classified): LeadResult {
	const reply = lead.reply && { reply: lead.reply };
	// Nothing known is no score: the key stays away, and why is said under another one.
	if (!classification) return { output: UNSURE, json: { ...reply, notClassified: { sentence } } };
	return { output: classification.abstained ? UNSURE : OUTPUT[classification.intent], json: { ...reply, classification } };
}

function summarisedResult({ lead, summary }: Summarised, now: EpochMs): LeadResult {
	const contact = lead.params.about.id !== undefined && summary.text !== undefined ? { contact: { ...lead.params.about, summary: summary.text, summaryAt: iso(now) } } : {};
	return { output: 0, json: { ...(lead.reply && { reply: lead.reply }), ...contact, summary } };
}

interface Run {
	/** Where results are kept; undefined without a store and for an agent's tool, which changes nothing. */
	keep: Store | undefined;
	store: Store | undefined;
	model: NodeModel;
	now: EpochMs;
}

async function commit<T>(run: Run, results: T[], save: (store: Store, batch: T[]) => Promise<T[]>): Promise<Settled<T>[]> {
	const { keep } = run;
	return keep ? await commitIsolated(results, (batch) => save(keep, batch)) : results.map(settled.ok);
}

function mapped<T>(results: Settled<T>[], write: (value: T) => LeadResult): Settled<LeadResult>[] {
	return results.map((result) => (result.ok ? settled.ok(write(result.value)) : result));
}

async function decideGroup(run: Run, workspace: string, what: LeadParameters['what'], leads: Lead[]): Promise<Settled<LeadResult>[]> {
	const { store, model, now } = run;
	const [settings] = store ? await store.settings.effective([{ workspace }]) : [];
	const access = model.access(workspace, settings);
	if (what === 'summary') {
		const summarised = await summariseLeads(leads, model, access);
		const saved = await commit(run, summarised, (keep, batch) => saveSummaries(keep, workspace, batch, now));
		return mapped(saved, (result) => summarisedResult(result, now));
	}
	const classified = await classifyLeads(store, workspace, leads, model, access, now);
	const saved = await commit(run, classified, (keep, batch) => saveLeads(keep, workspace, batch));
	return mapped(saved, classifiedResult);
}

/** Loads, answers and keeps a batch of leads. One result an item, in order. */
export async function decideLeads(context: IExecuteFunctions, store: Store | undefined, items: ReadItem<LeadParameters>[]): Promise<Settled<LeadResult>[]> {
	const now = store ? await store.clock.now() : epochMs(Date.now());
	const run: Run = { store, keep: isToolRun(context) ? undefined : store, model: await openNodeModel(context, store), now };
	return await perWorkspace(
		items,
		({ params }) => params.workspace,
		async (workspace, group) => {
			const loaded = await loadLeads(store, workspace, group);
			const leads = loaded.flatMap((lead) => (lead.ok ? [lead.value] : []));
			const decided = leads.length > 0 ? await decideGroup(run, workspace, group[0].params.what, leads) : [];
			let next = 0;
			return loaded.map((lead) => (lead.ok ? decided[next++] : lead));
		},
	);
}
