import { hashPassword } from '../../desk/access/password';
import type { DeskAccess } from '../../desk/access/reviewer';
import { deskId } from '../../desk/access/signature';
import { createDesk, type Desk } from '../../desk/createDesk';
import type { DeskRequest, DeskResponse } from '../../desk/http/request';
import { TABS } from '../../desk/tabs';
import type { Tab } from '../../desk/tabs/tab';
import type { StoreConfig } from '../../store/config';
import type { Store } from '../../store/store';
import { openTestStore, type DialectName, type StandingClock, type TestStore } from '../store/fixtures';

export const SECRET = 'a secret that is only for tests, 0123456789';
export const PASSWORD = 'correct horse battery staple';
/** Breaks out of every kind of quotation there is in HTML, attributes, scripts and addresses. */
export const HOSTILE = `"><img src=x onerror=alert(1)></title></textarea></script><script>alert(2)</script>' onfocus=alert(3) x='javascript:alert(4)\u202e\u0000`;

/** Eva runs the agency; Ben and Vera work for acme; Carl is the client beta and must see nothing of acme. */
export const ACCESS: DeskAccess = {
	secret: SECRET,
	reviewers: [
		{ email: 'eva@agency.example', role: 'admin', workspaces: ['acme', 'beta'] },
		{ email: 'ben@agency.example', role: 'reviewer', workspaces: ['acme'] },
		{ email: 'vera@agency.example', role: 'viewer', workspaces: ['acme'] },
		{ email: 'carl@beta.example', role: 'admin', workspaces: ['beta'] },
	],
};
export type Person = 'eva@agency.example' | 'ben@agency.example' | 'vera@agency.example' | 'carl@beta.example';

export interface DeskWorld {
	desk: Desk;
	store: Store;
	clock: StandingClock;
	access: DeskAccess;
	/** What went wrong on the desk; a test that expects no fault checks that it is empty. */
	faults: unknown[];
	close(): Promise<void>;
}

export interface WorldOptions {
	dialect?: DialectName;
	tabs?: readonly Tab[];
	access?: DeskAccess;
	/** Fills the store before anybody looks. */
	seed?: (store: Store, config: StoreConfig, clock: StandingClock) => Promise<void>;
}

/** Accounts and settings every desk has something to show of, in two workspaces; hostile text wherever somebody else may write. */
export async function seedBasics(store: Store): Promise<void> {
	for (const workspace of ['acme', 'beta']) {
		await store.accounts.upsert([
			{ workspace, channel: 'whatsapp', externalId: `1000-${workspace}`, name: `Sales ${workspace}`, enabled: true },
			{ workspace, channel: 'email', externalId: `hello@${workspace}.example`, enabled: true },
		]);
		await store.contacts.upsert(workspace, [
			{ id: 'lena', name: `Lena of ${workspace}`, email: `lena@${workspace}.example` },
			{ id: 'mallory', name: `${workspace} ${HOSTILE}`, email: `mallory@${workspace}.example` },
		]);
		await store.settings.set(workspace, { kind: 'contact', id: 'mallory' }, { mode: 'off' }, `eva@agency.example`);
	}
}

/** A desk over a real store with a standing clock. Everybody has the password PASSWORD. */
export async function openDeskWorld({ dialect = 'sqlite', tabs = TABS, access = ACCESS, seed = seedBasics }: WorldOptions = {}): Promise<DeskWorld> {
	const test: TestStore = await openTestStore(dialect);
	const faults: unknown[] = [];
	const { store, clock } = test;
	// Checking works with whatever cost a hash names: a low one keeps the tests quick.
	const hash = await hashPassword(PASSWORD, { N: 1_024, r: 8, p: 1 });
	await Promise.all(access.reviewers.map(async ({ email }) => await store.reviewers.setPassword(deskId(access.secret), email, hash, 0)));
	await seed(store, test.place.config, clock);
	const desk = createDesk({ access, tabs, language: 'en', openStore: async () => ({ ...store, close: async () => undefined }), onFault: (error) => void faults.push(error) });
	return { desk, store, clock, access, faults, close: test.close };
}

const HOST = 'desk.example';
const PATH = '/webhook/an-id/desk';

/** A browser without a screen: keeps cookies, follows nothing by itself. */
export class Visitor {
	readonly cookies = new Map<string, string>();
	last: DeskResponse | undefined;

	constructor(
		readonly world: Pick<DeskWorld, 'desk'>,
		readonly client = '192.0.2.1',
	) {}

	async send(request: Partial<DeskRequest>): Promise<DeskResponse> {
		const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
		const { headers = {}, ...rest } = request;
		const answer = await this.world.desk.handle({ method: 'GET', path: PATH, query: new URLSearchParams(), clientAddress: this.client, secure: true, headers: { host: HOST, ...(cookie ? { cookie } : {}), ...headers }, ...rest });
		for (const header of [answer.headers['Set-Cookie'] ?? []].flat()) {
			const [, name, value] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
			if (/Max-Age=0\b/.test(header)) this.cookies.delete(name);
			else this.cookies.set(name, value);
		}
		this.last = answer;
		return answer;
	}

	async get(query: Record<string, string> | string = {}): Promise<DeskResponse> {
		return await this.send({ query: new URLSearchParams(query) });
	}

	/** The token the last page's forms carry. */
	get csrf(): string | undefined {
		return /name="csrf" value="([^"]+)"/.exec(this.last?.body ?? '')?.[1];
	}

	/** Sends a form as the desk's own page would; opens the page first for its token unless `csrf` is given. */
	async post(query: Record<string, string>, fields: Record<string, string>, request: Partial<DeskRequest> = {}): Promise<DeskResponse> {
		if (fields.csrf === undefined && !['signIn', 'choosePassword'].includes(fields.action)) await this.get(query);
		const token = fields.csrf ?? this.csrf;
		const body = new URLSearchParams({ ...fields, ...(token === undefined ? {} : { csrf: token }) });
		const { headers = {}, ...rest } = request;
		return await this.send({
			method: 'POST', query: new URLSearchParams(query), body: Buffer.from(body.toString()),
			headers: { 'content-type': 'application/x-www-form-urlencoded', origin: `https://${HOST}`, 'sec-fetch-site': 'same-origin', ...headers }, ...rest,
		});
	}

	/** Opens where the last answer sent the browser. */
	async follow(): Promise<DeskResponse> {
		const location = this.last?.headers.Location;
		if (typeof location !== 'string') throw new Error(`The last answer sent nobody anywhere: ${this.last?.status} ${this.last?.body.slice(0, 200)}`);
		return await this.get(location.replace(/^\?/, ''));
	}

	async signIn(email: string, password = PASSWORD): Promise<DeskResponse> {
		return await this.post({}, { action: 'signIn', email, password });
	}
}

/** Somebody who is signed in. */
export async function signedIn(world: DeskWorld, email: Person): Promise<Visitor> {
	const visitor = new Visitor(world);
	const answer = await visitor.signIn(email);
	if (answer.status !== 303) throw new Error(`${email} did not get in: ${answer.status}`);
	return visitor;
}

const ATTRIBUTE = /\s([^\s"=<>]+)(?:="([^"]*)")?/g;

/** What no page of the desk may hold, whatever was printed: foreign tags, attributes that run or restyle, addresses elsewhere. */
export function dangerousMarkup(page: string): string[] {
	// Between `<` and `>` every value is quoted; a `<` that is no tag of that shape is a fault of its own.
	const tags = page.match(/<[^/!](?:[^"<>]|"[^"]*")*>?/g) ?? [];
	return tags.filter((tag) => {
		const name = /^<([a-z][a-z0-9]*)[\s>]/i.exec(tag)?.[1].toLowerCase();
		if (name === undefined || !tag.endsWith('>') || ['img', 'iframe', 'object', 'embed', 'style', 'base'].includes(name)) return true;
		const attributes = [...tag.matchAll(ATTRIBUTE)].map(([, attribute, value = '']) => [attribute.toLowerCase(), value] as const);
		if (name === 'script' && !attributes.some(([attribute, value]) => attribute === 'src' && value.startsWith('?asset=desk.js'))) return true;
		return attributes.some(([attribute, value]) => /^on|^style$|^srcdoc$/.test(attribute) || (['href', 'src', 'action', 'formaction'].includes(attribute) && !/^(\?|#|https?:|mailto:|tel:)/.test(value)));
	});
}
