import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { REPOSITORY } from './packParts';

const run = promisify(execFile);
const SOURCES = ['nodes', 'credentials', 'engine', 'store', 'llm', 'desk'];

function filesBelow(folder: string): string[] {
	return readdirSync(join(REPOSITORY, folder), { withFileTypes: true }).flatMap((entry) => {
		const path = `${folder}/${entry.name}`;
		if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesBelow(path);
		return [path];
	});
}

const sources = SOURCES.flatMap(filesBelow);
/** What the compiler leaves behind and the build has to copy. */
const copied = sources.filter((path) => /\.svg$|\.node\.json$|^(engine|llm)\/.*\.json$|^desk\/assets\//.test(path));
const written = sources.filter((path) => /\.tsx?$/.test(path) && !path.endsWith('.d.ts'));
const toJs = (path: string): string => path.replace(/\.tsx?$/, '.js');
const compiled = written.map(toJs);

/** Builds only when something is missing or older than its source: a fresh build costs half a minute. */
async function ensureBuilt(): Promise<void> {
	const stale = [...copied.map((path) => [path, path]), ...written.map((path) => [path, toJs(path)])].some(([source, target]) => {
		const built = join(REPOSITORY, 'dist', target);
		return !existsSync(built) || statSync(built).mtimeMs < statSync(join(REPOSITORY, source)).mtimeMs;
	});
	if (stale) await run('npm', ['run', 'build', '--silent'], { cwd: REPOSITORY });
}

describe('what is published', () => {
	let packed: Set<string>;
	beforeAll(async () => {
		await ensureBuilt();
		const { stdout } = await run('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], { cwd: REPOSITORY, maxBuffer: 32 * 1024 * 1024 });
		const [{ files }] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ files: { path: string }[] }];
		packed = new Set(files.map(({ path }) => path));
	}, 180_000);

	it('holds every icon, codex and data file', () => {
		expect(copied.length).toBeGreaterThan(40);
		expect(copied.filter((path) => !packed.has(`dist/${path}`))).toEqual([]);
		expect(copied.filter((path) => !readFileSync(join(REPOSITORY, 'dist', path)).equals(readFileSync(join(REPOSITORY, path))))).toEqual([]);
	});

	it('holds every compiled file, and each node and credential package.json lists', () => {
		const { n8n, main } = JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { main: string; n8n: { nodes: string[]; credentials: string[] } };
		expect([main, ...n8n.nodes, ...n8n.credentials, ...compiled.map((path) => `dist/${path}`)].filter((path) => !packed.has(path))).toEqual([]);
	});

	it('holds every workflow, README and licence', () => {
		expect([...filesBelow('workflows'), 'README.md', 'LICENSE'].filter((path) => !packed.has(path))).toEqual([]);
	});

	it('holds no test, sandbox, key or source', () => {
		expect([...packed].filter((path) => /^(test|sandbox|docs|bench)\/|node_modules|\.env|\.pem$|(?<!\.d)\.ts$|\.sqlite/.test(path))).toEqual([]);
	});
});
