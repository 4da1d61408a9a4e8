import { spawn } from 'node:child_process';

/** What npm tells scripts about the package they belong to; a second npm in another folder must not believe it. */
const OF_THE_OUTER_NPM = /^npm_(package_|lifecycle_|command$|execpath$|config_(local_prefix|global_prefix|prefix|ignore_scripts|legacy_peer_deps|omit|include|workspace)$)/i;
const NETWORK = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ERR_SOCKET_TIMEOUT|network request failed/;

/**
 * Runs npm in `folder` and gives what it printed.
 * @throws Error of one sentence: disk full, registry not reachable, or npm's own first error line.
 */
export async function npm(args: readonly string[], folder: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
	const inherited = Object.entries(process.env).filter(([name]) => !OF_THE_OUTER_NPM.test(name));
	const child = spawn('npm', [...args], { cwd: folder, env: { ...Object.fromEntries(inherited), ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
	let printed = '';
	let complaints = '';
	child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
	child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
	const code = await new Promise<number | null>((resolve, reject) => {
		child.once('error', reject);
		child.once('close', resolve);
	});
	if (code !== 0) throw new Error(explain(args, folder, `${printed}\n${complaints}`.trim()));
	return printed;
}

function explain(args: readonly string[], folder: string, output: string): string {
	if (/ENOSPC/.test(output)) return `The disk is full: make room on the disk of ${folder} (n8n needs about 2.5 GB) and start again.`;
	const network = NETWORK.exec(output);
	if (network !== null) return `npm could not reach its package registry (${network[0]}): check the network or the npm proxy settings and start again.`;
	// A script's own complaints (the compiler's, say) are worth more than npm's remark that it failed.
	if (args[0] === 'run') return `npm run ${args[1]} failed:\n${output.split('\n').slice(0, 20).join('\n')}`;
	const line = output.split('\n').find((one) => /npm (error|ERR!) (?!code)\S/.test(one)) ?? output.trim().split('\n').at(-1);
	return `npm ${args[0]} failed in ${folder}: ${line ?? 'it said nothing'}`;
}
