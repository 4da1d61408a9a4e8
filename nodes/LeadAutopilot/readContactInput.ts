import { IANAZone } from 'luxon';
import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { phoneNumber } from '../../engine/message/intake/cleaning';
import type { ContactInput } from '../../store/store';
import { ItemInputError } from '../shared/errors';
import { readOptionalText } from '../shared/readParameter';
import { readOptionalJson } from './readOptionalJson';

const AttributesSchema = z.record(z.string(), z.unknown());

/** The contact that Upsert's fields describe. Needs an id or an address. */
export function readContactInput(context: IExecuteFunctions, index: number): ContactInput {
	const field = (name: string): string | undefined => readOptionalText(context, `fields.${name}`, index);
	const country = field('country')?.toUpperCase();
	if (country !== undefined && !/^[A-Z]{2}$/.test(country)) throw new ItemInputError(`'Country' must be two letters, but is '${country.slice(0, 20)}'`, 'Use the ISO 3166-1 code, e.g. DE.');
	const phone = readOptionalText(context, 'phone', index);
	const handles = present({ instagram: field('instagram'), messenger: field('messenger'), linkedin: field('linkedin') });
	const input: ContactInput = present({
		id: field('id'),
		name: readOptionalText(context, 'name', index),
		email: readOptionalText(context, 'email', index)?.toLowerCase(),
		phone: phone === undefined ? undefined : phoneNumber(phone, country),
		company: field('company'),
		country,
		timezone: readZone(field('timezone')),
		language: field('language'),
		bestContactTime: readClockTime(field('bestContactTime')),
		owner: field('owner'),
		pipelineId: field('pipelineId'),
		handles: Object.keys(handles).length > 0 ? handles : undefined,
		attributes: readAttributes(context, index),
	});
	if (!input.id && !input.email && !input.phone && !input.handles) {
		throw new ItemInputError('The contact has no e-mail address, phone number, handle or ID', "Point 'Email' or 'Phone' at the field of the item that holds one, or add one under 'More Fields'.");
	}
	return input;
}

function readAttributes(context: IExecuteFunctions, index: number): Record<string, unknown> | undefined {
	const parsed = AttributesSchema.optional().safeParse(readOptionalJson(context, 'fields.attributes', index, 'Attributes'));
	if (!parsed.success) throw new ItemInputError("'Attributes' is not a JSON object", 'Use e.g. { "industry": "Retail" }.');
	return parsed.data;
}

function readZone(zone: string | undefined): string | undefined {
	if (zone !== undefined && !IANAZone.isValidZone(zone)) throw new ItemInputError(`'Time Zone' ${JSON.stringify(zone.slice(0, 40))} is not known`, 'Use an IANA name, e.g. Europe/Berlin.');
	return zone;
}

function readClockTime(time: string | undefined): string | undefined {
	if (time !== undefined && !/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) throw new ItemInputError(`'Best Contact Time' must be HH:MM, but is '${time.slice(0, 20)}'`, 'Use e.g. 14:30.');
	return time;
}

function present<T extends Record<string, unknown>>(fields: T): Partial<T> {
	for (const key of Object.keys(fields)) if (fields[key] === undefined) Reflect.deleteProperty(fields, key);
	return fields;
}
