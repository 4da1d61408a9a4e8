import type { JsonSchema } from './chatModel';

const isSchema = (value: unknown): value is JsonSchema => typeof value === 'object' && value !== null && !Array.isArray(value);

function closed(schema: JsonSchema): JsonSchema {
	const result: JsonSchema = {};
	for (const [key, value] of Object.entries(schema)) {
		// What an answer that lacks a field counts as is ours to say; strict modes refuse the word.
		if (key === '$schema' || key === 'default') continue;
		if (key === 'properties' || key === '$defs') {
			const entries = isSchema(value) ? Object.entries(value) : [];
			result[key] = Object.fromEntries(entries.map(([name, part]) => [name, isSchema(part) ? closed(part) : part]));
		} else if (Array.isArray(value)) {
			result[key] = value.map((part: unknown) => (isSchema(part) ? closed(part) : part));
		} else {
			result[key] = isSchema(value) && key !== 'const' ? closed(value) : value;
		}
	}
	if (isSchema(result.properties) && result.additionalProperties === undefined) result.additionalProperties = false;
	return result;
}

const NOT_STRICT = ['allOf', 'oneOf', 'not', 'if', 'propertyNames', 'patternProperties', 'prefixItems'];

function allowsStrict(schema: JsonSchema): boolean {
	if (NOT_STRICT.some((keyword) => keyword in schema)) return false;
	if (schema.type === 'object') {
		if (!isSchema(schema.properties) || schema.additionalProperties !== false) return false;
		const required = Array.isArray(schema.required) ? schema.required : [];
		if (Object.keys(schema.properties).some((name) => !required.includes(name))) return false;
	}
	const parts: unknown[] = [];
	for (const holder of [schema.properties, schema.$defs]) if (isSchema(holder)) parts.push(...Object.values(holder));
	if (Array.isArray(schema.anyOf)) parts.push(...schema.anyOf);
	if (schema.items !== undefined) parts.push(schema.items);
	return parts.every((part) => isSchema(part) && ('$ref' in part || 'anyOf' in part || 'type' in part || 'enum' in part || 'const' in part) && allowsStrict(part));
}

/**
 * The schema as OpenAI's `json_schema` response format takes it: objects closed, `$schema` dropped. `strict` only when every
 * property is required, since strict mode refuses optional ones (platform.openai.com/docs/guides/structured-outputs).
 */
export function toOpenAiSchema(schema: JsonSchema): { schema: JsonSchema; strict: boolean } {
	const result = closed(schema);
	return { schema: result, strict: result.type === 'object' && allowsStrict(result) };
}

/** Whether some object of the schema has keys of its own choosing (a record), which closed schemas cannot express. */
export function hasRecords(schema: JsonSchema): boolean {
	if (isSchema(schema.additionalProperties) || schema.additionalProperties === true) return true;
	return Object.values(schema).some((part) => {
		const inner: unknown[] = Array.isArray(part) ? part : [part];
		return inner.some((one) => isSchema(one) && hasRecords(one));
	});
}

/** What to tell a model in words when its provider takes no schema. */
export function schemaInstruction(schema: JsonSchema): string {
	return `Answer with one JSON value only: no explanation, no code fence. It must match this JSON Schema:\n${JSON.stringify(closed(schema))}`;
}

/** The system text with the schema's instruction below it. */
export function withSchemaInstruction(system: string, schema: JsonSchema): string {
	return system === '' ? schemaInstruction(schema) : `${system}\n\n${schemaInstruction(schema)}`;
}
