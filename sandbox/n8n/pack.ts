import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { withLock } from '../lock';
import { SANDBOX_FOLDER } from './environment';
import { STATE_FOLDER, withProgress, type Progress } from './install';
import { npm } from './npm';

const REPOSITORY = join(SANDBOX_FOLDER, '..');
const PACK_STATE = join(STATE_FOLDER, 'pack');
/** All that the tarball is made of. */
const SOURCES = ['package.json', 'README.md', 'LICENSE', 'gulpfile.js', 'tsconfig.json', 'tsconfig.build.json', 'index.ts', 'nodes', 'credentials', 'engine', 'store', 'llm', 'desk', 'icons', 'workflows'];
/** What n8n 2.40 passes to npm when a user installs a community package. */
const AS_N8N_INSTALLS = ['install', '--audit=false', '--fund=false', '--bin-links=false', '--install-strategy=shallow', '--ignore-scripts=true', '--package-lock=false'];
const run = promisify(execFile);

/**
 * Builds and packs this repository and installs the tarball into `<userFolder>/.n8n/nodes` the way n8n does.
 * Build and dependencies are kept while the sources, or the dependencies, are the same; then it takes about a second.
 * @throws Error with the compiler's complaints when the pack does not build.
 */
export async function installPack(userFolder: string, progress: Progress = () => undefined): Promise<void> {
	const unpacked = await withLock(join(STATE_FOLDER, 'pack.lock'), async () => await unpackedPack(progress));
	const { name } = await readManifest(unpacked);
	const target = join(userFolder, '.n8n/nodes/node_modules', name);
	await rm(target, { recursive: true, force: true });
	await mkdir(join(target, '..'), { recursive: true });
	await copyFolder(unpacked, target);
}

/** A folder with the unpacked tarball and its dependencies, made once for each state of the sources. */
async function unpackedPack(progress: Progress): Promise<string> {
	const hash = await sourcesHash();
	const ready = join(PACK_STATE, hash);
	if (existsSync(ready)) return ready;
	const work = `${ready}.making`;
	await rm(work, { recursive: true, force: true });
	await mkdir(work, { recursive: true });
	await withProgress(progress, 'Building and packing the nodes', async () => {
		// ignore-scripts in .npmrc also stops prepack, so the build is asked for by name.
		await npm(['run', 'build', '--silent'], REPOSITORY);
		const printed = await npm(['pack', '--ignore-scripts', '--json', '--pack-destination', work], REPOSITORY);
		await run('tar', ['-xzf', join(work, tarballName(printed)), '-C', work, '--strip-components=1']);
		await rm(join(work, tarballName(printed)));
	});
	await dropDevelopmentDependencies(work);
	await copyFolder(await installedDependencies(work, progress), join(work, 'node_modules'));
	await removeOtherPacks(hash);
	await rename(work, ready);
	return ready;
}

function tarballName(printed: string): string {
	const name = /"filename":\s*"([^"]+\.tgz)"/.exec(printed)?.[1];
	if (name === undefined) throw new Error(`npm pack named no tarball: ${printed.slice(0, 200)}`);
	return name;
}

interface Manifest {
	name: string;
	dependencies?: Record<string, string>;
	[key: string]: unknown;
}

async function readManifest(folder: string): Promise<Manifest> {
	return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** n8n does the same before it lets npm install. */
async function dropDevelopmentDependencies(folder: string): Promise<void> {
	const dropped = new Set(['devDependencies', 'peerDependencies', 'optionalDependencies']);
	const manifest = Object.fromEntries(Object.entries(await readManifest(folder)).filter(([key]) => !dropped.has(key)));
	await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2));
}

/** The pack's `node_modules`, installed once for each list of dependencies. */
async function installedDependencies(pack: string, progress: Progress): Promise<string> {
	const manifest = await readManifest(pack);
	const key = createHash('sha256').update(JSON.stringify([manifest.dependencies ?? {}, manifest.overrides ?? {}])).digest('hex').slice(0, 16);
	const folder = join(STATE_FOLDER, 'dependencies', key);
	const installed = join(folder, 'node_modules');
	if (existsSync(join(folder, 'complete'))) return installed;
	await rm(folder, { recursive: true, force: true });
	await mkdir(installed, { recursive: true });
	await cp(join(pack, 'package.json'), join(folder, 'package.json'));
	await withProgress(progress, "Installing the pack's dependencies (once)", async () => await npm(AS_N8N_INSTALLS, folder));
	await writeFile(join(folder, 'complete'), '');
	return installed;
}

/** Hard links where the disk allows it: a thousand files a second folder would cost otherwise. */
async function copyFolder(from: string, to: string): Promise<void> {
	try {
		await run('cp', ['-al', from, to]);
	} catch {
		await rm(to, { recursive: true, force: true });
		await cp(from, to, { recursive: true });
	}
}

async function removeOtherPacks(hash: string): Promise<void> {
	const others = (await readdir(PACK_STATE)).filter((name) => !name.startsWith(hash));
	await Promise.all(others.map(async (name) => await rm(join(PACK_STATE, name), { recursive: true, force: true })));
}

async function sourcesHash(): Promise<string> {
	const hash = createHash('sha256');
	for (const source of SOURCES) await addToHash(hash, source);
	return hash.digest('hex').slice(0, 16);
}

async function addToHash(hash: ReturnType<typeof createHash>, path: string): Promise<void> {
	const full = join(REPOSITORY, path);
	if (!existsSync(full)) return;
	const entries = await readdir(full, { withFileTypes: true }).catch(() => undefined);
	if (entries === undefined) {
		hash.update(path).update(await readFile(full));
		return;
	}
	for (const { name } of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) await addToHash(hash, `${path}/${name}`);
}
