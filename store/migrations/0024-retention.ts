import type { Migration } from './migration';

/**
 * What retention looks for, by age, so that a look that finds nothing old reads nothing. Each index holds only what its
 * rule may take: what was emptied, what is open and what is kept as proof is not read again, and a statement that does
 * not say the same words never chooses one of them.
 */
export const retention: Migration = {
	id: 24,
	name: 'retention',
	needs: [2, 7, 14, 20],
	async up({ dialect, run, table }) {
		const index = async (name: string, on: string, time: string, only?: string): Promise<void> =>
			await run(`create index retention_${name} on ${table(on)} (workspace, ${time})${only === undefined ? '' : ` where ${only}`}`);
		await index('payloads', 'messages', 'received_at', "raw is not null and state <> 'received'");
		await index('texts', 'messages', 'received_at', "state <> 'received' and (text <> '' or subject is not null or raw is not null or attachments <> '[]')");
		const withText = dialect === 'postgres' ? `strpos(draft, '"text":""') = 0` : `instr(draft, '"text":""') = 0`;
		await index('drafts', 'outbound', 'updated_at', `status in ('sent', 'failed', 'cancelled', 'blocked') and ${withText}`);
		await index('reviews', 'reviews', 'decided_at', 'decided_at is not null and decided_at > 0');
		await index('outcomes', 'outcomes', 'recorded_at', 'recorded_at > 0');
		await index('activities', 'activities', 'at', "kind not in ('opt_out', 'opt_in', 'consent', 'erasure')");
		await index('audit', 'audit_events', 'at', "kind not in ('opt_out', 'opt_in', 'consent', 'erasure')");
		await index('analyses', 'analyses', 'at');
		await index('knowledge', 'knowledge', 'updated_at', "kind = 'lead'");
		await index('shadow', 'shadow_decisions', 'decided_at', 'decision is not null');
		await index('run_items', 'run_items', 'at');
	},
};
