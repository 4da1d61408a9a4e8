/**
 * Reads of one transaction that do not need each other's answers. They run one after the other all the same, but
 * while the server works on one the next is put together and the last one's rows are read. When one fails, none is left
 * running after the transaction has ended.
 */
export async function together<T extends readonly unknown[] | []>(statements: T): Promise<{ -readonly [P in keyof T]: Awaited<T[P]> }> {
	try {
		return await Promise.all(statements);
	} catch (error) {
		await Promise.allSettled(statements);
		throw error;
	}
}
