import type { AddressHash } from './addresses';
import type { Database } from './database';
import { eraseAiData } from './eraseAiData';
import { erasePerson } from './erasePerson';
import { loadAbout, personOf } from './person';
import { PERSONAL_TABLES } from './personalTables';
import { TABLES, type TableName } from './schema';
import type { PersonalData, PersonalDataExport } from './store';

/** Kept from an export: the words of a search index, and numbers only a model reads. */
const LEFT_OUT: ReadonlySet<string> = new Set(['lexemes', 'terms', 'embedding']);

const isTable = (name: string): name is TableName => Object.hasOwn(TABLES, name);

export function createPersonalData(database: Database, hash: AddressHash): PersonalData {
	return {
		async export(workspace, references) {
			const found: (PersonalDataExport | undefined)[] = [];
			for (const reference of references) {
				found.push(
					// A transaction, so that all of it is of one moment.
					await database.write(async (session) => {
						const person = await personOf(session, hash, workspace, reference);
						const tables: PersonalDataExport['tables'] = {};
						for (const name of Object.keys(PERSONAL_TABLES).filter(isTable)) {
							const rows = await loadAbout(session, name, person);
							if (rows.length > 0) tables[name] = rows.map((row) => Object.fromEntries(Object.entries<string | number | null>(row).filter(([column]) => !LEFT_OUT.has(column))));
						}
						const rows = Object.values(tables).reduce((sum, each) => sum + each.length, 0);
						return rows === 0 ? undefined : { contactId: person.id, tables, rows };
					}),
				);
			}
			return found;
		},

		async erase(workspace, requests) {
			const done = [];
			for (const [index, request] of requests.entries()) {
				done.push(
					await database.write(
						async (session) => {
							const person = await personOf(session, hash, workspace, request.reference);
							return request.scope === 'ai' ? await eraseAiData(session, person, request) : await erasePerson(session, hash, person, request, index);
						},
						// What was promised to be gone must not come back with a power cut.
						{ durable: true },
					),
				);
			}
			return done;
		},
	};
}
