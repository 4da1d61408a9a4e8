import { makeInvitation } from '../../desk/access/invitation';
import { hashPassword, isPassword } from '../../desk/access/password';
import { ACCESS as POLICY } from '../../desk/access/policy';
import { readAccess } from '../../desk/access/reviewer';
import { sign } from '../../desk/access/signature';
import { HOUR, MINUTE } from '../../engine/time';
import { ACCESS, openDeskWorld, PASSWORD, SECRET, signedIn, Visitor, type DeskWorld } from './deskWorld';

let world: DeskWorld;
beforeEach(async () => (world = await openDeskWorld()));
afterEach(async () => {
	await world.close();
	expect(world.faults).toEqual([]);
});

const invite = async (email: string, lifeMs?: number): Promise<string> => (await makeInvitation(ACCESS, world.store.reviewers, world.clock.time, email, lifeMs))?.token ?? '';
const NEW_PASSWORD = 'vier Wörter in einer Reihe';
const choose = async (token: string, password = NEW_PASSWORD, again = password): Promise<Visitor> => {
	const visitor = new Visitor(world);
	await visitor.post({ invitation: token }, { action: 'choosePassword', password, again });
	return visitor;
};

describe('a password', () => {
	it('is kept as an scrypt string with its own salt and cost, and known again in whatever way it is typed', async () => {
		const [one, two] = await Promise.all([hashPassword('Füße\u0301', { N: 1_024, r: 8, p: 1 }), hashPassword('Füße\u0301', { N: 1_024, r: 8, p: 1 })]);
		expect(one).toMatch(/^scrypt\$1024\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
		expect(one).not.toBe(two);
		expect(await Promise.all([isPassword('Fu\u0308ße\u0301', one), isPassword('Fuße', one), isPassword('', one), isPassword('Füße\u0301', undefined), isPassword('x', 'md5$1')])).toEqual([true, false, false, false, false]);
	});
});

describe('the credential', () => {
	const good = { secret: SECRET, reviewers: [{ email: ' Eva@X.example ', role: 'admin', workspaces: ' acme, beta,acme ,' }] };
	it('is read into reviewers', () => {
		expect(readAccess(good)).toEqual({ secret: SECRET, reviewers: [{ email: 'eva@x.example', role: 'admin', workspaces: ['acme', 'beta'] }] });
	});
	it.each([
		[{ ...good, secret: 'short' }, /shorter than 32/],
		[{ ...good, reviewers: [] }, /no reviewer/],
		[{ ...good, reviewers: [good.reviewers[0], { email: 'ben', role: 'viewer', workspaces: 'a' }] }, /Reviewer 2/],
		[{ ...good, reviewers: [{ ...good.reviewers[0], workspaces: ' , ' }] }, /Reviewer 1: no workspace/],
		[{ ...good, reviewers: [{ ...good.reviewers[0], role: 'root' }] }, /Reviewer 1/],
		[{ ...good, reviewers: [good.reviewers[0], { ...good.reviewers[0], email: 'EVA@x.example' }] }, /Reviewer 2 has the same/],
	])('says what does not fit, and never the secret', (data, message) => {
		expect(() => readAccess(data)).toThrow(message);
		expect(() => readAccess(data)).not.toThrow(new RegExp(SECRET));
	});
});

describe('signing in', () => {
	it('shows the sign-in page to everybody else, whatever they ask for, with the page they wanted behind it', async () => {
		const visitor = new Visitor(world);
		const asked = await visitor.get({ tab: 'settings', workspace: 'beta' });
		expect([asked.status, /Sign in/.test(asked.body), /Sales/.test(asked.body)]).toEqual([401, true, false]);
		await visitor.post({ tab: 'settings', workspace: 'beta' }, { action: 'signIn', email: 'EVA@agency.example ', password: PASSWORD });
		expect(visitor.last).toMatchObject({ status: 303, headers: { Location: '?tab=settings&workspace=beta' } });
		expect((await visitor.follow()).body).toContain('Sales beta');
	});

	it('gives a cookie no script reads, for this path, for https, and says nothing about it in the page', async () => {
		const [cookie] = [(await new Visitor(world).signIn('eva@agency.example')).headers['Set-Cookie']].flat();
		expect(cookie).toMatch(/^desk_session=[\w.-]+; Path=\/webhook\/an-id\/desk; Max-Age=43200; HttpOnly; SameSite=Lax; Secure$/);
		const plain = await new Visitor(world).post({}, { action: 'signIn', email: 'eva@agency.example', password: PASSWORD }, { secure: false, headers: { origin: 'http://desk.example' } });
		expect(String(plain.headers['Set-Cookie'])).not.toContain('Secure');
	});

	it('says the same of a wrong password, an unknown address and no password yet', async () => {
		const answers = await Promise.all([['eva@agency.example', 'wrong'], ['nobody@agency.example', PASSWORD], ['', '']].map(async ([email, password], at) => await new Visitor(world, `192.0.2.${at + 10}`).signIn(email, password)));
		const texts = answers.map(({ status, body }) => [status, body.replace(/nonce="[^"]*"/g, '').replace(/value="[^"]*@[^"]*"/, 'value=""')]);
		expect(texts[1]).toEqual(texts[0]);
		expect(texts[2]).toEqual(texts[0]);
		expect(texts[0][0]).toBe(401);
		expect(answers.flatMap(({ headers }) => headers['Set-Cookie'] ?? [])).toEqual([]);
	});

	it('stops guessing at one address, from wherever, also for addresses nobody has, and lets in again after the window', async () => {
		for (const email of ['eva@agency.example', 'nobody@agency.example']) {
			const answers = await Promise.all(Array.from({ length: POLICY.tries.perEmail + 5 }, async (_, at) => (await new Visitor(world, `198.51.100.${at}`).signIn(email, 'wrong')).status));
			expect(answers.toSorted()).toEqual([...Array.from({ length: POLICY.tries.perEmail }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
		}
		const right = await new Visitor(world).signIn('eva@agency.example');
		expect([right.status, right.headers['Retry-After'], right.headers['Set-Cookie']]).toEqual([429, '900', undefined]);
		world.clock.advance(POLICY.tries.windowMs);
		expect((await new Visitor(world).signIn('eva@agency.example')).status).toBe(303);
	}, 60_000);

	it('stops one client that tries many addresses, an IPv6 network counting as one; others go on', async () => {
		// People with passwords of a low cost: checking fifty that nobody has would take a slow machine a minute.
		const people = Array.from({ length: POLICY.tries.perClient + 1 }, (_, at) => ({ email: `person-${at}@agency.example`, role: 'viewer' as const, workspaces: ['acme'] as const }));
		const office = await openDeskWorld({ access: { secret: SECRET, reviewers: people } });
		const statuses: number[] = [];
		for (const [at, { email }] of people.entries()) statuses.push((await new Visitor(office, `2001:db8:0:1::${at.toString(16)}`).signIn(email, 'wrong')).status);
		expect([statuses.slice(0, -1).every((status) => status === 401), statuses.at(-1)]).toEqual([true, 429]);
		expect((await new Visitor(office, '2001:db8:0:1:ffff::1').signIn('person-1@agency.example')).status).toBe(429);
		expect((await new Visitor(office, '2001:db8:0:2::1').signIn('person-1@agency.example')).status).toBe(303);
		await office.close();
	}, 60_000);

	it('does not count those who get in', async () => {
		for (let at = 0; at < POLICY.tries.perEmail + 2; at++) expect((await new Visitor(world).signIn('eva@agency.example')).status).toBe(303);
	}, 60_000);
});

describe('a session', () => {
	it('is worth nothing once a character of it was changed, or when it was signed for something else', async () => {
		const visitor = await signedIn(world, 'vera@agency.example');
		const cookie = visitor.cookies.get('desk_session') ?? '';
		const [body, signature] = cookie.split('.');
		const claim = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
		const promoted = Buffer.from(JSON.stringify({ ...claim, email: 'eva@agency.example' })).toString('base64url');
		const forgeries = [`${promoted}.${signature}`, `${body}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'E' : 'A'}`, body, `${body}.`, `.${signature}`, `${cookie}.x`, sign(SECRET, 'invitation', claim), sign('another secret of more than 32 characters', 'session', claim), sign(SECRET, 'session', 'text'), sign(SECRET, 'session', { ...claim, version: 99 }), ''];
		for (const forged of forgeries) {
			visitor.cookies.set('desk_session', forged);
			expect([forged, (await visitor.get()).status]).toEqual([forged, 401]);
		}
		visitor.cookies.set('desk_session', cookie);
		expect((await visitor.get()).status).toBe(200);
	});

	it('ends two hours after the last page and twelve after it began', async () => {
		const idle = await signedIn(world, 'eva@agency.example');
		const busy = await signedIn(world, 'eva@agency.example');
		world.clock.advance(2 * HOUR - MINUTE);
		expect((await busy.get()).status).toBe(200);
		world.clock.advance(MINUTE);
		expect([(await idle.get()).status, (await busy.get()).status]).toEqual([401, 200]);
		for (let hours = 3; hours < 12; hours++) {
			world.clock.advance(HOUR);
			expect((await busy.get()).status).toBe(200);
		}
		world.clock.advance(HOUR);
		expect((await busy.get()).status).toBe(401);
	});

	it('ends with sign-out; everywhere ends all of them', async () => {
		const [one, two] = [await signedIn(world, 'eva@agency.example'), await signedIn(world, 'eva@agency.example')];
		await one.post({}, { action: 'signOut' });
		expect((await one.follow()).body).toContain('You are signed out.');
		expect([(await one.get()).status, (await two.get()).status]).toEqual([401, 200]);
		await two.post({}, { action: 'signOutEverywhere' });
		const kept = await signedIn(world, 'ben@agency.example');
		expect([(await two.get()).status, (await kept.get()).status]).toEqual([401, 200]);
	});

	it('ends with a new password, and with being taken out of the credential', async () => {
		const before = await signedIn(world, 'eva@agency.example');
		await choose(await invite('eva@agency.example'));
		expect((await before.get()).status).toBe(401);
		expect([(await new Visitor(world).signIn('eva@agency.example')).status, (await new Visitor(world).signIn('eva@agency.example', NEW_PASSWORD)).status]).toEqual([401, 303]);
	});
});

describe('an invitation', () => {
	it('lets choose a password and signs in; looking at it uses nothing up; it works once', async () => {
		const token = await invite('Vera@agency.example');
		for (let looks = 0; looks < 3; looks++) expect((await new Visitor(world).get({ invitation: token })).body).toContain('For vera@agency.example');
		const visitor = await choose(token);
		expect(visitor.last).toMatchObject({ status: 303, headers: { Location: '?' } });
		expect((await visitor.follow()).body).toContain('Your password is saved');
		const again = await choose(token, 'ein anderes langes Passwort');
		expect([again.last?.status, again.cookies.get('desk_session')]).toEqual([410, undefined]);
		expect((await new Visitor(world).get({ invitation: token })).status).toBe(410);
		expect((await new Visitor(world).signIn('vera@agency.example', NEW_PASSWORD)).status).toBe(303);
	});

	it('is used by one of two who bring it at once', async () => {
		const token = await invite('vera@agency.example');
		const both = await Promise.all([choose(token, 'das Passwort des einen'), choose(token, 'das Passwort der anderen')]);
		expect(both.map(({ last }) => last?.status).toSorted()).toEqual([303, 410]);
	});

	it('is void when it is old, forged, signed by another desk, for nobody, or another one was used', async () => {
		const [old, other, sister] = [await invite('vera@agency.example', HOUR), await makeInvitation({ ...ACCESS, secret: 'the secret of some other desk, 01234' }, world.store.reviewers, world.clock.time, 'vera@agency.example'), await invite('ben@agency.example')];
		expect(await makeInvitation(ACCESS, world.store.reviewers, world.clock.time, 'nobody@agency.example')).toBeUndefined();
		await choose(await invite('ben@agency.example'));
		world.clock.advance(HOUR);
		for (const token of [old, other?.token ?? '', sister, `${old}x`, 'x.y', '', sign(SECRET, 'invitation', { email: 'nobody@agency.example', version: 0, until: world.clock.time + 1 })]) {
			expect([token, (await new Visitor(world).get({ invitation: token })).status, (await choose(token)).last?.status]).toEqual([token, 410, 410]);
		}
	});

	it('takes no short, endless or mistyped password, and none by GET', async () => {
		const token = await invite('vera@agency.example');
		const refused = [await choose(token, 'short'), await choose(token, 'x'.repeat(POLICY.passwordMax + 1)), await choose(token, NEW_PASSWORD, `${NEW_PASSWORD}!`)];
		expect(refused.map(({ last }) => last?.status)).toEqual([422, 422, 422]);
		expect(refused.map(({ last }) => last?.body.includes('aria-invalid="true"'))).toEqual([true, true, true]);
		expect((await new Visitor(world).get({ invitation: token, action: 'choosePassword', password: NEW_PASSWORD, again: NEW_PASSWORD })).status).toBe(200);
		expect((await choose(token)).last?.status).toBe(303);
	});
});
