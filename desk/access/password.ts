import { randomBytes, scrypt, timingSafeEqual, type ScryptOptions } from 'node:crypto';
import { ACCESS } from './policy';

const KEY_BYTES = 32;
const FORMAT = /^scrypt\$(\d{1,8})\$(\d{1,3})\$(\d{1,3})\$([\w-]{16,64})\$([\w-]{43})$/;

interface Cost {
	N: number;
	r: number;
	p: number;
}

async function derive(password: string, salt: string, { N, r, p }: Cost): Promise<Buffer> {
	const options: ScryptOptions = { N, r, p, maxmem: 256 * N * r };
	// One password typed on two keyboards may be two strings of code points.
	return await new Promise((resolve, reject) => scrypt(password.normalize('NFKC'), salt, KEY_BYTES, options, (error, key) => (error ? reject(error) : resolve(key))));
}

/** `scrypt$N$r$p$salt$key`: all that is needed to check it later, whatever the cost is by then. */
export async function hashPassword(password: string, cost: Cost = ACCESS.scrypt): Promise<string> {
	const salt = randomBytes(16).toString('base64url');
	const key = await derive(password, salt, cost);
	return ['scrypt', cost.N, cost.r, cost.p, salt, key.toString('base64url')].join('$');
}

/** Stands in for the hash of somebody unknown, so that checking takes as long as for somebody known. */
const NOBODY = ['scrypt', ACCESS.scrypt.N, ACCESS.scrypt.r, ACCESS.scrypt.p, randomBytes(16).toString('base64url'), randomBytes(KEY_BYTES).toString('base64url')].join('$');

/** Whether the password is the one of the hash; without a hash the same work is done and the answer is no. */
export async function isPassword(password: string, hash: string | undefined): Promise<boolean> {
	const parts = FORMAT.exec(hash ?? NOBODY);
	if (!parts) return false;
	const [, N, r, p, salt, key] = parts;
	const derived = await derive(password.slice(0, ACCESS.passwordMax), salt, { N: Number(N), r: Number(r), p: Number(p) });
	const same = timingSafeEqual(derived, Buffer.from(key, 'base64url'));
	return same && hash !== undefined && password.length <= ACCESS.passwordMax;
}
