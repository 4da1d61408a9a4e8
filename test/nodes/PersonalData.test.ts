import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { newDraft, sendNow } from '../store/fixtures';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new LeadAutopilot();

describe('Lead Autopilot → Contact: Export and Erase', () => {
	const { store } = useEmbeddedStore();
	const contact = async (operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}) =>
		(await runNode(node, items, { ...options, parameters: { resource: 'contact', operation, ...parameters } })).outputs[0].map(({ json }) => json);
	const known = async (email: string): Promise<string> => (await store().contacts.upsert('default', [{ email, name: 'Ann' }]))[0].id;

	it('exports what is held, and says when it is nothing', async () => {
		await known('ann@mail.example');
		expect(await contact('export', [{ email: 'ann@mail.example' }, { email: 'nobody@mail.example' }])).toMatchObject([
			{ personalData: { found: true, rows: 2, tables: { contacts: [{ name: 'Ann' }], contact_addresses: [{ address: 'ann@mail.example' }] }, sentence: '2 entries in 2 tables are held about this person.' } },
			{ personalData: { found: false } },
		]);
	});

	it('erases, and writes to the person never again unless told otherwise', async () => {
		await known('ann@mail.example');
		await known('bob@mail.example');
		expect(await contact('erase', [{ email: 'ann@mail.example' }])).toMatchObject([{ erasure: { found: true, rows: { contacts: 1, contact_addresses: 1 }, sentence: expect.stringContaining('Nothing will be sent to them again') } }]);
		await contact('erase', [{ email: 'bob@mail.example' }], { suppress: false });
		expect(await store().contacts.find('default', ['ann@mail.example', 'bob@mail.example'])).toEqual([undefined, undefined]);
		expect(await store().suppressions.check('default', ['ann@mail.example', 'bob@mail.example'].map((address) => ({ channel: 'email' as const, address })))).toEqual([expect.stringContaining('asked for erasure'), undefined]);
	});

	it('forgets conclusions only where that was chosen', async () => {
		await known('ann@mail.example');
		expect(await contact('erase', [{ email: 'ann@mail.example' }], { erase: 'ai' })).toMatchObject([{ erasure: { found: true, sentence: expect.stringContaining('profiling is off') } }]);
		expect(await store().contacts.find('default', ['ann@mail.example'])).toMatchObject([{ name: 'Ann', profiling: false }]);
	});

	it('fails for the person who is being written to alone, and reports the others truly', async () => {
		const [ann, bob] = [await known('ann@mail.example'), await known('bob@mail.example')];
		const draft = newDraft({ workspace: 'default', contactId: bob, purpose: 'outreach' });
		await store().outbound.plan([{ workspace: 'default', draftId: draft.id, draft }], sendNow);
		await store().outbound.claimDue({ limit: 9, leaseMs: 60_000 }, sendNow);
		const items = [{ email: 'ann@mail.example' }, { email: 'bob@mail.example' }];
		expect(await contact('erase', items, {}, { continueOnFail: true })).toMatchObject([{ erasure: { found: true } }, { error: expect.stringContaining('is being sent right now') }]);
		expect((await store().contacts.find('default', [ann, bob])).map((one) => one?.id)).toEqual([undefined, bob]);
	});
});
