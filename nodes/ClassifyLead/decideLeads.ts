import type { IExecuteFunctions } from 'n8n-workflow';
import { withEvidence } from '../../engine/classify/evidence';
import { blendLearned } from '../../engine/classify/learnedScore';
import { leadFeatures } from '../../engine/classify/leadFeatures';
import { LEAD_SCORE_POLICY } from '../../engine/classify/leadScore';
import { epochMs, type EpochMs } from '../../engine/time';
import { MOST_MODEL_CALLS } from '../../llm/concurrency';
import type { Store } from '../../store/store';
import { commitIsolated, settled, type ReadItem, type Settled } from '../shared/batch';
import { openNodeEmbeddings, type NodeEmbeddings } from '../shared/embeddings';
import { localModelsOnly } from '../shared/localModels';
import { openNodeModel, type NodeModel } from '../shared/model';
import { isToolRun } from '../shared/modelSource';
import { perWorkspace } from '../shared/perWorkspace';
import { ItemInputError } from '../shared/errors';
import { readNumber, readOptionalText } from '../shared/readParameter';
import { isReplay } from '../shared/replay';
import { connectedVectorStore, type VectorStoreSearch } from '../shared/vectorStore';
import { classifyLeads, whyNot, type Classified } from './answerLeads';
import { findEvidence } from './findEvidence';
import { learnFromOutcomes, type Learned } from './learnFromOutcomes';
import { loadLeads, type Lead } from './loadLeads';
import { CLASSIFY_OUTPUTS } from './description';
import type { LeadParameters } from './readLead';
import { saveLeads } from './saveLeads';
import { saveSummaries, summariseLeads, summaryTime, type Summarised } from './summariseLeads';

/** What an item gets, and the place of its output among Hot, Warm, Cold and Unsure. */
export interface LeadResult {
	output: number;
	json: object;
}

const UNSURE = CLASSIFY_OUTPUTS.indexOf('Unsure');
const OUTPUT = { hot: CLASSIFY_OUTPUTS.indexOf('Hot'), warm: CLASSIFY_OUTPUTS.indexOf('Warm'), cold: CLASSIFY_OUTPUTS.indexOf('Cold') } as const;

function classifiedResult({ lead, classification, refined, sentence }: Classified): LeadResult {
	const read = refined ?? lead.reply;
	const reply = read && { reply: read };
	// Nothing known is no score: the key stays away, and why is said under another one.
	if (!classification) return { output: UNSURE, json: { ...reply, notClassified: { sentence } } };
	return { output: classification.abstained ? UNSURE : OUTPUT[classification.intent], json: { ...reply, classification } };
}

function summarisedResult({ lead, summary }: Summarised, now: EpochMs): LeadResult {
	const contact = lead.params.about.id !== undefined && summary.text !== undefined ? { contact: { ...lead.params.about, summary: summary.text, summaryAt: summary.unchanged ? lead.about.summaryAt : summaryTime(lead, now) } } : {};
	return { output: 0, json: { ...(lead.reply && { reply: lead.reply }), ...contact, summary } };
}

interface Run {
	/** Where results are kept; undefined without a store and for an agent's tool, which changes nothing. */
	keep: Store | undefined;
	store: Store | undefined;
	model: NodeModel;
	embeddings: NodeEmbeddings | undefined;
	vectorStore: VectorStoreSearch | undefined;
	now: EpochMs;
	/** Tells the user something once a run. */
	tell(message: string, type: 'info' | 'warning'): void;
	warn(event: string, detail: { workspace: string; kind: string }): void;
}

async function commit<T extends { lead: Lead }>(run: Run, results: T[], save: (store: Store, batch: T[]) => Promise<T[]>): Promise<Settled<T>[]> {
	const { keep } = run;
	if (!keep) return results.map(settled.ok);
	// What a message of the past says about a lead is older than what is known.
	const isCurrent = ({ lead }: T): boolean => !isReplay(lead.params.message);
	const saved = await commitIsolated(results.filter(isCurrent), (batch) => save(keep, batch));
	let next = 0;
	return results.map((result) => (isCurrent(result) ? saved[next++] : settled.ok(result)));
}

function mapped<T>(results: Settled<T>[], write: (value: T) => LeadResult): Settled<LeadResult>[] {
	return results.map((result) => (result.ok ? settled.ok(write(result.value)) : result));
}

/** What is learnt is an addition: when it fails, leads are classified without it. */
async function learnSafely(run: Run, store: Store, workspace: string): Promise<Learned | undefined> {
	try {
		return await learnFromOutcomes(store, workspace, run.keep !== undefined);
	} catch (error) {
		run.warn('autopilot_learning_failed', { workspace, kind: error instanceof Error ? error.name : typeof error });
		run.tell('What was learnt from outcomes could not be read, so scores are the model\'s or the rules\' own this time.', 'warning');
		return undefined;
	}
}

/** The answer with what was found beside it and the learned score blended in. */
function completed(one: Classified, snippets: Parameters<typeof withEvidence>[1], learned: Learned | undefined, now: EpochMs): Classified {
	const { lead, classification } = one;
	if (!classification) return one;
	const features = leadFeatures({ conversation: lead.conversation, contact: lead.about, reply: lead.reply, language: lead.params.message?.language }, now);
	const seen = withEvidence(classification, snippets);
	return { ...one, features, classification: learned?.record ? blendLearned(seen, learned.record, features) : seen };
}

function tellProgress(run: Run, { record, conversions }: Learned): void {
	if (record || conversions === 0) return;
	run.tell(`The learned score begins at ${LEAD_SCORE_POLICY.minimumConversions} conversions; there are ${conversions} to learn from so far. Until then the score is the model's or the rules' own.`, 'info');
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
	const { useKnowledge, redact, blendLearned: blends } = leads[0].params;
	const learned = store && (useKnowledge || blends) ? await learnSafely(run, store, workspace) : undefined;
	const staysHome = localModelsOnly(settings);
	// Where a connected store sends what is searched for cannot be told.
	if (staysHome && run.vectorStore) run.tell('Only local models are allowed, so the connected vector store was not searched: add the documents with Lead Autopilot → Knowledge.', 'warning');
	const sources = { store, embeddings: run.embeddings?.access(workspace, settings), vectorStore: staysHome ? undefined : run.vectorStore, mayWrite: run.keep !== undefined, redact, signal: run.embeddings?.signal, tell: (problem: string) => run.tell(problem, 'warning') };
	const evidence = useKnowledge ? await findEvidence(workspace, leads.map((lead) => (whyNot(lead) === undefined ? lead : undefined)), sources) : leads.map(() => []);
	const answered = await classifyLeads({ store, workspace, model, access, now }, leads, evidence);
	const classified = answered.map((one, place) => completed(one, evidence[place], blends ? learned : undefined, now));
	if (blends && learned) tellProgress(run, learned);
	const saved = await commit(run, classified, (keep, batch) => saveLeads(keep, workspace, batch, now));
	return mapped(saved, classifiedResult);
}

/** How many model calls run at once; one number a node run. */
function readCallsAtOnce(context: IExecuteFunctions): number {
	const value = readNumber(context, 'callsAtOnce', 0, 'Model Calls at Once');
	if (!Number.isInteger(value) || value < 1 || value > MOST_MODEL_CALLS) throw new ItemInputError(`'Model Calls at Once' must be a whole number from 1 to ${MOST_MODEL_CALLS}, but is ${value}`);
	return value;
}

/** Loads, answers and keeps a batch of leads. One result an item, in order. */
export async function decideLeads(context: IExecuteFunctions, store: Store | undefined, items: ReadItem<LeadParameters>[]): Promise<Settled<LeadResult>[]> {
	const now = store ? await store.clock.now() : epochMs(Date.now());
	const looksUp = items[0].params.what === 'full' && items[0].params.useKnowledge;
	const told = new Set<string>();
	const run: Run = {
		store,
		keep: isToolRun(context) ? undefined : store,
		model: await openNodeModel(context, store, readCallsAtOnce(context)),
		embeddings: looksUp && store ? await openNodeEmbeddings(context, store, readOptionalText(context, 'embeddingsModel', 0)) : undefined,
		vectorStore: looksUp ? await connectedVectorStore(context) : undefined,
		now,
		tell(message, type) {
			if (!told.has(message)) context.addExecutionHints({ message, location: 'outputPane', type });
			told.add(message);
		},
		warn: (event, detail) => context.logger.warn(event, detail),
	};
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
