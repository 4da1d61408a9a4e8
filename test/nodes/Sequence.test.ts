import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { GenerateWithConfidence } from '../../nodes/GenerateWithConfidence/GenerateWithConfidence.node';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { starterPack } from '../../engine/starter/starterPack';
import { decideStep } from '../../engine/sequence/decideStep';
import { useEmbeddedStore } from './embeddedStore';
import { runNode, type RunOptions } from './runNode';

const node = new LeadAutopilot();
const STEPS = {
	step: [
		{ channel: 'email', id: 'email', subject: 'Your kitchen', template: 'Hi {firstName|there}, about your kitchen.', waitAmount: 0, waitUnit: 'days' },
		{ channel: 'whatsapp', id: '', template: 'Hello {firstName|there}.', waName: 'hello', waLanguage: 'en', waParameters: '{firstName|there}\n', waitAmount: 3, waitUnit: 'workingDays' },
	],
};

describe('Lead Autopilot', () => {
	const { store } = useEmbeddedStore();
	const run = async (resource: string, operation: string, items: IDataObject[], parameters: INodeParameters = {}, options: RunOptions = {}): Promise<IDataObject[][]> =>
		(await runNode(node, items, { ...options, parameters: { resource, operation, ...parameters } })).outputs.map((output) => output.map(({ json }) => json));
	const save = async (parameters: INodeParameters = {}): Promise<IDataObject> => (await run('sequence', 'save', [{}], { sequenceId: 'kitchen', sequenceName: 'Kitchen', steps: STEPS, ...parameters }))[0][0];
	const basis = { basis: 'opt_in' as const };
	const people = async (...names: string[]): Promise<string[]> => (await store().contacts.upsert('default', names.map((name) => ({ name, email: `${name}@mail.example`, phone: `+4915112345${names.indexOf(name)}78`, consent: { email: basis, whatsapp: basis } })))).map(({ id }) => id);

	describe('→ Sequence', () => {
		it('saves steps as written, and the same again changes nothing', async () => {
			expect(await save()).toMatchObject({
				sequence: {
					id: 'kitchen',
					version: 1,
					changed: true,
					steps: [{ id: 'email', subject: 'Your kitchen', wait: { amount: 0, unit: 'days' } }, { id: 'step-2', channel: 'whatsapp', wait: { amount: 3, unit: 'workingDays' }, waTemplate: { name: 'hello', language: 'en', parameters: ['{firstName|there}'] } }],
					sentence: '"Kitchen" is saved with 2 steps (version 1).',
				},
			});
			expect(await save()).toMatchObject({ sequence: { version: 1, changed: false } });
			const [items] = await run('sequence', 'save', [{}, {}, {}], { sequenceId: 'kitchen', steps: STEPS });
			expect(items.map((item) => (item.sequence as IDataObject).version)).toEqual([2, 2, 2]);
		});

		it.each([
			[{ steps: {} }, "'Steps' is empty or a step does not fit"],
			[{ sequenceId: 'Not A Slug' }, "'Sequence ID' does not fit: use up to 60 small letters, digits and hyphens"],
			[{ steps: { step: [{ channel: 'whatsapp', template: 'Hi' }] } }, 'Step 1 does not fit: a WhatsApp step needs the name of an approved template: it leaves outside the 24-hour window'],
			[{ steps: { step: [{ id: 'a' }, { id: 'a' }] } }, "Step 2 does not fit: the step ID 'a' is there twice"],
			[{ steps: { step: [{ waitAmount: 0.5, waitUnit: 'days' }] } }, 'Step 1 does not fit: days are whole days'],
			[{ steps: { step: [{ waitAmount: -1, waitUnit: 'hours' }] } }, /^Step 1 does not fit/],
		])('refuses what could not be sent: %j', async (parameters, message) => {
			await expect(save(parameters)).rejects.toMatchObject({ message: typeof message === 'string' ? message : expect.stringMatching(message), context: { itemIndex: 0 } });
		});

		it('enrols each contact once, lists, counts and stops them', async () => {
			await save();
			await people('ann', 'bob');
			const [fresh, known] = await run('sequence', 'enrol', [{ email: 'ann@mail.example' }, { email: 'ann@mail.example' }, { email: 'bob@mail.example' }, { email: 'zed@mail.example' }], { sequenceId: 'kitchen' }, { continueOnFail: true });
			expect(fresh.map(({ email }) => email)).toEqual(['ann@mail.example', 'bob@mail.example']);
			expect(known).toMatchObject([{ email: 'ann@mail.example', enrolment: { state: 'active' } }, { email: 'zed@mail.example', error: 'Nobody is known under this ID or address' }]);
			expect((await run('sequence', 'listEnrolments', [{}], { contact: 'ann@mail.example', sequenceId: '' }))[0]).toMatchObject([{ enrolment: { sequenceId: 'kitchen', state: 'active', enrolledBy: 'workflow' } }]);
			const [stopped] = await run('sequence', 'stop', [{ email: 'ann@mail.example' }, { email: 'ann@mail.example' }], { sequenceBy: 'mia', stopReason: 'called us.' });
			expect(stopped[0]).toMatchObject({ stopped: { enrolments: [{ code: 'person', sentence: 'Stopped by mia: called us.' }], sentence: '1 enrolment was stopped, and what was planned of it is cancelled.' } });
			expect((await run('sequence', 'stop', [{ email: 'ann@mail.example' }]))[0]).toMatchObject([{ stopped: { enrolments: [], sentence: 'The contact was enrolled in nothing that runs.' } }]);
			expect((await run('sequence', 'get', [{}], { sequenceId: '' }))[0]).toMatchObject([{ sequence: { id: 'kitchen', counts: { states: { active: 1, finished: 0, stopped: 1 } }, sentence: '"Kitchen": 1 under way, 0 had all steps, 1 stopped (0 answered).' } }]);
			await expect(run('sequence', 'get', [{}], { sequenceId: 'nothing' })).rejects.toThrow("No sequence 'nothing'");
			expect((await run('sequence', 'listEnrolments', [{}], { contact: '', enrolmentState: 'active' }))[0]).toHaveLength(1);
		});

		it('keeps workspaces apart', async () => {
			await save();
			expect((await run('sequence', 'get', [{ message: { workspace: 'other' } }], { sequenceId: '' }))[0]).toEqual([]);
			await expect(run('sequence', 'enrol', [{ email: 'ann@mail.example', message: { workspace: 'other' } }], { sequenceId: 'kitchen' })).rejects.toThrow('Nobody is known');
		});
	});

	describe('→ Generate With Confidence on a step that is due', () => {
		const due = async (): Promise<IDataObject> => {
			const [{ workspace, followUp, contact, conversation }] = (await store().sequences.claimDue({ leaseMs: 60_000, limit: 5 }, decideStep)).due;
			return { message: { workspace, channel: followUp.channel, direction: 'outbound' }, contact, conversation, followUp } as unknown as IDataObject;
		};
		const generate = async (item: IDataObject) => (await runNode(new GenerateWithConfidence(), [item], { parameters: { model: 'none' } })).outputs.map((output) => output.map(({ json }) => json));

		it('writes under the id the sequence expects, with its subject, and leaves it to a person without a model', async () => {
			const [id] = await people('ann');
			await save();
			await store().sequences.enrol([{ workspace: 'default', sequenceId: 'kitchen', contactId: id, by: 'x' }]);
			const item = await due();
			const [, [review]] = await generate(item);
			expect(review.draft).toMatchObject({ id: (item.followUp as IDataObject).draftId, text: 'Hi ann, about your kitchen.', subject: 'Your kitchen', usedFallback: true });
			expect(await store().outbound.find('default', [String((item.followUp as IDataObject).draftId)])).toMatchObject([{ purpose: 'outreach', channel: 'email', to: 'ann@mail.example', inboundIds: [] }]);
		});

		it('fills an approved template in and needs no model for it', async () => {
			const [id] = await people('ann');
			await save({ steps: { step: [STEPS.step[1]].map((step) => ({ ...step, waitAmount: 0 })) } });
			await store().sequences.enrol([{ workspace: 'default', sequenceId: 'kitchen', contactId: id, by: 'x' }]);
			const [[sendable]] = await generate(await due());
			expect(sendable.draft).toMatchObject({ text: 'Hello ann.', waTemplate: { name: 'hello', language: 'en', parameters: ['ann'] }, usedFallback: false, decision: { autoSend: true }, sentence: "May be sent: the approved WhatsApp template 'hello', filled in for this contact." });
			expect(sendable.draft).not.toHaveProperty('confidence');
		});

		it.each([['{senderName|}', 'Regards, {senderName|}.'], ['{plan| }', 'Your {plan| }.']])('holds a template back whose parameter %j comes out empty', async (parameter, template) => {
			const [id] = await people('ann');
			await save({ steps: { step: [{ ...STEPS.step[1], waitAmount: 0, waParameters: `{firstName|there}\n${parameter}`, template }] } });
			await store().sequences.enrol([{ workspace: 'default', sequenceId: 'kitchen', contactId: id, by: 'x' }]);
			const [, [review]] = await generate(await due());
			expect(review.draft).toMatchObject({ waTemplate: { parameters: ['ann', ''] }, decision: { autoSend: false }, sentence: 'Needs review: nothing stands for {{2}} of the approved template.' });
		});

		it('holds a template back that needs what is not known', async () => {
			const [id] = await people('ann');
			await save({ steps: { step: [{ ...STEPS.step[1], waitAmount: 0, waParameters: '{plan}', template: 'Your {plan}.' }] } });
			await store().sequences.enrol([{ workspace: 'default', sequenceId: 'kitchen', contactId: id, by: 'x' }]);
			const [, [review]] = await generate(await due());
			expect(review.draft).toMatchObject({ decision: { autoSend: false }, sentence: expect.stringContaining('{plan}, which is not known of this contact') });
		});
	});

	describe('→ Apply Starter Pack', () => {
		const apply = async (parameters: INodeParameters = {}) => (await run('settings', 'applyStarterPack', [{}], { trade: 'solar', packLanguage: 'en', ...parameters }))[0][0].starterPack as IDataObject & { parts: { part: string; done: string; name: string }[] };
		const pack = starterPack('solar', 'en');

		it('adds stages, replies, a sequence and pages; again it changes nothing', async () => {
			const first = await apply();
			expect(first.parts.map(({ part, done }) => `${part} ${done}`)).toEqual(['pipeline added', 'replies added', 'sequence added', 'knowledge added', 'knowledge added', 'knowledge added']);
			expect(first).toMatchObject({ changeFirst: pack.changeFirst, compliance: pack.compliance, sentence: 'Solar and heat pump installer (en): 6 added. Fill in what stands in [[double brackets]] first.' });
			expect(await store().pipelines.find('default', ['default'])).toMatchObject([{ name: pack.pipeline.name, instructions: pack.pipeline.instructions }]);
			expect(await store().sequences.find('default', ['solar-follow-up'])).toMatchObject([{ version: 1, sequence: pack.sequence }]);
			expect((await store().settings.effective([{ workspace: 'default' }]))[0].replyTemplates?.bodies.question).toBe(pack.replies.question);
			expect((await apply()).parts.map(({ done }) => done)).toEqual(['unchanged', 'unchanged', 'unchanged', 'unchanged', 'unchanged', 'unchanged']);
			expect(await store().knowledge.list('default', { kind: 'document', limit: 9 })).toHaveLength(3);
		});

		it('leaves alone what a person changed, and says so, until told to overwrite', async () => {
			await apply();
			await run('knowledge', 'add', [{}], { format: 'text', content: 'We work in Bremen.', title: 'About the company', sourceId: 'starter-solar-en-about' });
			await store().sequences.save('default', [{ ...pack.sequence, name: 'Ours' }], { by: 'mia' });
			const second = await apply();
			expect(second.parts.filter(({ done }) => done === 'kept').map(({ part, name }) => [part, name])).toEqual([['sequence', pack.sequence.name], ['knowledge', 'About the company']]);
			expect(second.sentence).toContain('2 kept as you have them');
			expect(await store().sequences.find('default', ['solar-follow-up'])).toMatchObject([{ sequence: { name: 'Ours' } }]);
			expect((await apply({ overwrite: true })).parts.filter(({ done }) => done === 'replaced')).toHaveLength(2);
			expect(await store().sequences.find('default', ['solar-follow-up'])).toMatchObject([{ version: 3, sequence: { name: pack.sequence.name } }]);
		});

		it("gives replies the team's words, and never a line nobody filled in as a fact", async () => {
			await apply();
			await store().settings.set('default', { kind: 'workspace' }, { senderName: 'Robin' }, 'test');
			const item = { message: { id: 'm1', workspace: 'default', channel: 'email', direction: 'inbound', threadId: 't', text: 'What does a site visit cost, and how long does it take?', timestamp: new Date().toISOString() }, contact: { id: 'c9', email: 'c9@mail.example' } };
			const { outputs } = await runNode(new GenerateWithConfidence(), [item], { parameters: { model: 'none' } });
			const draft = outputs[1][0].json.draft as { text: string; facts: string[] };
			expect(draft.text).toContain(pack.replies.question);
			expect(draft.facts.join('\n')).toContain('After the enquiry we ask about house, roof, heating and use.');
			expect(draft.facts.join('\n')).not.toContain('[[');
		});
	});
});
