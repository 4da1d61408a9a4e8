import { decideRoute } from '../../engine/message/route';
import { settleReview } from '../../engine/message/settleReview';
import { DAY, HOUR, later } from '../../engine/time';
import { CLAIM, START } from '../store/fixtures';
import { dangerousMarkup, HOSTILE, openDeskWorld, seedBasics, signedIn, type DeskWorld, type Visitor } from './deskWorld';
import { draftWaits, loseTrack, oneOfEach, reviewOf } from './reviewWorld';

let world: DeskWorld;
let seeded: Awaited<ReturnType<typeof oneOfEach>>;
beforeEach(async () => {
	world = await openDeskWorld({
		seed: async (store) => {
			await seedBasics(store);
			seeded = await oneOfEach(store, 'acme');
			await draftWaits(store, 'beta', { key: 'secret', name: 'Secret of beta', asks: 'beta question', answer: 'beta answer' });
		},
	});
});
afterEach(async () => {
	expect(world.faults).toEqual([]);
	await world.close();
});
jest.setTimeout(60_000);

const ACME = { tab: 'review' };
/** The fields of the form with this name, as the page writes them. */
function fieldsOf(page: string, of: string): Record<string, string> {
	const form = page.split('<form ').find((part) => part.includes(`name="of" value="${of}"`)) ?? '';
	const fields = [...form.split('</form>')[0].matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]): [string, string] => [name, value.replaceAll('&amp;', '&')]);
	if (fields.length === 0) throw new Error(`The page has no form '${of}'`);
	return Object.fromEntries(fields);
}
async function opened(visitor: Visitor, id: string): Promise<string> {
	return (await visitor.get({ ...ACME, id })).body;
}
/** Opens a review and presses one of its actions. */
async function press(visitor: Visitor, id: string, action: string, more: Record<string, string> = {}) {
	return await visitor.post({ ...ACME, id }, { ...fieldsOf(await opened(visitor, id), `${action} ${id}`), ...more });
}
const idOf = async (about: string, workspace = 'acme'): Promise<string> => (await reviewOf(world.store, workspace, about)).review.id;
const stands = async (id: string) => (await world.store.outbound.find('acme', [id]))[0];
const claim = async () => (await world.store.outbound.claimDue({ ...CLAIM, workspaces: ['acme'] }, decideRoute)).claimed;
const ben = async () => await signedIn(world, 'ben@agency.example');

describe('the queue', () => {
	it('shows what is overdue first, with counts, and filters by kind, channel, reader, lateness and words', async () => {
		const visitor = await ben();
		const names = async (query: Record<string, string> = {}): Promise<string[]> => [...(await visitor.get({ ...ACME, ...query })).body.matchAll(/<span class="queue-top"><strong><bdi>([^<]*)</g)].map(([, name]) => name);
		expect(await names()).toEqual(['Lutz Unklar', 'Olga Opt', 'Anna Berger', 'Stefan Huber']);
		expect(visitor.last?.body).toContain('4 open');
		expect(visitor.last?.body).toMatch(/2 hr overdue<.*due in 20 min</s);
		expect(await names({ kind: 'stage' })).toEqual(['Stefan Huber']);
		expect(await names({ channel: 'whatsapp' })).toEqual(['Lutz Unklar', 'Olga Opt', 'Anna Berger']);
		expect(await names({ late: 'yes' })).toEqual(['Lutz Unklar']);
		expect(await names({ q: 'leave it' })).toEqual(['Olga Opt']);
		expect(await names({ who: 'me' })).toEqual([]);
		expect(visitor.last?.body).toContain('Nothing here fits');
		await world.store.reviews.assign('acme', [await idOf(seeded.stage)], 'ben@agency.example');
		expect([await names({ who: 'me' }), await names({ who: 'nobody' })]).toEqual([['Stefan Huber'], ['Lutz Unklar', 'Olga Opt', 'Anna Berger']]);
		// What makes no sense in an address is left out.
		expect(await names({ kind: 'x', channel: HOSTILE, who: '%', late: '1', after: '%%%', before: HOSTILE })).toEqual(['Lutz Unklar', 'Olga Opt', 'Anna Berger', 'Stefan Huber']);
	});

	it('goes through many pages forth and back, each review once', async () => {
		await world.store.reviews.open(Array.from({ length: 56 }, (_, at) => ({ workspace: 'acme', kind: 'stage' as const, contactId: `c${at}`, sentence: `Number ${at}.`, dueAt: later(START, 2 * DAY) })));
		const visitor = await ben();
		const links = (body: string): string[] => [...body.matchAll(/[?&;]id=([\w-]+)" data-item/g)].map(([, id]) => id);
		const pages: string[][] = [];
		let { body } = await visitor.get(ACME);
		const turn = async (title: string): Promise<boolean> => {
			const [, link] = new RegExp(`href="\\?([^"]*)" class="button plain">${title}<`).exec(body) ?? [];
			if (link === undefined) return false;
			({ body } = await visitor.get(link.replaceAll('&amp;', '&')));
			return true;
		};
		do pages.push(links(body)); while (await turn('Later'));
		expect(pages.map(({ length }) => length)).toEqual([25, 25, 10]);
		expect(new Set(pages.flat()).size).toBe(60);
		await turn('Earlier');
		expect(links(body)).toEqual(pages[1]);
	});

	it('approves in one tap where the mode says so, all of the text is shown, and the reader may', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		expect((await visitor.get(ACME)).body).not.toContain(`value="list ${id}"`);
		await world.store.settings.set('acme', { kind: 'workspace' }, { mode: 'one_click' }, 'eva');
		expect((await (await signedIn(world, 'vera@agency.example')).get(ACME)).body).not.toContain('value="decide"');
		const { body } = await visitor.get(ACME);
		expect(body).toContain('Hi Anna, the yearly plan is 240 euros, guaranteed the best price. You can start in May.');
		const answer = await visitor.post(ACME, fieldsOf(body, `list ${id}`));
		expect([answer.status, answer.headers.Location]).toEqual([303, '?tab=review']);
		expect((await visitor.follow()).body).toContain('Approved. It leaves at 2 Mar 2026, 12:00.');
		const long = await draftWaits(world.store, 'acme', { key: 'long', name: 'Long', answer: 'word '.repeat(121) });
		expect((await visitor.get(ACME)).body).not.toContain(`value="list ${await idOf(long.id)}"`);
	});
});

describe('one review', () => {
	it('shows the conversation, why it is here, what the gate objects to and where, and what the draft rests on', async () => {
		const body = await opened(await ben(), await idOf(seeded.draft));
		for (const part of ['How much is the yearly plan', 'Voice note or sound', 'I also wonder about the set-up fee.', 'Open at files.example', 'Berger GmbH', '62%', 'from 85% on', 'It costs 20 euros.', 'Warm lead, 45 points', 'The yearly plan costs 240 euros.', 'WhatsApp takes an answer in free words until', '3 Mar 2026, 12:00', 'Why was this not sent?', 'Why this stage?', 'in review']) expect([part, body.includes(part)]).toEqual([part, true]);
		expect([...body.matchAll(/<mark [^>]*>([^<]*)</g)].map(([, text]) => text)).toEqual(expect.arrayContaining(['240 euros', 'guaranteed']));
	});

	it('prints whatever others wrote as text, in every field', async () => {
		await world.store.contacts.upsert('acme', [{ id: 'evil', name: HOSTILE, email: 'evil@acme.example', company: HOSTILE, owner: HOSTILE, language: HOSTILE }]);
		const { id } = await draftWaits(world.store, 'acme', { key: 'evil', name: HOSTILE, company: HOSTILE, asks: HOSTILE, answer: `Hi ${HOSTILE}`, subject: HOSTILE, draft: { facts: [HOSTILE], sentence: HOSTILE, language: HOSTILE, media: [{ url: 'javascript:alert(1)', mime: HOSTILE }] }, attachments: [{ kind: 'audio', mime: HOSTILE, transcript: HOSTILE, url: 'javascript:alert(1)' }] });
		await world.store.reviews.open([{ workspace: 'acme', kind: 'stage', contactId: 'evil', proposal: { pipelineId: HOSTILE, stageId: HOSTILE, from: HOSTILE }, sentence: HOSTILE, dueAt: later(START, HOUR) }]);
		const visitor = await ben();
		const pages = [await opened(visitor, await idOf(id)), await opened(visitor, await idOf('evil')), (await visitor.get({ ...ACME, q: HOSTILE, id: HOSTILE, earlier: HOSTILE })).body];
		await world.store.settings.set('acme', { kind: 'workspace' }, { mode: 'one_click' }, 'eva');
		pages.push((await visitor.get(ACME)).body, (await press(visitor, await idOf(id), 'edit', { text: HOSTILE, subject: HOSTILE })).body);
		expect(pages.map(dangerousMarkup)).toEqual(pages.map(() => []));
		expect(pages[0]).toContain('&lt;img src=x onerror=alert(1)&gt;');
	});

	it('of another workspace is neither shown nor decided', async () => {
		const [{ review: { id } }] = (await world.store.reviews.search({ workspaces: ['beta'], limit: 1 })).items;
		const visitor = await ben();
		const page = await opened(visitor, id);
		expect([page.includes('There is no such review here'), /beta (?:question|answer)|Secret of beta/.test(page)]).toEqual([true, false]);
		const forms: readonly Record<string, string>[] = [{ action: 'decide', do: 'reject', reason: 'x' }, { action: 'correct', intent: 'hot' }, { action: 'moveStage', stageId: 'won' }];
		for (const fields of forms) expect((await visitor.post(ACME, { ...fields, review: id })).status).toBe(422);
		expect((await world.store.reviews.details('beta', id))?.review.decidedAt).toBeUndefined();
	});

	it('is read by a viewer, who can decide nothing', async () => {
		const id = await idOf(seeded.draft);
		const fields = fieldsOf(await opened(await ben(), id), `approve ${id}`);
		const vera = await signedIn(world, 'vera@agency.example');
		const page = await opened(vera, id);
		expect([page.includes('Deciding takes the role Reviewer'), /value="(?:decide|correct|moveStage)"/.test(page)]).toEqual([true, false]);
		for (const action of ['decide', 'correct', 'moveStage']) expect((await vera.post({ ...ACME, id }, { ...fields, action, intent: 'hot', stageId: 'won', csrf: vera.csrf ?? '' })).status).toBe(403);
		expect((await stands(seeded.draft))?.status).toBe('in_review');
	});
});

describe('a decision', () => {
	it('approves, tells the workflow, and opens the next review', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const answer = await press(visitor, id, 'approve');
		expect([answer.status, answer.headers.Location]).toEqual([303, `?tab=review&id=${await idOf(seeded.stage)}`]);
		expect(answer.decided).toMatchObject([{ kind: 'draft_approved', workspace: 'acme', facts: { reviewId: id, outboundId: seeded.draft, contactId: seeded.contactId, status: 'scheduled', decision: 'approved' } }]);
		expect(JSON.stringify(answer.decided)).not.toMatch(/240|anna@|\+49/);
		expect((await visitor.follow()).body).toContain('Approved. It leaves at');
		expect((await claim()).map((job) => job.id)).toEqual([seeded.draft]);
	});

	it('of two reviewers at once counts once: the other is told who decided what and when', async () => {
		const id = await idOf(seeded.draft);
		const [one, two] = [await ben(), await signedIn(world, 'eva@agency.example')];
		const forms = [fieldsOf(await opened(one, id), `approve ${id}`), fieldsOf((await two.get({ ...ACME, workspace: 'acme', id })).body, `edit ${id}`)];
		const answers = await Promise.all([
			one.post({ ...ACME, id }, { ...forms[0], csrf: one.csrf ?? '' }),
			two.post({ ...ACME, workspace: 'acme', id }, { ...forms[1], text: 'Let me ask the team.', csrf: two.csrf ?? '' }),
		]);
		expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 422]);
		const approved = answers[0].status === 303;
		expect(answers[approved ? 1 : 0].body).toContain(approved ? 'Nothing was changed: ben@agency.example approved it at 2 Mar 2026, 12:00.' : 'Nothing was changed: eva@agency.example edited and approved it at 2 Mar 2026, 12:00.');
		expect(answers.flatMap(({ decided }) => decided)).toHaveLength(1);
		expect(await claim()).toHaveLength(1);
		expect(await claim()).toEqual([]);
	});

	it('sent twice by one reviewer is done once', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const fields = fieldsOf(await opened(visitor, id), `approve ${id}`);
		const answers = await Promise.all([1, 2, 3].map(async () => await visitor.post({ ...ACME, id }, { ...fields, csrf: visitor.csrf ?? '' })));
		expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 422, 422]);
		expect(await claim()).toHaveLength(1);
	});

	it('about a text that is not the present one does nothing, and shows the present one beside what was typed', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		for (const [action, more] of [['approve', {}], ['edit', { text: 'My own words.' }]] as const) {
			const answer = await press(visitor, id, action, { shown: 'an-older-hash', ...more });
			expect([answer.status, answer.body.includes('The message has changed since you opened it'), answer.body.includes('240 euros')]).toEqual([422, true, true]);
			if (action === 'edit') expect(answer.body).toContain('My own words.');
		}
		const without = Object.fromEntries(Object.entries(fieldsOf(await opened(visitor, id), `approve ${id}`)).filter(([name]) => name !== 'shown'));
		expect((await visitor.post({ ...ACME, id }, without)).status).toBe(422);
		expect((await stands(seeded.draft))?.status).toBe('in_review');
	});

	it('edits: what the gate objects to is shown first, and sent all the same only with that very text', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const asked = await press(visitor, id, 'edit', { text: 'It is 999 euros, risk-free!' });
		expect([asked.status, asked.body.includes('Send all the same'), asked.body.includes('999 euros')]).toEqual([422, true, true]);
		const [, token = ''] = /name="confirmed" value="([^"]+)"/.exec(asked.body) ?? [];
		expect((await press(visitor, id, 'edit', { text: 'It is 998 euros, risk-free!', confirmed: token })).status).toBe(422);
		expect((await press(visitor, id, 'edit', { text: 'It is 999 euros, risk-free!', confirmed: token })).status).toBe(303);
		expect((await claim()).map(({ draft }) => draft.text)).toEqual(['It is 999 euros, risk-free!']);
		const after = await opened(visitor, id);
		expect([after.includes('As it was drafted'), after.includes('ben@agency.example</bdi> edited and approved it')]).toEqual([true, true]);
	});

	it('rejects with a reason only, which is not told on', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const missing = await press(visitor, id, 'reject', { reason: '  ' });
		expect([missing.status, missing.body.includes('Say in a few words why')]).toEqual([422, true]);
		const answer = await press(visitor, id, 'reject', { reason: 'Anna is anna@acme.example' });
		expect(answer.decided).toMatchObject([{ kind: 'draft_rejected', sentence: 'Rejected by ben@agency.example.', facts: { status: 'cancelled' } }]);
		expect(JSON.stringify(answer.decided)).not.toContain('anna@');
		expect(await claim()).toEqual([]);
	});

	it('passes on to colleagues only, and back to nobody', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		for (const to of ['vera@agency.example', 'carl@beta.example', 'nobody@evil.example']) expect((await press(visitor, id, 'reassign', { to })).status).toBe(422);
		expect((await press(visitor, id, 'reassign', { to: 'eva@agency.example' })).decided).toMatchObject([{ kind: 'draft_reassigned', facts: { assignee: 'eva@agency.example' } }]);
		expect((await reviewOf(world.store, 'acme', seeded.draft)).review.assignee).toBe('eva@agency.example');
		expect((await press(visitor, id, 'reassign', { to: '' })).status).toBe(303);
		expect((await reviewOf(world.store, 'acme', seeded.draft)).review.assignee).toBeUndefined();
	});

	it('takes over and opts out', async () => {
		const visitor = await ben();
		for (const hours of ['0', '-1', 'x', '1e9', '']) expect((await press(visitor, await idOf(seeded.draft), 'take_over', { hours })).status).toBe(422);
		expect((await press(visitor, await idOf(seeded.draft), 'take_over', { hours: '2' })).decided).toMatchObject([{ kind: 'draft_taken_over' }]);
		expect((await world.store.contacts.find('acme', [seeded.contactId]))[0]).toMatchObject({ takenOverBy: 'ben@agency.example', takenOverUntil: '2026-03-02T14:00:00.000Z' });
		expect((await press(visitor, await idOf(seeded.undecided), 'opt_out', { all: 'yes' })).decided).toMatchObject([{ kind: 'classification_opted_out' }]);
		expect((await world.store.reviews.counts(['acme'])).open).toBe(2);
	});

	it('settles stages, undecided messages and doubtful opt-outs', async () => {
		const visitor = await ben();
		expect((await press(visitor, await idOf(seeded.stage), 'set_stage', { stageId: 'engaged' })).decided).toMatchObject([{ kind: 'stage_set' }]);
		expect((await world.store.contacts.find('acme', ['stefan']))[0]).toMatchObject({ stageId: 'engaged', stageSetBy: 'person' });
		expect((await press(visitor, await idOf(seeded.undecided), 'dismiss', { reason: '' })).decided).toMatchObject([{ kind: 'classification_settled' }]);
		expect((await press(visitor, await idOf(seeded.optOut), 'is_opt_out')).decided).toMatchObject([{ kind: 'uncertain_opt_out_confirmed' }]);
		expect((await world.store.messages.readings('acme', [seeded.optOut]))[0]).toMatchObject({ intent: 'opt_out' });
		expect((await world.store.reviews.counts(['acme'])).byKind).toEqual({ draft: 1 });
	});

	it.each([['was_sent', 'found_sent', 'sent'], ['try_again', 'tried_again', 'scheduled'], ['stop', 'stopped', 'cancelled']])('settles an uncertain send: %s', async (action, kind, status) => {
		const visitor = await ben();
		await press(visitor, await idOf(seeded.draft), 'approve');
		await loseTrack(world.store, 'acme', seeded.draft);
		const id = await idOf(seeded.draft);
		expect(await opened(visitor, id)).toContain('trying again may send it twice');
		expect((await press(visitor, id, action)).decided).toMatchObject([{ kind: `uncertain_send_${kind}`, facts: { status } }]);
		expect((await stands(seeded.draft))?.status).toBe(status);
	});

	it('that is not for this kind, or of no kind, changes nothing', async () => {
		const id = await idOf(seeded.stage);
		const visitor = await ben();
		for (const action of ['edit', 'was_sent', 'is_opt_out', 'erase', '', '__proto__']) expect((await press(visitor, id, 'approve', { do: action, text: 'x', reason: 'x' })).status).toBe(422);
		expect((await visitor.post(ACME, { action: 'decide', do: 'approve', review: 'x'.repeat(300) })).status).toBe(422);
		expect((await visitor.post(ACME, { action: 'decide', do: 'dismiss', review: HOSTILE, queue: HOSTILE, shownAt: 'NaN' })).status).toBe(422);
		expect((await world.store.reviews.counts(['acme'])).open).toBe(4);
	});

	it('keeps the filters for the next review, and ends at the empty queue', async () => {
		const visitor = await ben();
		await visitor.get({ ...ACME, kind: 'stage', id: await idOf(seeded.stage) });
		const id = await idOf(seeded.stage);
		const answer = await visitor.post({ ...ACME, kind: 'stage', id }, fieldsOf(visitor.last?.body ?? '', `dismiss ${id}`));
		expect(answer.headers.Location).toBe('?tab=review&kind=stage');
		expect((await visitor.follow()).body).toContain('Nothing here fits');
	});

	it('approved while the workflow is away stays planned, and is sent once when it is back', async () => {
		await press(await ben(), await idOf(seeded.draft), 'approve');
		// Nobody claims for hours; the process may have been killed, too: all there is stands in the store.
		world.clock.advance(20 * HOUR);
		await world.store.outbound.expireLeases(['acme']);
		expect((await stands(seeded.draft))?.status).toBe('scheduled');
		expect((await claim()).map(({ id }) => id)).toEqual([seeded.draft]);
		// Claimed, then killed before anything was handed to the channel: due again, and claimed by the next.
		world.clock.advance(10 * 60_000);
		await world.store.outbound.expireLeases(['acme']);
		expect((await claim()).map(({ id }) => id)).toEqual([seeded.draft]);
		expect(await world.store.outbound.beginSend('acme', [seeded.draft], decideRoute)).toMatchObject([{ ok: true }]);
		await world.store.outbound.markSent([{ workspace: 'acme', id: seeded.draft, providerId: 'p1' }]);
		expect(await claim()).toEqual([]);
	});

	it('by somebody else while the page was open is told in German, too', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const fields = fieldsOf(await opened(visitor, id), `approve ${id}`);
		await world.store.reviews.decide({ workspace: 'acme', reviewId: id, by: 'eva@agency.example', action: { action: 'reject', reason: 'No.' } }, settleReview);
		const answer = await visitor.post({ ...ACME, id }, { ...fields, csrf: visitor.csrf ?? '' }, { headers: { 'accept-language': 'de' } });
		expect(answer.body).toContain('Es wurde nichts geändert: eva@agency.example hat abgelehnt, 02.03.2026, 12:00.');
	});
});

describe('putting right', () => {
	const contact = async () => (await world.store.contacts.find('acme', [seeded.contactId]))[0];

	it('corrects intent, score and the reading in one tap, as labels to learn from', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const tap = async (of: string, more: Record<string, string> = {}) => await visitor.post({ ...ACME, id }, { ...fieldsOf(await opened(visitor, id), `${of} ${id}`), ...more });
		expect((await tap('hot')).decided).toMatchObject([{ kind: 'contact_corrected', facts: { contactId: seeded.contactId, intent: 'hot' } }]);
		expect((await contact())?.score).toBe(70);
		for (const score of ['101', '-1', '4.5', '', '1e2', HOSTILE]) expect((await tap('score', { score })).status).toBe(422);
		expect((await tap('score', { score: '30' })).status).toBe(303);
		expect((await contact())?.score).toBe(30);
		expect((await tap('score', { score: '30' })).decided).toEqual([]);
		expect((await tap('reading', { replyIntent: 'meeting' })).status).toBe(303);
		expect((await world.store.messages.readings('acme', [seeded.messageId]))[0]?.intent).toBe('meeting');
		expect((await world.store.labels.list('acme', { contactIds: [seeded.contactId], limit: 9 })).map(({ field, to }) => `${field} ${to}`).toSorted()).toEqual(['intent cold', 'intent hot', 'reply_intent meeting', 'score 30', 'score 70']);
		expect((await reviewOf(world.store, 'acme', seeded.draft)).review.id).toBe(id);
	});

	it('moves the contact to a stage of its pipeline', async () => {
		const id = await idOf(seeded.draft);
		const visitor = await ben();
		const to = async (stageId: string) => await visitor.post({ ...ACME, id }, { ...fieldsOf(await opened(visitor, id), id), stageId });
		expect((await to('won')).decided).toMatchObject([{ kind: 'stage_set', facts: { stageId: 'won', status: 'WON' } }]);
		expect(await contact()).toMatchObject({ stageId: 'won', stageSetBy: 'person', status: 'WON' });
		expect((await to('won')).decided).toEqual([]);
		expect((await to(HOSTILE)).status).toBe(422);
	});
});
