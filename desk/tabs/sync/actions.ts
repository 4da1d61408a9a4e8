import { z } from 'zod';
import type { RunKind, RunOptions } from '../../../engine/runs/run';
import { defineAction, type ActionResult, type DeskContext } from '../tab';
import type { SyncWords } from './en';
import { isReadable } from './load';

/** More than any workspace has contacts: what is larger is a slip. */
const MOST_CONTACTS = 10_000_000;
/** Empty fields come as empty texts. */
const count = (least: number) => z.string().trim().transform((text) => (text === '' ? undefined : Number(text))).pipe(z.number().int().min(least).max(MOST_CONTACTS).optional()).optional();
const BoundsSchema = z.object({ limit: count(1), skip: count(0) });

const SyncSchema = BoundsSchema.extend({ account: z.string().min(1).max(400) });
const AgainSchema = BoundsSchema.extend({ kind: z.enum(['reanalysis', 'reassignment']) });
const CancelSchema = z.object({ run: z.string().min(1).max(100) });

/** How a form names an account: ids alone may be the same on two channels. */
export const accountKey = ({ channel, externalId }: { channel: string; externalId: string }): string => `${channel} ${externalId}`;

async function request({ store, workspace, reviewer }: DeskContext, { kind, accountId, options }: { kind: RunKind; accountId?: string; options: RunOptions }, words: SyncWords): Promise<ActionResult> {
	const [{ run, created }] = await store.runs.request([{ workspace, kind, options, requestedBy: reviewer.email, ...(accountId === undefined ? {} : { accountId }) }]);
	const name = words.kinds[kind];
	if (!created) return { notice: words.alreadyOpen(name), go: { run: run.id } };
	return { notice: words.requested(name), go: {}, decided: [{ kind: 'run_requested', workspace, facts: { runId: run.id, run: kind, accountId }, sentence: run.sentence }] };
}

const boundsOf = ({ limit, skip }: z.infer<typeof BoundsSchema>): RunOptions => ({ ...(limit === undefined ? {} : { limit }), ...(skip === undefined || skip === 0 ? {} : { skip }) });
const invalid = (words: SyncWords, field: string): string => (field === 'account' ? words.chooseAccount : field === 'kind' ? words.chooseWork : words.wholeNumber);

export const startSync = defineAction<SyncWords, z.infer<typeof SyncSchema>>({
	role: 'reviewer',
	schema: SyncSchema,
	invalid,
	async run(context, values, words): Promise<ActionResult> {
		const account = (await context.store.accounts.list(context.workspace)).find((one) => isReadable(one) && accountKey(one) === values.account);
		if (!account) return { refused: words.chooseAccount, fields: { account: words.chooseAccount } };
		return await request(context, { kind: 'sync', accountId: account.externalId, options: { ...boundsOf(values), channel: account.channel } }, words);
	},
});

export const startAgain = defineAction<SyncWords, z.infer<typeof AgainSchema>>({
	role: 'reviewer',
	schema: AgainSchema,
	invalid,
	run: async (context, values, words) => await request(context, { kind: values.kind, options: boundsOf(values) }, words),
});

export const cancelRun = defineAction<SyncWords, z.infer<typeof CancelSchema>>({
	role: 'reviewer',
	schema: CancelSchema,
	invalid: (words) => words.gone,
	async run({ store, workspace, reviewer }, { run: id }, words): Promise<ActionResult> {
		const [before] = await store.runs.find(workspace, [id]);
		if (!before || before.finishedAt !== undefined) return { refused: words.gone };
		const run = await store.runs.cancel(workspace, id, reviewer.email);
		if (!run || run.state === 'done' || run.state === 'failed') return { refused: words.gone };
		const name = words.kinds[run.kind];
		return {
			notice: run.state === 'cancelled' ? words.stopped(name) : words.willStop(name),
			decided: [{ kind: 'run_cancelled', workspace, facts: { runId: run.id, run: run.kind }, sentence: run.sentence }],
		};
	},
});
