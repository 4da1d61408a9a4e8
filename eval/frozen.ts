import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ownData } from './jsonLines';
import { ThawedError } from './labelledReplies';

const FrozenSchema = z.object({ frozen: z.iso.date(), files: z.record(z.string(), z.string().length(64)) });

/** The path of a test half of the gate's rows. @throws ThawedError when it is not the file whose hash was frozen. */
export function frozenGateFile(name: string): string {
	const { files } = FrozenSchema.parse(JSON.parse(readFileSync(ownData('gate/frozen.json'), 'utf8')));
	const file = `gate/${name}`;
	if (createHash('sha256').update(readFileSync(ownData(file))).digest('hex') !== files[name]) throw new ThawedError(`${name} is not the file whose hash was frozen; restore it before reporting figures.`);
	return file;
}
