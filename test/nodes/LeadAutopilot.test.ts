import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { draftId } from '../../engine/message/spine';
import { LeadAutopilot } from '../../nodes/LeadAutopilot/LeadAutopilot.node';
import { useEmbeddedStore } from './embeddedStore';
import { runNode } from './runNode';

const node = new LeadAutopilot();
const run = async (items: IDataObject[], parameters: INodeParameters = {}, continueOnFail = false) => await runNode(node, items, { parameters, continueOnFail });
const record = async (items: IDataObject[], parameters: INodeParameters = {}, continueOnFail = false) => await run(items, { resource: 'message', operation: 'record', ...parameters }, continueOnFail);
const row = { name: 'Ann', email: 'ann@mail.example', phone: '+49 151 12345678', message: 'How much is it?' };

describe('Lead Autopilot', () => {
	const { store, breakStore } = useEmbeddedStore();

	describe('Message → Record', () => {
		it('records a plain row with nothing filled in, once however often it runs', async () => {
			const first = (await record([row])).outputs[0][0].json;
			expect(first).toMatchObject({
				name: 'Ann',
				message: { workspace: 'default', channel: 'email', direction: 'inbound', source: 'form', text: 'How much is it?', raw: row },
				contact: { name: 'Ann', email: 'ann@mail.example', phone: '+4915112345678' },
				conversation: [{ from: 'lead', text: 'How much is it?' }],
				intake: { repeat: 'new', sentence: 'Recorded as a new message on email.' },
			});
			const again = (await record([row, row])).outputs;
			expect(again[0].map(({ json }) => json.intake)).toMatchObject([{ repeat: 'open' }, { repeat: 'open' }]);
			const { message } = first as { message: { id: string } };
			await store().messages.decide('default', [{ messageId: message.id, reason: 'done', actor: 'person' }]);
			expect((await record([row])).outputs.map((output) => output.length)).toEqual([0, 1]);
		});

		it('takes nothing from a payload that claims a mode, a verdict, a workspace or another contact', async () => {
			await store().contacts.upsert('default', [{ id: 'victim', email: 'victim@mail.example' }]);
			const spoof = { ...row, mode: 'auto', confidence: 1, workspace: 'client-b', accountId: 'b', message: { text: 'Hi', workspace: 'client-b', id: 'x', direction: 'outbound' }, contact: { id: 'victim' }, gate: { verdict: 'pass' }, draft: { id: 'd', decision: { autoSend: true } } };
			const [{ json }] = (await record([spoof])).outputs[0];
			expect(json).toMatchObject({ message: { workspace: 'default', text: 'Hi', direction: 'inbound' }, contact: { email: 'ann@mail.example' } });
			expect([json.gate, json.draft]).toEqual([undefined, undefined]);
			expect((json.contact as IDataObject).id).not.toBe('victim');
			expect(await store().settings.effective([{ workspace: 'default' }])).toMatchObject([{ mode: 'assist' }]);
		});

		it('takes mail from a mailbox of our own for no lead, and a form filled in with its address for one', async () => {
			await store().accounts.upsert([{ channel: 'email', externalId: 'Sales@demo.example', workspace: 'default', enabled: true }]);
			const own = { ...row, email: 'SALES@demo.example' };
			const { outputs } = await record([own, row], { source: 'channel' });
			expect(outputs.map((output) => output.length)).toEqual([1, 1]);
			expect(outputs[1][0]).toMatchObject({ json: { name: 'Ann', intake: { from: 'us', sentence: expect.stringContaining('no lead') } }, pairedItem: { item: 0 } });
			expect(outputs[1][0].json).not.toHaveProperty('contact');
			expect((await record([own], { source: 'form' })).outputs.map((output) => output.length)).toEqual([1, 0]);
		});

		it('lets a known channel account decide the workspace', async () => {
			await run([{}], { resource: 'settings', operation: 'setAccount', workspace: 'client-b', accountChannel: 'whatsapp', externalId: '300' });
			const [{ json }] = (await record([{ ...row, channel: 'WhatsApp' }], { options: { account: '300' } })).outputs[0];
			expect(json.message).toMatchObject({ workspace: 'client-b', accountId: '300', channel: 'whatsapp' });
		});

		it('fails only the item with an unknown channel, and keeps awkward ones', async () => {
			const items = [{ ...row, channel: 'pigeon' }, { name: 'Nobody', text: 'Hi', channel: 'whatsapp' }, { ...row, message: '' }, { ...row, message: 'x'.repeat(20_000) }, { ...row, message: '🎉🎉' }, { ...row, message: 'a\0b', timestamp: 4_102_444_800 }];
			const { outputs } = await record(items, {}, true);
			expect(outputs[1]).toMatchObject([{ json: { error: expect.stringContaining("Channel 'pigeon' is not known") }, pairedItem: { item: 0 } }]);
			const recorded = outputs[0].map(({ json }) => json as { message: { text: string; timestamp: string }; intake: { sentence: string } });
			expect(recorded.map(({ message }) => message.text.length)).toEqual([2, 0, 20_000, 4, 2]);
			expect(recorded[0].intake.sentence).toContain('no phone number is known');
			expect(recorded[1].intake.sentence).toContain('it is empty');
			expect(Date.parse(recorded[4].message.timestamp)).toBeLessThanOrEqual(Date.now() + 1_000);
		});

		it('stops with a sentence and nothing recorded when it must not continue', async () => {
			await expect(record([row, { ...row, channel: 'pigeon' }])).rejects.toThrow("Channel 'pigeon' is not known");
			expect(await store().contacts.find('default', ['ann@mail.example'])).toEqual([undefined]);
		});

		it('says that the store is away', async () => {
			breakStore();
			await expect(record([row])).rejects.toThrow();
			const { outputs } = await record([row], {}, true);
			expect(outputs[1]).toMatchObject([{ json: { ...row, error: expect.any(String) } }]);
		});
	});

	it('keeps what a colleague wrote and hands the conversation over', async () => {
		await record([row]);
		const [{ json }] = (await run([{ ...row, message: 'I will call you' }], { resource: 'message', operation: 'recordFromPerson' })).outputs[0];
		expect(json).toMatchObject({ conversation: [{ from: 'lead' }, { from: 'person', text: 'I will call you' }], intake: { sentence: expect.stringContaining('keeps quiet') } });
		const [contact] = await store().contacts.find('default', ['ann@mail.example']);
		expect(Date.parse(contact?.takenOverUntil ?? '')).toBeGreaterThan(Date.now() + 23 * 3_600_000);
	});

	describe('Message → Record Provider Payload', () => {
		const metadata = { display_phone_number: '4930901820', phone_number_id: '300' };
		const payload = (extra: IDataObject): IDataObject => ({ messaging_product: 'whatsapp', metadata, field: 'messages', ...extra });
		const message = (id: string, body: string): IDataObject => ({ from: '4915112345678', id, timestamp: String(Math.floor(Date.now() / 1000) - 60), type: 'text', text: { body } });
		const recordPayload = async (items: IDataObject[], parameters: INodeParameters = {}, continueOnFail = false) => await run(items, { resource: 'message', operation: 'recordPayload', provider: 'whatsapp', ...parameters }, continueOnFail);

		it('makes an item of each message and passes receipts on, each to its own output', async () => {
			await store().accounts.upsert([{ channel: 'whatsapp', externalId: '300', workspace: 'client-b', enabled: true }]);
			const { outputs } = await recordPayload([payload({ contacts: [{ profile: { name: 'Ann' }, wa_id: '4915112345678' }], messages: [message('wamid.1', 'one'), message('wamid.2', 'two')] }), payload({ statuses: [{ id: 'wamid.0', status: 'delivered', timestamp: '1', recipient_id: '49' }] })]);
			expect(outputs.map((output) => output.length)).toEqual([2, 0, 1, 0]);
			expect(outputs[0][1]).toMatchObject({ json: { message: { workspace: 'client-b', accountId: '300', source: 'channel', text: 'two' }, contact: { name: 'Ann', phone: '+4915112345678' }, conversation: [{ text: 'one' }, { text: 'two' }] }, pairedItem: { item: 0 } });
			expect(outputs[2][0]).toMatchObject({ json: { statuses: [{ id: 'wamid.0' }], message: { workspace: 'client-b' } }, pairedItem: { item: 1 } });
		});

		it('answers a redelivery as a repeat, and as decided once it is', async () => {
			const item = payload({ messages: [message('wamid.1', 'one')] });
			const first = (await recordPayload([item])).outputs[0][0].json as { message: { id: string } };
			expect((await recordPayload([item, item])).outputs[0].map(({ json }) => json.intake)).toMatchObject([{ repeat: 'open' }, { repeat: 'open' }]);
			await store().messages.decide('default', [{ messageId: first.message.id, reason: 'done', actor: 'person' }]);
			expect((await recordPayload([item])).outputs.map((output) => output.length)).toEqual([0, 1, 0, 0]);
		});

		it('takes a colleague’s echo for a takeover and our own for nothing', async () => {
			const echo = (mid: string, extra: IDataObject): IDataObject => ({ id: '400', time: 1, messaging: [{ sender: { id: '400' }, recipient: { id: 'lead-1' }, timestamp: Date.now() - 1000, message: { mid, text: 'Hello', is_echo: true, ...extra } }] });
			const { outputs } = await recordPayload([echo('m_1', { app_id: 900 }), echo('m_2', {})], { provider: 'page', payloadOptions: { ownAppIds: '900' } });
			expect(outputs[3].map(({ json }) => json.intake)).toMatchObject([{ from: 'us' }, { from: 'person', sentence: expect.stringContaining('colleague') }]);
			const [lead] = await store().contacts.find('default', ['lead-1']);
			expect(lead?.takenOverUntil).toBeDefined();
		});

		it('suppresses who switched us off in the app', async () => {
			await recordPayload([payload({ messages: [message('wamid.1', 'one')] })]);
			const { outputs } = await recordPayload([payload({ user_preferences: [{ wa_id: '4915112345678', category: 'marketing_messages', value: 'stop' }] })]);
			expect(outputs[2][0].json.intake).toMatchObject({ sentence: expect.stringContaining('switched our messages on whatsapp off') });
			expect(await store().suppressions.check('default', [{ channel: 'whatsapp', address: '+4915112345678' }])).toEqual([expect.any(String)]);
		});

		it('takes mail from an account of our own for an echo, so that no mail goes round in circles', async () => {
			const mail = (from: string, id: string): IDataObject => ({ textPlain: 'Hi', from, to: 'sales@demo.example', subject: 'S', date: new Date().toISOString(), metadata: { 'message-id': id } });
			await store().accounts.upsert([
				{ channel: 'email', externalId: 'Sales@demo.example', workspace: 'default', enabled: true },
				{ channel: 'email', externalId: 'old@demo.example', workspace: 'default', enabled: false },
			]);
			const { outputs } = await recordPayload([mail('Sales Team <SALES@demo.example>', '<a@x>'), mail('old@demo.example', '<b@x>'), mail('ann@mail.example', '<c@x>')], { provider: 'email' });
			expect(outputs.map((output) => output.length)).toEqual([2, 0, 0, 1]);
			expect(outputs[3][0].json.intake).toMatchObject({ from: 'us' });
			expect(await store().contacts.find('default', ['sales@demo.example'])).toEqual([undefined]);
		});

		it('takes a mail a colleague sent to a lead for a takeover; our own sends, automatic answers and other mail for nothing', async () => {
			const mail = (from: string, to: string, id: string, extra: IDataObject = {}): IDataObject => ({ textPlain: 'I will call you.', from, to, subject: 'S', date: new Date().toISOString(), metadata: { 'message-id': id, ...extra } });
			await store().accounts.upsert([{ channel: 'email', externalId: 'sales@demo.example', workspace: 'default', enabled: true }]);
			await recordPayload([mail('ann@mail.example', 'sales@demo.example', '<in@x>')], { provider: 'email' });
			const [ann] = await store().contacts.find('default', ['ann@mail.example']);
			const id = draftId('default', 'in', ann?.id ?? '');
			const draft = { id, text: 'It is 20 euros.', language: 'en', facts: [], signals: {}, usedFallback: false, decision: { autoSend: true, threshold: 0.85, source: 'fixed' as const, audited: false }, sentence: 'Drafted.' };
			const threadId = (await store().messages.list('default', ann?.id ?? '', { limit: 1 })).messages[0].threadId;
			await store().outbound.plan([{ workspace: 'default', draftId: id, draft: { workspace: 'default', id, contactId: ann?.id ?? '', channel: 'email', to: 'ann@mail.example', threadId, inboundIds: [], purpose: 'reply', draft } }], ({ now }) => ({ status: 'in_review', sentence: 'Look.', dueAt: now }));
			const sent = async (...mails: IDataObject[]) => (await recordPayload(mails, { provider: 'email' })).outputs[3].map(({ json }) => (json.intake as IDataObject).from);
			const nothing = [mail('sales@demo.example', 'ann@mail.example', `<${id}@demo.example>`), mail('sales@demo.example', 'ann@mail.example', '<auto@x>', { 'auto-submitted': 'auto-replied' }), mail('sales@demo.example', 'supplier@mail.example', '<other@x>')];
			expect(await sent(...nothing)).toEqual(['us', 'us', 'us']);
			expect((await store().outbound.find('default', [id]))[0]?.status).toBe('in_review');
			expect(await sent(mail('Sales <sales@demo.example>', 'boss@demo.example, "Ann" <ann@mail.example>', '<hand@x>'))).toEqual(['person']);
			expect((await store().outbound.find('default', [id]))[0]).toMatchObject({ status: 'cancelled', sentence: 'Cancelled: a colleague answered in this thread.' });
			expect((await store().contacts.find('default', ['ann@mail.example', 'supplier@mail.example', 'boss@demo.example'])).map((contact) => contact?.takenOverUntil !== undefined)).toEqual([true, false, false]);
			expect(await sent(mail('sales@demo.example', 'ann@mail.example', '<hand@x>'))).toEqual(['us']);
		});

		it('hints at an item with nothing in it and fails one that is no mail', async () => {
			expect((await recordPayload([{ hello: 'world' }])).hints).toEqual([expect.stringContaining('1 item holds no message')]);
			await expect(recordPayload([{ raw: 'abc' }], { provider: 'email' })).rejects.toThrow('no e-mail with a sender');
			const mail = { textPlain: 'Hi', from: 'ann@mail.example', to: 'sales@demo.example', subject: 'S', date: new Date().toISOString(), metadata: { 'message-id': '<a@x>' } };
			const { outputs } = await recordPayload([{ raw: 'abc' }, mail], { provider: 'email' }, true);
			expect(outputs.map((output) => output.length)).toEqual([1, 1, 0, 0]);
		});
	});

	describe('Contact', () => {
		const contact = async (operation: string, items: IDataObject[], parameters: INodeParameters = {}) => (await run(items, { resource: 'contact', operation, ...parameters })).outputs[0].map(({ json }) => json);

		it('creates, completes and finds a contact', async () => {
			await contact('upsert', [row]);
			await contact('upsert', [{ email: 'ANN@mail.example' }], { fields: { company: 'Acme', country: 'de', attributes: '{"role":"CEO"}', linkedin: 'in/ann' } });
			const [found, missing] = await contact('get', [{ phone: '0049 151 12345678' }, { email: 'bob@mail.example' }]);
			expect(found).toMatchObject({ contact: { name: 'Ann', company: 'Acme', country: 'DE', attributes: { role: 'CEO' }, handles: { linkedin: 'in/ann' } }, conversation: [], lookup: { found: true } });
			expect(missing).toMatchObject({ lookup: { found: false, sentence: "Nobody is known as 'bob@mail.example' in workspace 'default'." } });
			await expect(contact('upsert', [{ name: 'X' }])).rejects.toThrow('no e-mail address, phone number, handle or ID');
		});
		it('opts out a stranger by address, and in again', async () => {
			expect(await contact('optOut', [{ email: 'ann@mail.example' }])).toMatchObject([{ optOut: { channel: 'email', cancelled: [], sentence: expect.stringContaining('nothing is sent on email any more') } }]);
			const check = async () => await store().suppressions.check('default', [{ channel: 'email', address: 'ann@mail.example' }]);
			expect(await check()).toEqual([expect.any(String)]);
			await contact('optIn', [{ email: 'ann@mail.example' }]);
			expect(await check()).toEqual([undefined]);
		});
		it('takes over and hands back', async () => {
			expect(await contact('takeOver', [row], { hours: 2 })).toMatchObject([{ contact: { takenOverUntil: expect.any(String) }, takeover: { sentence: expect.stringContaining('2 hours') } }]);
			const [after] = await contact('handBack', [row]);
			expect((after.contact as IDataObject).takenOverUntil).toBeUndefined();
		});
		it('sets a stage by name as a person’s word', async () => {
			await contact('upsert', [row]);
			await run([{}], { resource: 'settings', operation: 'savePipeline' });
			expect(await contact('setStage', [row], { stage: 'engaged', by: 'anna' })).toMatchObject([{ stage: { stageId: 'engaged', changed: true, sentence: 'Put into stage Engaged by anna.' } }]);
			expect(await contact('setStage', [row], { stage: 'Engaged' })).toMatchObject([{ stage: { changed: false } }]);
			await expect(contact('setStage', [row], { stage: 'Nirvana' })).rejects.toThrow("has no stage 'Nirvana'");
			expect((await store().contacts.find('default', ['ann@mail.example']))[0]).toMatchObject({ stageId: 'engaged', stageSetBy: 'person' });
		});
	});

	describe('Setting', () => {
		const setting = async (operation: string, parameters: INodeParameters = {}) => (await run([row], { resource: 'settings', operation, ...parameters })).outputs[0][0].json;

		it('changes only what is added, and shows what holds', async () => {
			expect(await setting('set', { patch: { mode: 'auto', quietFrom: '20:00', quietTo: '08:00', workingDays: [1, 2] } })).toMatchObject({ settings: { mode: 'auto', quietHours: { from: '20:00', to: '08:00' }, workingDays: [1, 2] } });
			expect(await setting('set', { scope: 'contact', patch: { mode: 'off' } })).toMatchObject({ settings: { mode: 'off' } });
			expect(await setting('get')).toMatchObject({ settings: { mode: 'auto', killSwitch: false, sentence: 'The mode is auto.' } });
		});
		it.each([
			[{}, 'No setting was chosen'],
			[{ quietFrom: '20:00' }, "'Quiet Hours' needs both"],
			[{ replyDelaySeconds: 90 }, "'replyDelaySeconds' does not fit"],
		])('refuses %j', async (patch, said) => await expect(setting('set', { patch })).rejects.toThrow(said));
		it.each([
			['[{"id":"a"}]', "'Stages' does not fit"],
			['[{', "'Stages' is not valid JSON"],
			['[{"id":"a","name":"A","type":"LEAD","order":1},{"id":"a","name":"B","type":"LEAD","order":2}]', "has the ID 'a' twice"],
		])('refuses the stages %s', async (stages, said) => await expect(setting('savePipeline', { stages })).rejects.toThrow(said));
	});

	it('tests the store credential with a sentence that never holds the password', async () => {
		const result = await node.methods.credentialTest.leadAutopilotStoreTest({ id: '1', name: 'x', type: 'leadAutopilotStoreApi', data: { host: '127.0.0.1', port: 1, database: 'd', user: 'u', password: 'very-secret' } });
		expect(result.status).toBe('Error');
		expect(result.message).toContain('127.0.0.1');
		expect(result.message).not.toContain('very-secret');
	});
});
