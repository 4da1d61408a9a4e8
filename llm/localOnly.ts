import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { ModelError } from './chatModel';

/** The addresses a host name stands for. */
export type Resolve = (hostname: string) => Promise<readonly string[]>;

/**
 * Networks no packet leaves: loopback (RFC 1122, RFC 4291), private use (RFC 1918) and unique local (RFC 4193). Not link-local,
 * where clouds serve their metadata, and not the shared space of carriers (RFC 6598).
 */
const LOCAL: readonly (readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'])[] = [
	['127.0.0.0', 8, 'ipv4'],
	['10.0.0.0', 8, 'ipv4'],
	['172.16.0.0', 12, 'ipv4'],
	['192.168.0.0', 16, 'ipv4'],
	['::1', 128, 'ipv6'],
	['fc00::', 7, 'ipv6'],
];
const local4 = new BlockList();
const local6 = new BlockList();
for (const [network, prefix, family] of LOCAL) (family === 'ipv4' ? local4 : local6).addSubnet(network, prefix, family);

/** The IPv4 address an IPv6 address only wraps (RFC 4291 2.5.5.2), dotted or in hexadecimal. */
function unwrapped(address: string): string {
	const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
	const mapped = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(canonical);
	if (!mapped) return canonical;
	const [high, low] = [Number.parseInt(mapped[1], 16), Number.parseInt(mapped[2], 16)];
	return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}

/** Whether an IP address lies in one's own network. False for anything that is no IP address. */
export function isLocalAddress(address: string): boolean {
	if (isIP(address) === 4) return local4.check(address, 'ipv4');
	// A zone (fe80::1%eth0) names an interface of link-local addresses only.
	if (isIP(address) !== 6 || address.includes('%')) return false;
	const plain = unwrapped(address);
	return isIP(plain) === 4 ? local4.check(plain, 'ipv4') : local6.check(plain, 'ipv6');
}

export const systemResolve: Resolve = async (hostname) => (await lookup(hostname, { all: true })).map(({ address }) => address);

const UNSTUCK = "Use a server in your own network, e.g. Ollama at http://localhost:11434/v1, or switch 'Local Models Only' off in the settings of the workspace (or LEAD_AUTOPILOT_LOCAL_MODELS_ONLY of this n8n). Nobody switched it on? Then the settings could not be read: see that the node's store can be reached.";

/** The refusal of a model that is not, or cannot be told to be, in one's own network. */
export function notLocal(what: string): ModelError {
	return new ModelError('not_local', `Only local models are allowed, and ${what}. ${UNSTUCK}`);
}

/**
 * The addresses a model server may be reached at: each of those its name stands for has to be local, or one answer of many
 * would lead outside.
 * @throws ModelError `not_local`
 */
export async function localAddresses(url: string, resolve: Resolve = systemResolve): Promise<readonly string[]> {
	const { hostname, protocol } = new URL(url);
	if (protocol !== 'http:' && protocol !== 'https:') throw notLocal(`${protocol}// is no address of a model server`);
	const bare = hostname.replace(/^\[|\]$/g, '');
	if (isIP(bare) !== 0) {
		if (!isLocalAddress(bare)) throw notLocal(`${bare} is an address outside`);
		return [bare];
	}
	let addresses: readonly string[];
	try {
		addresses = await resolve(bare);
	} catch {
		throw notLocal(`'${bare}' is a name nobody here knows`);
	}
	if (addresses.length === 0 || !addresses.every(isLocalAddress)) throw notLocal(`'${bare}' leads outside`);
	return addresses;
}
