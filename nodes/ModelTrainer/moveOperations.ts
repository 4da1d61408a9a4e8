import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isVersionMetric, VERSION_METRICS, versionMetricName, type VersionMetric } from '../../engine/training/versionMetrics';
import { MEMORY_POLICY } from '../../engine/training/memory';
import type { ModelVersion } from '../../engine/training/modelVersion';
import { compareNumbers, readVersion, writeVersion } from '../../engine/training/versionNumber';
import { iso } from '../../engine/time';
import type { Store, VersionMove } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readNumber, readOptionalText, readText } from '../shared/readParameter';
import { eachItem } from './eachItem';

const LISTED = 100;
const MOST_LOOKS = 104;

/** A version as an item carries it. */
export function modelItem({ createdAt, startedAt, shareSince, deployedAt, endedAt, ...version }: ModelVersion): object {
	const times = Object.entries({ createdAt, startedAt, shareSince, deployedAt, endedAt }).flatMap(([name, at]) => (at === undefined ? [] : [[name, iso(at)]]));
	return { ...version, ...Object.fromEntries(times) };
}

function result({ changed, version, sentence }: VersionMove, remedy: string): object {
	if (!changed || !version) throw new ItemInputError(sentence, remedy);
	return { model: { ...modelItem(version), sentence } };
}

function readName(context: IExecuteFunctions, index: number): string | undefined {
	const written = readOptionalText(context, 'version', index);
	if (written === undefined) return undefined;
	const number = readVersion(written);
	if (!number) throw new ItemInputError(`'Version' is '${written.slice(0, 40)}', which is no version`, 'Write it as Leaderboard lists it, e.g. v2.1.0.');
	return writeVersion(number);
}

interface DeployParameters {
	version?: string;
	metric: VersionMetric;
	share: number;
	horizon: number;
}

function readDeploy(context: IExecuteFunctions, index: number): DeployParameters {
	const metric = readText(context, 'metric', index, 'Metric');
	if (!isVersionMetric(metric)) throw new ItemInputError(`'Metric' is '${metric.slice(0, 40)}', which is not known`, `Use one of: ${VERSION_METRICS.join(', ')}.`);
	const share = readNumber(context, 'share', index, 'First Share');
	if (!(share > 0 && share <= 0.5)) throw new ItemInputError(`'First Share' must lie above 0 and not above 0.5, but is ${share}`, 'Write 10 % as 0.1. Above a half the deployed version would be the one under test.');
	const horizon = readNumber(context, 'looks', index, 'Weekly Looks');
	if (!Number.isInteger(horizon) || horizon < 1 || horizon > MOST_LOOKS) throw new ItemInputError(`'Weekly Looks' must be a whole number from 1 to ${MOST_LOOKS}, but is ${horizon}`);
	const version = readName(context, index);
	return { ...(version === undefined ? {} : { version }), metric, share, horizon };
}

/** The version named, else the newest that is ready. */
async function ready(store: Store, workspace: string, name: string | undefined): Promise<ModelVersion> {
	if (name !== undefined) {
		const [found] = await store.models.find(workspace, [name]);
		if (!found) throw new ItemInputError(`There is no model version '${name}' in workspace '${workspace}'`, 'Leaderboard lists those there are.');
		return found;
	}
	const waiting = (await store.models.list(workspace, LISTED)).filter(({ status }) => status === 'candidate');
	const [newest] = waiting.toSorted((a, b) => b.createdAt - a.createdAt || compareNumbers(readVersion(b.version) ?? { major: 0, minor: 0, patch: 0 }, readVersion(a.version) ?? { major: 0, minor: 0, patch: 0 }));
	if (!newest) throw new ItemInputError(`No version is ready to be deployed in workspace '${workspace}'`, 'Train one with Start Training first.');
	return newest;
}

async function deploy(store: Store, workspace: string, { version: name, metric, share, horizon }: DeployParameters): Promise<object> {
	const version = await ready(store, workspace, name);
	if (version.backend === 'example_memory' && version.examples < MEMORY_POLICY.leastExamples) {
		throw new ItemInputError(`${version.version} holds ${version.examples} examples, and ${MEMORY_POLICY.leastExamples} are needed before it may serve anybody`, 'Check Readiness says what is missing.');
	}
	const sentence = `${version.version} serves ${Math.round(share * 100)} % of contacts, compared by ${versionMetricName(metric)} at up to ${horizon} weekly looks.`;
	return result(await store.models.deploy({ workspace, version: version.version, share, metric, horizon, by: 'Model Trainer', sentence }), 'Compare shows how the present candidate does.');
}

export async function deployOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, (index) => readDeploy(context, index), deploy);
}

interface Decision {
	by: string;
	version?: string;
	token?: string;
	reason?: string;
}

async function promote(store: Store, workspace: string, { by, token = '' }: Decision): Promise<object> {
	const { canary } = await store.models.serving(workspace);
	if (!canary) throw new ItemInputError('No candidate serves a share of contacts, so there is nothing to promote', 'Deploy one first.');
	const sentence = `${by} promoted ${canary.version} to everybody.`;
	return result(await store.models.promote({ workspace, version: canary.version, token, by, sentence }), 'Run Compare, look at what it says, and hand its token on.');
}

export async function promoteOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(context, (index) => ({ by: readText(context, 'by', index, 'Decided By'), token: readText(context, 'token', index, 'Token') }), promote);
}

async function rollBack(store: Store, workspace: string, { by, version: name, reason }: Decision): Promise<object> {
	const { deployed, canary } = await store.models.serving(workspace);
	const version = name === undefined ? canary : [canary, deployed].find((one) => one?.version === name);
	if (!version) throw new ItemInputError(name === undefined ? 'No candidate serves a share of contacts, so there is nothing to take out' : `${name} serves nobody at present, so there is nothing to take out`, 'Name the deployed version to go back to the one before it.');
	const sentence = `${by} rolled ${version.version} back${reason === undefined ? '' : `: ${reason.replace(/\.$/, '')}`}.`;
	const from = version.status === 'deployed' ? 'deployed' : 'canary';
	return result(await store.models.rollBack({ workspace, version: version.version, from, to: 'rolled_back', by, sentence }), 'Leaderboard shows where each version stands.');
}

export async function rollBackOperation(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await eachItem(
		context,
		(index) => {
			const [version, reason] = [readName(context, index), readOptionalText(context, 'reason', index)];
			return { by: readText(context, 'by', index, 'Decided By'), ...(version === undefined ? {} : { version }), ...(reason === undefined ? {} : { reason }) };
		},
		rollBack,
	);
}
