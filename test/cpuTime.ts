/**
 * Milliseconds of processor time this process has used. A limit on it holds on a busy machine too, where the clock on the
 * wall would count the time the process was kept waiting.
 */
export function cpuMs(): number {
	const { user, system } = process.cpuUsage();
	return (user + system) / 1_000;
}
