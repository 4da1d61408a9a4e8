/**
 * The `code` of an error of the operating system (`ENOENT`, `ESRCH`, …), or undefined.
 * Looks at the shape: inside Jest, errors made by Node itself are not `instanceof` the test's Error.
 */
export function systemErrorCode(error: unknown): string | undefined {
	if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
	return typeof error.code === 'string' ? error.code : undefined;
}
