import { z } from 'zod';
import { StoreInputError } from './errors';

/** Rows of one page at most, whatever is asked for. */
const LARGEST_PAGE = 200;

export const pageSize = (limit: number): number => Math.min(Math.max(1, Math.floor(limit)), LARGEST_PAGE);

/** A place in an ordered list as an opaque text, safe in a URL. */
export function toCursor(place: readonly (number | string)[]): string {
	return Buffer.from(JSON.stringify(place)).toString('base64url');
}

/** @throws StoreInputError when the text is no cursor of this list. */
export function fromCursor<T extends z.ZodType>(cursor: string, place: T): z.infer<T> {
	try {
		return place.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
	} catch (error) {
		throw new StoreInputError('This page does not exist. Begin at the first one.', 0, { cause: error });
	}
}
