/** For Jest's globalTeardown: ends what globalSetup started. */
export default async function stopServices(): Promise<void> {
	for (const service of globalThis.testServices ?? []) await service.stop();
	globalThis.testServices = undefined;
}
