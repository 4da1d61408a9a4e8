import type { Run, RunState } from '../../../engine/runs/run';
import { epochMs, MINUTE } from '../../../engine/time';
import type { Account } from '../../../store/store';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Card, channelName, Empty, Field, Form, formatNumber, Link, Named, Select, Sentence, Table, When, type Tone } from '../../parts';
import type { DeskContext } from '../tab';
import { accountKey } from './actions';
import type { SyncWords } from './en';
import { ERRORS_SHOWN, RUNS_SHOWN, type SyncModel } from './load';

const TONES: Readonly<Record<RunState, Tone>> = { requested: 'neutral', running: 'info', waiting: 'warn', done: 'good', failed: 'bad', cancelled: 'warn' };
/** A request nobody took up for this long has probably no workflow: polls are seconds apart. */
const WAITS_LONG_MS = 10 * MINUTE;
const BAR = { width: 300, height: 8 } as const;

function accountName(run: Run, accounts: readonly Account[], language: Scope['language']): string | undefined {
	const { accountId, options } = run;
	if (accountId === undefined) return undefined;
	const account = accounts.find((one) => one.externalId === accountId && (options.channel === undefined || one.channel === options.channel));
	return [...(options.channel === undefined ? [] : [channelName(options.channel, language)]), account?.name ?? accountId].join(' · ');
}

/** How far a run is: a bar where the whole is known, the numbers in any case. */
function Progress({ run: { counts }, words }: { run: Run; words: SyncWords }, { language }: Scope): Child {
	const number = (value: number): string => formatNumber(value, language, 0);
	const { done, skipped, failed, total } = counts;
	const seen = done + skipped + failed;
	const text = total === undefined ? words.progressOpen(number(seen)) : words.progress(number(seen), number(Math.max(total, seen)));
	const filled = total === undefined || total <= 0 ? undefined : Math.round(BAR.width * Math.min(1, seen / total));
	return (
		<div class="progress">
			{filled === undefined ? null : <svg class="progress-bar" viewBox={`0 0 ${BAR.width} ${BAR.height}`} preserveAspectRatio="none" aria-hidden="true"><rect class="progress-all" width={BAR.width} height={BAR.height} /><rect class="progress-done" width={filled} height={BAR.height} /></svg>}
			<p>{text} · {words.counts(number(done), number(skipped), number(failed))}</p>
		</div>
	);
}

function RunRow({ run, accounts, words, may }: { run: Run; accounts: readonly Account[]; words: SyncWords; may: boolean }, { language, now }: Scope): Child {
	const name = words.kinds[run.kind];
	const about = accountName(run, accounts, language) ?? words.wholeWorkspace;
	const number = (value: number): string => formatNumber(value, language, 0);
	const { limit, skip } = run.options;
	const bounds = [...(limit === undefined ? [] : [words.bounds.limit(number(limit))]), ...(skip === undefined ? [] : [words.bounds.skip(number(skip))])];
	const open = run.finishedAt === undefined;
	const when = (at: string): Child => <When at={epochMs(at)} />;
	return (
		<li class="run">
			<div class="run-head">
				<h3>{name} · <Named>{about}</Named></h3>
				<Badge tone={open && run.cancelRequested ? 'warn' : TONES[run.state]}>{open && run.cancelRequested ? words.stopping : words.states[run.state]}</Badge>
			</div>
			{run.state === 'requested' ? null : <Progress run={run} words={words} />}
			<Sentence>{run.sentence}</Sentence>
			{run.waitsUntil === undefined ? null : <p class="run-waits">{words.waitsUntil}: {when(run.waitsUntil)}</p>}
			<p class="basis">{words.asked} {when(run.requestedAt)} {words.by} <Named>{run.requestedBy}</Named>{run.startedAt === undefined ? null : <> · {words.began} {when(run.startedAt)}</>}{run.finishedAt === undefined ? null : <> · {words.ended} {when(run.finishedAt)}</>}{bounds.length > 0 ? ` · ${bounds.join(', ')}` : ''}</p>
			{run.state === 'requested' && now - Date.parse(run.requestedAt) > WAITS_LONG_MS ? <p class="run-waits">{words.waitsLong}</p> : null}
			<div class="inline">
				{run.counts.failed > 0 ? <Link to={{ run: run.id }} class="button plain" item>{words.errors(number(run.counts.failed))}</Link> : null}
				{may && open && !run.cancelRequested ? <Form action="cancelRun" of={run.id} hidden={{ run: run.id }} class="inline" label={words.stopOf(`${name} · ${about}`)}><Button kind="danger">{words.stop}</Button></Form> : null}
			</div>
		</li>
	);
}

function Bounds({ words }: { words: SyncWords }): Child {
	return <><Field name="limit" type="number" label={words.limit} hint={words.limitHint} min={1} /><Field name="skip" type="number" label={words.skip} hint={words.skipHint} min={0} /></>;
}

function StartForms({ readable, words }: { readable: SyncModel['readable']; words: SyncWords }, { language }: Scope): Child {
	const nameOf = (account: Account): string => `${channelName(account.channel, language)} · ${account.name ?? account.externalId}`;
	const options = readable.map(({ account }) => ({ value: accountKey(account), label: nameOf(account) }));
	return (
		<div class="pair">
			<Card title={words.startSync}>
				<p class="quiet">{words.startSyncWhat}</p>
				{readable.length === 0 ? <Empty title={words.noAccounts}>{words.noAccountsHint}</Empty> : <Form action="startSync" class="start" label={words.startSync}><Select name="account" label={words.account} options={options} /><Bounds words={words} /><Button kind="main">{words.start}</Button></Form>}
				{readable.map(({ account, last }) => <p class="basis"><Named>{nameOf(account)}</Named> · {words.lastRead}: {last?.finishedAt === undefined ? words.neverRead : <When at={epochMs(last.finishedAt)} />}</p>)}
			</Card>
			<Card title={words.startAgain}>
				<p class="quiet">{words.startAgainWhat}</p>
				<Form action="startAgain" class="start" label={words.startAgain}>
					<Select name="kind" label={words.work} options={[{ value: 'reanalysis', label: words.kinds.reanalysis }, { value: 'reassignment', label: words.kinds.reassignment }]} />
					<Bounds words={words} />
					<Button kind="main">{words.start}</Button>
				</Form>
			</Card>
		</div>
	);
}

function ErrorsCard({ opened: { run, errors }, words }: { opened: NonNullable<SyncModel['opened']>; words: SyncWords }, { language }: Scope): Child {
	const rows = errors.map(({ platform, id, error, code, at }) => [<Named>{id}</Named>, platform === undefined ? '–' : <Named>{platform}</Named>, <Named>{error}</Named>, code === undefined ? '–' : <Named>{code}</Named>, <When at={at} />]);
	return (
		<Card title={words.errorsOf(words.kinds[run.kind])} aside={<Link to={{}} class="button quiet">{words.close}</Link>}>
			<Table caption={words.errorsOf(words.kinds[run.kind])} columns={[{ title: words.item, main: true }, { title: words.platform }, { title: words.error }, { title: words.code }, { title: words.when }]} rows={rows} empty={<Sentence>{run.sentence}</Sentence>} />
			{run.counts.failed > errors.length ? <p class="quiet">{words.errorsShown(formatNumber(ERRORS_SHOWN, language))}</p> : null}
		</Card>
	);
}

/** Runs with their progress, and what can be asked for. */
export function syncView({ runs, cut, opened, accounts, readable }: SyncModel, words: SyncWords, { reviewer, language }: DeskContext): Child {
	const may = mayAct(reviewer.role, 'reviewer');
	return (
		<>
			<p class="intro">{words.intro}</p>
			{opened === undefined ? null : <ErrorsCard opened={opened} words={words} />}
			<Card title={words.runs} aside={<Link to={{}} class="button plain">{words.refresh}</Link>}>
				{runs.length === 0 ? <Empty title={words.noRuns}>{words.who}</Empty> : <ul class="runs">{runs.map((run) => <RunRow run={run} accounts={accounts} words={words} may={may} />)}</ul>}
				{runs.length > 0 ? <p class="quiet">{cut ? `${words.more(formatNumber(RUNS_SHOWN, language))} ` : ''}{words.who}</p> : null}
			</Card>
			{may ? <StartForms readable={readable} words={words} /> : null}
		</>
	);
}
