import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';

/** Rows of a JSON-lines file, each checked. */
export function readJsonLines<T>(file: string, schema: z.ZodType<T>): T[] {
	return readFileSync(file, 'utf8').split('\n').filter(Boolean).map((line) => schema.parse(JSON.parse(line)));
}

/** A file of our own labelled data. */
export const ownData = (name: string): string => path.join(__dirname, '../test/data', name);
