import { sql } from 'kysely';
import { epochMs, iso } from '../engine/time';
import { addressForms, looksLike } from './addresses';
import { cleanText, groupBy } from './bulk';
import type { Database } from './database';
import type { ExecutionRef } from './executionScope';
import { noteTraces, type TracedPerson } from './executionTraces';
import { contactIdsByAddress } from './intake';
import { rowsAbout, type Person } from './person';
import type { RowOf } from './schema';
import type { Session } from './session';
import type { Erasure, Executions, NamedPerson } from './store';

/** What is kept of an error: enough to act on. */
const ERROR_LENGTH = 200;
/** Characters. What is longer is no id and no address. */
const LONGEST_REFERENCE = 500;

/** The names under which the people's other rows stand: the contact's id where one is known, else the address's normal form. */
async function tracedPeople(session: Session, people: readonly NamedPerson[]): Promise<TracedPerson[]> {
	const traced: TracedPerson[] = [];
	for (const [workspace, own] of groupBy(people, (person) => person.workspace)) {
		const owners = await contactIdsByAddress(session, workspace, [...new Set(own.flatMap(({ reference }) => addressForms(reference)))]);
		for (const { reference } of own) {
			const owner = addressForms(reference).map((form) => owners.get(form)).find((id) => id !== undefined);
			traced.push({ workspace, contactId: owner ?? looksLike(reference)?.address ?? cleanText(reference) });
		}
	}
	return traced;
}

/** Puts every execution that holds the person, and the one that asks for the erasure, on the list of what is to be deleted. */
export async function queueExecutions(session: Session, person: Person, asking: ExecutionRef | undefined): Promise<RowOf<'execution_traces'>[]> {
	const { workspace } = person;
	const about = rowsAbout(session, 'execution_traces', person);
	// In one statement, so that none is noted between a look and the deletion.
	const traces = about ? await session.rows(sql<RowOf<'execution_traces'>>`delete from ${session.table('execution_traces')} where ${about} returning *`) : [];
	const held = [...traces, ...(asking ? [{ instance: asking.instance, execution_id: asking.executionId, workflow_id: asking.workflowId }] : [])];
	const rows = held.map(({ instance, execution_id, workflow_id }): RowOf<'execution_deletions'> => ({ workspace, instance, execution_id, workflow_id, queued_at: session.now, tries: 0, tried_at: null, error: null }));
	// In one order everywhere, or two erasures could wait for each other.
	rows.sort((a, b) => (a.execution_id < b.execution_id ? -1 : 1));
	await session.insert('execution_deletions', rows, sql`on conflict do nothing`);
	return traces;
}

type Held = readonly Pick<RowOf<'execution_traces'>, 'execution_id' | 'workflow_id'>[];

export function heldExecutions(traces: Held): Pick<Erasure, 'executions'> {
	return { executions: traces.map(({ execution_id, workflow_id }) => ({ executionId: execution_id, workflowId: workflow_id })) };
}

export function executionsSentence({ length }: Held): string {
	return length === 0 ? '' : ` n8n may still hold their data in ${length} execution${length === 1 ? '' : 's'}: housekeeping deletes ${length === 1 ? 'it' : 'them'}.`;
}

export function createExecutions(database: Database): Executions {
	return {
		async note(execution, people) {
			const named = people.filter(({ reference }) => reference.trim() !== '' && reference.length <= LONGEST_REFERENCE);
			// Known by what they were called, so that the look-up is spared as well.
			const fresh = database.traces.unknown(execution, named.map(({ workspace, reference }) => ({ workspace, contactId: reference })));
			if (fresh.length === 0) return;
			await database.write(async (session) => await noteTraces(session, execution, await tracedPeople(session, fresh.map(({ workspace, contactId }) => ({ workspace, reference: contactId })))));
			database.traces.remember(execution, fresh);
		},

		async toDelete(workspace, instance, { limit, except }) {
			return await database.read(async (session) => {
				const rows = await session.rows(sql<RowOf<'execution_deletions'>>`select * from ${session.table('execution_deletions')} where workspace = ${workspace} and instance = ${instance}
					${except === undefined ? sql`` : sql`and execution_id <> ${except}`} order by coalesce(tried_at, 0), queued_at, execution_id limit ${limit}`);
				return rows.map((row) => ({
					workspace, executionId: row.execution_id, workflowId: row.workflow_id, queuedAt: iso(epochMs(row.queued_at)), tries: row.tries, ...(row.error === null ? {} : { error: row.error }),
				}));
			});
		},

		async settle(workspace, instance, results) {
			return await database.write(async (session) => {
				const queue = session.table('execution_deletions');
				const gone = results.filter(({ deleted }) => deleted).map(({ executionId }) => executionId);
				await session.rows(sql`delete from ${queue} where workspace = ${workspace} and instance = ${instance} and ${session.among('execution_id', gone)}`);
				const failed = results.filter(({ deleted }) => !deleted);
				const values = session.values('v', { execution_id: 'text', error: 'text?' }, failed.map(({ executionId, error }) => ({ execution_id: executionId, error: error?.slice(0, ERROR_LENGTH) ?? null })));
				if (failed.length > 0) {
					await session.rows(sql`update ${queue} as q set tries = q.tries + 1, tried_at = ${session.now}, error = v.error from ${values}
						where q.workspace = ${workspace} and q.instance = ${instance} and q.execution_id = v.execution_id`);
				}
				const [{ left }] = await session.rows(sql<{ left: number }>`select count(*) as left from ${queue} where workspace = ${workspace} and instance = ${instance}`);
				return { left: Number(left) };
			});
		},
	};
}
