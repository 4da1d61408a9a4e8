import type { IDataObject } from 'n8n-workflow';

/** The keys the pack's own nodes write. On an item from outside they are somebody else's claims. */
const CONTRACT_KEYS = ['message', 'contact', 'conversation', 'reply', 'classification', 'variant', 'draft', 'gate', 'schedule', 'allowance', 'stage', 'job', 'review', 'outcome'];

/**
 * Blanks every contract key an incoming item brings along: a payload that claims a verdict, a confidence or another
 * contact gets none of it past intake.
 */
export function withoutClaims(json: IDataObject): IDataObject {
	return Object.fromEntries(CONTRACT_KEYS.filter((key) => key in json).map((key) => [key, undefined]));
}

/** What is said of a contact besides: of the one before, once the next is handed out. */
const SAID_OF_CONTACT = ['run', 'error', 'notClassified', 'summary'];

/** The item's other fields, e.g. the workflow's own settings: what stays when the item becomes another contact's. */
export function ownFields(json: IDataObject): IDataObject {
	return Object.fromEntries(Object.entries(json).filter(([key]) => !CONTRACT_KEYS.includes(key) && !SAID_OF_CONTACT.includes(key)));
}
