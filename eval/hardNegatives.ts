import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { OPT_OUT_CERTAIN, readReply } from '../engine/reply/readReply';
import type { Section } from './table';

const FileSchema = z.record(z.string(), z.array(z.tuple([z.string(), z.string()])));

/** Everyday requests, none of them an opt-out from messages (`intents_clinc150`). */
export function hardNegativesSection(folder: string): Section {
	const texts = Object.values(FileSchema.parse(JSON.parse(readFileSync(path.join(folder, 'intents_clinc150/data_full.json'), 'utf8')))).flatMap((rows) => rows.map(([text]) => text));
	const certainties = texts.map((text) => readReply(text, { language: 'en' }).optOut);
	return {
		title: 'Opt-out hard negatives (intents_clinc150)',
		note: 'Includes bare "cancel" and "stop it", which as a whole message are opt-outs by law (47 CFR 64.1200).',
		figures: [
			{ name: 'read as an opt-out', hits: certainties.filter(({ wanted }) => wanted).length, of: texts.length },
			{ name: 'acted on without a person', hits: certainties.filter(({ certainty }) => certainty >= OPT_OUT_CERTAIN).length, of: texts.length },
		],
	};
}
