import { sql } from 'kysely';
import { sharedCounters } from '../../engine/report/limitUse';
import { lastDays } from '../../engine/report/period';
import { epochMs, HOUR, later } from '../../engine/time';
import { Session } from '../../store/session';
import { toCursor } from '../../store/pageCursor';
import type { Store } from '../../store/store';
import { FigureWorld } from './figureWorld';
import { DIALECTS, openTestStore, stopServers, type TestStore } from './fixtures';

afterAll(stopServers);
jest.setTimeout(60_000);

const NOW = epochMs('2026-04-06T10:00:00Z');
const SCOPE = { workspace: 'acme', ...lastDays(NOW, 30, 'Europe/Berlin') };
const READS: Readonly<Record<string, (store: Store) => Promise<unknown>>> = {
	health: async ({ figures }) => await figures.health(SCOPE),
	'health of a channel': async ({ figures }) => await figures.health({ ...SCOPE, channel: 'email' }),
	models: async ({ figures }) => await figures.models(SCOPE),
	pipelines: async ({ figures }) => await figures.pipelines(SCOPE),
	'contacts of a stage': async ({ pipelines }) => await pipelines.contactsIn('acme', 'p', 's', { limit: 20, after: toCursor([NOW, 'c']) }),
	outbox: async ({ figures }) => await figures.outbox(SCOPE),
	limits: async ({ figures }) => await figures.limits('acme', sharedCounters),
	readiness: async ({ figures }) => await figures.readiness(SCOPE),
};

/** The statements a read makes; those made in another way than by `rows` are as many whatever is stored. */
async function statementsOf(work: () => Promise<unknown>, look: (session: Session, statement: Parameters<Session['rows']>[0]) => Promise<void> = async () => undefined): Promise<number> {
	const original = Session.prototype.rows;
	let count = 0;
	const spy = jest.spyOn(Session.prototype, 'rows').mockImplementation(async function (this: Session, statement) {
		count++;
		spy.mockImplementation(original);
		await look(this, statement);
		spy.mockImplementation(counting);
		return await original.call(this, statement);
	});
	const counting = spy.getMockImplementation();
	try {
		await work();
	} finally {
		spy.mockRestore();
	}
	return count;
}

describe.each(DIALECTS)('reading figures on %s', (dialect) => {
	let test: TestStore;
	beforeEach(async () => {
		test = await openTestStore(dialect);
		test.clock.time = NOW;
	});
	afterEach(async () => await test.close());

	const fill = async (rows: number): Promise<void> => {
		const world = new FigureWorld('acme');
		for (let at = 0; at < rows; at++) {
			const time = later(NOW, -at * HOUR);
			world.contact(`c${at}`, time).message(`c${at}`, time).call(time, { model_id: `m${at % 7}` }).activity('stage', `c${at}`, time, { rule: `r${at % 9}`, stageId: `s${at}`, pipelineId: 'p' });
			world.review(world.sending({ at: time, contact: `c${at}`, draft: { modelId: `m${at % 7}` } }), 'approved', time).outcome('deal_won', `c${at}`, time, { currency: ['EUR', 'USD'][at % 2] });
		}
		await world.write(test.place.config);
	};

	it.each(Object.keys(READS))('takes as many statements for a few hundred rows as for none: %s', async (name) => {
		const empty = await statementsOf(async () => await READS[name](test.store));
		await fill(300);
		const full = await statementsOf(async () => await READS[name](test.store));
		expect(full).toBe(empty);
		expect(full).toBeGreaterThan(0);
		expect(full).toBeLessThanOrEqual(16);
	});
});

describe('reading figures on sqlite', () => {
	it.each(Object.keys(READS))('walks no table from one end to the other: %s', async (name) => {
		const test = await openTestStore('sqlite');
		try {
			const plans: string[] = [];
			await statementsOf(async () => await READS[name](test.store), async (session, statement) => {
				plans.push(...(await session.rows(sql<{ detail: string }>`explain query plan ${statement}`)).map(({ detail }) => detail));
			});
			expect(plans.length).toBeGreaterThan(0);
			// These letters stand for the tables that grow; other names are parts of the statement itself.
			expect(plans.filter((detail) => /^SCAN [acemostx](?: |$)/.test(detail))).toEqual([]);
		} finally {
			await test.close();
		}
	});
});
