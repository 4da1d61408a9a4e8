import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { systemErrorCode } from './systemErrorCode';

const run = promisify(execFile);
const VALID_DAYS = '3650';

export interface SandboxCertificate {
	/** File of the sandbox's own authority, for NODE_EXTRA_CA_CERTS. */
	caPath: string;
	/** Private key of the server certificate, PEM. */
	key: string;
	/** Server certificate for all the names, PEM. */
	cert: string;
}

/**
 * A private authority and one server certificate for `hostnames` (and 127.0.0.1), made once and kept in `folder`.
 * The authority's key is thrown away after signing, so nothing else can ever be signed with it.
 * @throws Error when the `openssl` program is missing.
 */
export async function sandboxCertificate(hostnames: readonly string[], folder: string): Promise<SandboxCertificate> {
	const names = [...new Set(hostnames)].sort();
	const kept = join(folder, createHash('sha256').update(names.join(' ')).digest('hex').slice(0, 16));
	try {
		return await readCertificate(kept);
	} catch {
		await makeCertificate(names, kept);
		return await readCertificate(kept);
	}
}

async function readCertificate(folder: string): Promise<SandboxCertificate> {
	const caPath = join(folder, 'ca.pem');
	const [key, cert] = await Promise.all([readFile(join(folder, 'server.key'), 'utf8'), readFile(join(folder, 'server.pem'), 'utf8'), readFile(caPath)]);
	return { caPath, key, cert };
}

async function makeCertificate(names: readonly string[], target: string): Promise<void> {
	// Made beside and renamed, so that two processes never read a half-written set.
	const work = `${target}.${process.pid}`;
	await mkdir(work, { recursive: true, mode: 0o700 });
	const file = (name: string) => join(work, name);
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
	try {
		await writeFile(file('extensions'), `subjectAltName=${[...names.map((name) => `DNS:${name}`), 'IP:127.0.0.1'].join(',')}\nextendedKeyUsage=serverAuth\n`);
		await openssl(['req', '-x509', ...curve, '-keyout', file('ca.key'), '-out', file('ca.pem'), '-days', VALID_DAYS, '-subj', '/CN=Lead Autopilot sandbox authority']);
		await openssl(['req', ...curve, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=Lead Autopilot sandbox']);
		await openssl(['x509', '-req', '-in', file('server.csr'), '-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-CAcreateserial', '-days', VALID_DAYS, '-extfile', file('extensions'), '-out', file('server.pem')]);
		await rm(file('ca.key'));
		await rename(work, target).catch((error: unknown) => {
			// Another process was faster; its set is as good.
			if (!['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
		});
	} finally {
		await rm(work, { recursive: true, force: true });
	}
}

async function openssl(args: readonly string[]): Promise<void> {
	try {
		await run('openssl', [...args]);
	} catch (error) {
		if (systemErrorCode(error) === 'ENOENT') {
			throw new Error('The sandbox needs the openssl program to make its certificates: install it (apt-get install openssl)');
		}
		throw error;
	}
}
