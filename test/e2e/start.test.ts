import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { freePort } from '../../sandbox/freePort';
import { ALERT_MAILBOX } from '../../sandbox/importedSets';
import { waitFor } from '../../sandbox/waitFor';

/** `npm start` as a visitor runs it: the whole demo in a process of its own, ended by Ctrl-C. */
const REPOSITORY = join(__dirname, '../..');
const FIRST_START_MS = 420_000;
const END_MS = 45_000;
const LAST_LINE = 'Ctrl-C ends everything.';
const LINE = /^ ?\d+:\d\d {2}/;

let state: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
	state = await mkdtemp(join(tmpdir(), 'npm-start-'));
});
afterAll(async () => {
	// Only after a failure is anything left here.
	for (const child of running) interrupt(child);
	try {
		await Promise.all(running.map(async (child) => await waitFor(() => child.exitCode !== null || child.signalCode !== null, { what: 'npm start to end', timeoutMs: END_MS })));
	} finally {
		// A living one would keep the whole test run alive.
		for (const child of running) signal(child, 'SIGKILL');
	}
	await rm(state, { recursive: true, force: true });
}, 60_000);

interface Start {
	child: ChildProcess;
	output(): string;
	errors(): string;
	/** The exit code, null after a signal. */
	exited: Promise<number | null>;
}

function start(args: readonly string[]): Start {
	// A process group of its own, as a terminal gives it: Ctrl-C reaches npm and everything under it.
	const child = spawn('npm', ['run', '--silent', 'start', '--', ...args], { cwd: REPOSITORY, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
	running.push(child);
	const said = { output: '', errors: '' };
	child.stdout.setEncoding('utf8').on('data', (text: string) => (said.output += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (said.errors += text));
	const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
	return { child, output: () => said.output, errors: () => said.errors, exited };
}

function signal({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void {
	if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, name);
}
const interrupt = (child: ChildProcess): void => signal(child, 'SIGINT');

/** Waits for a text, or says what came instead. */
async function said(started: Start, text: string, timeoutMs: number): Promise<void> {
	await waitFor(() => started.output().includes(text) || started.child.exitCode !== null, { what: `"${text}" of npm start`, timeoutMs, everyMs: 100 }).catch((error: Error) => {
		throw new Error(`${error.message}; it said:\n${started.output()}${started.errors()}`);
	});
	if (!started.output().includes(text)) throw new Error(`npm start ended without "${text}":\n${started.output()}${started.errors()}`);
}

interface ProcessRow {
	pid: number;
	parent: number;
	command: string;
}
/** What runs on this machine now; what has ended and only waits to be collected does not count. */
async function processes(): Promise<ProcessRow[]> {
	const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { maxBuffer: 10_000_000 });
	return stdout.split('\n').flatMap((line) => {
		const [, pid, parent, stat, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
		return pid === undefined || stat.startsWith('Z') ? [] : [{ pid: Number(pid), parent: Number(parent), command }];
	});
}

async function familyOf(pid: number): Promise<ProcessRow[]> {
	const all = await processes();
	const family = all.filter((row) => row.pid === pid);
	for (const member of family) family.push(...all.filter(({ parent }) => parent === member.pid));
	return family;
}

async function endsWithoutTrace({ child, exited, output }: Start): Promise<void> {
	const family = await familyOf(child.pid ?? 0);
	expect(family.some(({ command }) => command.includes('n8n/bin/n8n'))).toBe(true);
	interrupt(child);
	await exited;
	expect(output()).toMatch(/Ending …/);
	const left = (await processes()).filter((row) => family.some(({ pid, command }) => pid === row.pid && command === row.command));
	expect(left).toEqual([]);
}

/** The last line of the table, as numbers by outcome. */
function counts(output: string): Record<string, number> {
	const [, total, outcomes] = /^(\d+) in all: (.*)\.$/m.exec(output) ?? [];
	return { total: Number(total), ...Object.fromEntries((outcomes ?? '').split(', ').map((part) => [part.replace(/^\d+ /, ''), Number.parseInt(part, 10)])) };
}

/** What left for leads, by the stand-ins' own log. */
async function messagesToLeads(): Promise<{ to: string }[]> {
	const { http } = JSON.parse(await readFile(join(state, 'ports.json'), 'utf8')) as { http: number };
	const messages = (await (await fetch(`http://127.0.0.1:${http}/__sandbox/messages?direction=toLead`)).json()) as { to: string }[];
	return messages.filter(({ to }) => to !== ALERT_MAILBOX);
}

describe('npm start', () => {
	it('settles every sample lead, and Ctrl-C leaves no process behind', async () => {
		const first = start(['--state', state, '--port', String(await freePort())]);
		await said(first, LAST_LINE, FIRST_START_MS);
		const { total, sent, open } = counts(first.output());
		expect(total).toBeGreaterThanOrEqual(30);
		expect(open).toBeUndefined();
		expect(sent).toBeGreaterThan(0);
		expect(first.output()).toContain("6 product pages of the demo's shop are known (6 new or changed)");
		// A price off a product page, in a draft that was sent.
		expect(first.output().replace(/\s+/g, ' ')).toMatch(/It quotes what is known: "[^"]*\d+ [Ee]uro/);
		expect(await messagesToLeads()).toHaveLength(sent);
		await endsWithoutTrace(first);
	}, FIRST_START_MS + END_MS);

	it('installs nothing the second time, and sends nobody the same again', async () => {
		const second = start(['--state', state, '--port', String(await freePort())]);
		await said(second, 'Ready: ', FIRST_START_MS);
		expect(second.output() + second.errors()).not.toMatch(/Installing|Building/);
		await said(second, LAST_LINE, FIRST_START_MS);
		expect(second.output()).toContain('are known (0 new or changed)');
		expect(second.output()).toMatch(/ 0 of them were new; the others were recognised\./);
		expect(counts(second.output()).open).toBeUndefined();
		expect(await messagesToLeads()).toEqual([]);
		await endsWithoutTrace(second);
	}, 2 * FIRST_START_MS + END_MS);

	it.each([
		['a port that is taken', async (port: number) => ['--port', String(port)], /^Port \d+ is taken: .*\.\n$/],
		['a Postgres that is not there', async () => ['--port', String(await freePort()), '--postgres', `postgres://user:hidden@127.0.0.1:${await freePort()}/leads`], /^No Postgres can be used at 127\.0\.0\.1:\d+\/leads .*\.\n$/],
	] as const)('says %s in one sentence', async (_, args, sentence) => {
		const server = createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const refused = start(['--state', state, ...(await args((server.address() as AddressInfo).port))]);
		expect(await refused.exited).toBe(1);
		await new Promise((resolve) => server.close(resolve));
		expect(refused.errors()).toMatch(sentence);
		expect(refused.output().split('\n').filter((line) => LINE.test(line))).toEqual([]);
	}, 60_000);
});
