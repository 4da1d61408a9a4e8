import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { PERSONAL_DATA_TYPES, type PersonalDataType } from '../engine/privacy/personalData';
import { redactPii } from '../engine/privacy/redactPii';
import { ownData, readJsonLines } from './jsonLines';
import type { Figure, Section } from './table';

const TYPES: Readonly<Record<string, PersonalDataType>> = { EMAIL_ADDRESS: 'email', PHONE_NUMBER: 'phone', CREDIT_CARD: 'card', IBAN_CODE: 'iban' };
const SpanSchema = z.object({ entity_type: z.string(), start_position: z.number().int(), end_position: z.number().int() });
const PresidioSchema = z.array(z.object({ full_text: z.string(), spans: z.array(SpanSchema) }));
const OwnSchema = z.object({ text: z.string(), type: z.enum(PERSONAL_DATA_TYPES), start: z.number().int(), end: z.number().int() });
type Marked = z.infer<typeof OwnSchema>;

/** Leaked: any letter or digit of the span is left readable. */
function leaks({ text, start, end }: Marked, language?: string): boolean {
	const { spans } = redactPii(text, { language });
	return Array.from({ length: end - start }, (_, i) => start + i).some((at) => /[\p{L}\p{N}]/u.test(text[at]) && !spans.some((span) => span.start <= at && at < span.end));
}

function figures(name: string, rows: readonly Marked[], language?: string): Figure[] {
	return PERSONAL_DATA_TYPES.map((type) => {
		const ofType = rows.filter((row) => row.type === type);
		return { name: `${name} ${type} leaked`, hits: ofType.filter((row) => leaks(row, language)).length, of: ofType.length, wanted: { atMost: 0.05 } };
	});
}

export function ownPersonalDataFigures(): Figure[] {
	return figures('own de/en', readJsonLines(ownData('pii_de_en.jsonl'), OwnSchema));
}

const FormSchema = OwnSchema.extend({ language: z.enum(['de', 'en']) });

/** Further forms, by language; the halves share forms and differ in numbers and sentences. */
export function furtherFormFigures(half: 'dev' | 'test'): Figure[] {
	const rows = readJsonLines(ownData(`gate/pii_forms.${half}.jsonl`), FormSchema);
	return (['de', 'en'] as const).flatMap((language) => figures(`further forms ${language}`, rows.filter((row) => row.language === language)));
}

/** Share of personal data left readable, by type. */
export function personalDataSection(folder: string): Section {
	const presidio = PresidioSchema.parse(JSON.parse(readFileSync(path.join(folder, 'pii_presidio_synth/dev.json'), 'utf8'))).flatMap(({ full_text: text, spans }) =>
		spans.flatMap(({ entity_type: entity, start_position: start, end_position: end }): Marked[] => (TYPES[entity] ? [{ text, type: TYPES[entity], start, end }] : [])),
	);
	return {
		title: 'Personal data',
		note: 'Presidio rows served to find classes of error; the German and English forms are made by eval/writePiiForms.ts and eval/writeMorePiiForms.ts with fixed seeds; the rules know these forms, so they are checks, not measurements.',
		figures: [...figures('presidio', presidio, 'en'), ...ownPersonalDataFigures(), ...furtherFormFigures('test')],
	};
}
