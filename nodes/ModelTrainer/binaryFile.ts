import { createHash } from 'node:crypto';
import type { IExecuteFunctions } from 'n8n-workflow';
import type { TrainingFile } from '../../llm/fineTuning';
import { ItemInputError } from '../shared/errors';

const NEWLINE = 10;

/** A file of an item, read from where n8n keeps it as often as it is needed. */
export interface BinaryFile extends Omit<TrainingFile, 'name'> {
	sha256: string;
	rows: number;
}

/** A binary field of an item, with what its content is; it is read once and never held whole where n8n keeps files on disk. */
export async function binaryFile(context: IExecuteFunctions, index: number, field: string): Promise<BinaryFile> {
	if (!context.getInputData()[index]?.binary?.[field]) {
		throw new ItemInputError(`The item has no file '${field}'`, "Connect Export Training Set in front of this node, or name the item's binary field that holds the JSON Lines file.");
	}
	const data = context.helpers.assertBinaryData(index, field);
	const open = async (): Promise<AsyncIterable<Uint8Array>> => (data.id === undefined ? pieces(Buffer.from(data.data, 'base64')) : await context.helpers.getBinaryStream(data.id));
	const hash = createHash('sha256');
	let [bytes, rows, last] = [0, 0, NEWLINE];
	for await (const chunk of await open()) {
		hash.update(chunk);
		bytes += chunk.length;
		for (const byte of chunk) if (byte === NEWLINE) rows += 1;
		last = chunk.at(-1) ?? last;
	}
	return { bytes, rows: rows + (last === NEWLINE ? 0 : 1), sha256: hash.digest('hex'), open };
}

async function* pieces(whole: Buffer): AsyncGenerator<Uint8Array> {
	const size = 64 * 1024;
	for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size);
}
