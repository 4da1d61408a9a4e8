import { createHash } from 'node:crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { htmlAsText } from '../../engine/message/intake/htmlAsText';
import { chunkText } from '../../engine/retrieval/chunk';
import { termsOf } from '../../engine/retrieval/terms';
import type { KnowledgeInput, Store } from '../../store/store';
import { commitIsolated, executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { ItemInputError } from '../shared/errors';
import { withStore } from '../shared/openNodeStore';
import { perWorkspace } from '../shared/perWorkspace';
import { readOptionalText, readText } from '../shared/readParameter';

/** Longer documents are books: in parts, each with a title, they are found better. */
const LONGEST_DOCUMENT = 200_000;
const LONGEST_ID = 500;

type Format = 'text' | 'markdown' | 'html';
interface AddParameters {
	workspace: string;
	format: Format | 'file';
	content: string;
	binaryField: string;
	title?: string;
	sourceId?: string;
}
interface Document {
	workspace: string;
	input: KnowledgeInput;
}
interface Added {
	knowledge: { id: string; title?: string; characters: number; chunks: number; changed: boolean; sentence: string };
}

/** Add: keeps a document, cut into chunks. The same source again replaces it; the same content changes nothing. */
export async function addKnowledge(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<AddParameters, Added>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readAdd(context, index),
		decide: async (items) => {
			const read = await Promise.all(items.map(async (item) => await documentOf(context, item)));
			return await withStore(context, async (store) => await keep(store, read));
		},
		write: (json) => ({ output: 0, json }),
	});
}

function readAdd(context: IExecuteFunctions, index: number): AddParameters {
	const chosen: unknown = context.getNodeParameter('format', index, 'text');
	const format = chosen === 'file' || chosen === 'html' || chosen === 'markdown' ? chosen : 'text';
	return {
		workspace: readText(context, 'workspace', index, 'Workspace'),
		format,
		content: format === 'file' ? '' : readText(context, 'content', index, 'Content'),
		binaryField: format === 'file' ? readText(context, 'binaryField', index, 'Input Binary Field') : '',
		title: readOptionalText(context, 'title', index),
		sourceId: readOptionalText(context, 'sourceId', index),
	};
}

/** How a file is read, by what it says it is. */
function formatOfFile(mimeType: string, fileName: string): Format {
	const name = fileName.toLowerCase();
	if (mimeType === 'text/html' || /\.x?html?$/.test(name)) return 'html';
	if (mimeType === 'text/markdown' || /\.(?:md|markdown)$/.test(name)) return 'markdown';
	if (mimeType.startsWith('text/') || name.endsWith('.txt')) return 'text';
	throw new ItemInputError(`The file '${fileName || 'without a name'}' (${mimeType || 'unknown type'}) is no text, Markdown or HTML`, 'Put the node Extract From File before this one, and add the text it gives with the format Text. That also reads PDF.');
}

/** UTF-8, else the single-byte encoding of Western Europe: what office programs save as text. */
function decode(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		return new TextDecoder('windows-1252').decode(bytes);
	}
}

/** Cells of a table would otherwise run into each other. */
const readable = (html: string): string => htmlAsText(html.replace(/<(?=t[dh][\s>])/gi, ' <'));

function checked(content: string): string {
	if (content.length > LONGEST_DOCUMENT) throw new ItemInputError(`The content has ${content.length} characters, more than the ${LONGEST_DOCUMENT} one document may have`, 'Add it in parts, each with a title and source ID of its own.');
	return content;
}

/** A text as it is kept: cut into chunks, told apart by its hash. */
export function documentInput(text: string, { title, id }: { title?: string; id?: string }): KnowledgeInput {
	const chunks = chunkText(text).map((chunk) => ({ text: chunk, terms: termsOf(chunk) }));
	const hash = createHash('sha256').update(JSON.stringify([text, title ?? null])).digest('hex');
	return { kind: 'document', id: (id ?? title ?? `text-${hash.slice(0, 16)}`).slice(0, LONGEST_ID), ...(title === undefined ? {} : { title }), hash, characters: text.length, chunks };
}

async function documentOf(context: IExecuteFunctions, { index, item, params }: ReadItem<AddParameters>): Promise<Settled<Document>> {
	try {
		const { workspace, title, sourceId } = params;
		let { format, content } = params;
		let name = title;
		if (format === 'file') {
			const file = item.binary?.[params.binaryField];
			if (!file) throw new ItemInputError(`The item has no file in '${params.binaryField}'`, `Point 'Input Binary Field' at one of: ${Object.keys(item.binary ?? {}).join(', ') || '(the item has no files)'}.`);
			format = formatOfFile(file.mimeType, file.fileName ?? '');
			content = decode(await context.helpers.getBinaryDataBuffer(index, params.binaryField));
			name ??= file.fileName;
		}
		const text = format === 'html' ? readable(checked(content)) : checked(content);
		if (chunkText(text).length === 0) throw new ItemInputError('The content has no text in it');
		return settled.ok({ workspace, input: documentInput(text, { title: name, id: sourceId }) });
	} catch (error) {
		return settled.failed(error);
	}
}

async function keep(store: Store, read: Settled<Document>[]): Promise<Settled<Added>[]> {
	const documents = read.flatMap((one) => (one.ok ? [one.value] : []));
	const kept = await perWorkspace(documents, ({ workspace }) => workspace, async (workspace, own) => await commitIsolated(own, async (batch) => (await store.knowledge.put(workspace, batch.map(({ input }) => input))).map(({ changed }, place) => addedOf(batch[place].input, changed))));
	let next = 0;
	return read.map((one) => (one.ok ? kept[next++] : one));
}

function addedOf({ id, title, characters, chunks }: KnowledgeInput, changed: boolean): Added {
	const parts = `${chunks.length} ${chunks.length === 1 ? 'part' : 'parts'}`;
	const sentence = changed ? `"${title ?? id}" is known now: ${characters} characters in ${parts}.` : `"${title ?? id}" was known already and is unchanged.`;
	return { knowledge: { id, ...(title === undefined ? {} : { title }), characters, chunks: chunks.length, changed, sentence } };
}
