import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const ManifestSchema = z.object({ version: z.string() });

/** The pack's version, from the package.json above this file, wherever it was compiled to. */
export function packVersion(): string {
	let folder = __dirname;
	while (!existsSync(join(folder, 'package.json'))) {
		const above = dirname(folder);
		if (above === folder) return 'unknown';
		folder = above;
	}
	return ManifestSchema.parse(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))).version;
}
