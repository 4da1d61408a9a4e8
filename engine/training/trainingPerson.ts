import type { Channel } from '../channels/channel';
import type { Consent, Contact } from '../message/contact';

/** What is known to name a person: removed from every text for certain. */
export interface PersonIdentifiers {
	names: readonly string[];
	companies: readonly string[];
	/** E-mail addresses, phone numbers, handles and ids, as stored. */
	addresses: readonly string[];
	/** What else their fields say about them alone: a street, a customer number. */
	others: readonly string[];
}

/** What decides whether a person's conversations may train. */
export interface TrainingPerson {
	identifiers: PersonIdentifiers;
	profiling: boolean;
	/** Asked not to be written to on any channel. */
	optedOutOfAll: boolean;
	attributes: Readonly<Record<string, unknown>>;
	consent: Readonly<Partial<Record<Channel, Consent>>>;
}

/** The attribute by which a user keeps a contact out of training (`false` or `no`), or records the contact's word. */
export const TRAINING_ATTRIBUTE = 'training';

export const CONSENT_RULES = ['not_objected', 'recorded_basis'] as const;
/** not_objected: whoever did not object. recorded_basis: only where a lawful ground for the channel is on record, too. */
export type ConsentRule = (typeof CONSENT_RULES)[number];

/** Why somebody's conversations may not train; undefined when they may. */
export type PersonExclusion = 'profiling_off' | 'objected' | 'no_consent';

const SAYS_NO = /^(?:no|false|0|off|nein|withdrawn|objected)$/i;

export function personExclusion(person: Pick<TrainingPerson, 'profiling' | 'optedOutOfAll' | 'attributes' | 'consent'>, channel: Channel, rule: ConsentRule): PersonExclusion | undefined {
	if (!person.profiling) return 'profiling_off';
	const said = person.attributes[TRAINING_ATTRIBUTE];
	if (person.optedOutOfAll || said === false || (typeof said === 'string' && SAYS_NO.test(said.trim()))) return 'objected';
	return rule === 'recorded_basis' && person.consent[channel] === undefined ? 'no_consent' : undefined;
}

/** Attributes whose value names their person, by the words in the key. */
const NAMING_KEY = /name|mail|phone|mobile|fax|street|address|zip|postal|city|iban|account|customer|client|contract|order|number|\bid\b|_id$|Id$|url|website|linkedin|twitter|birth/i;
/** What describes many people. */
const GENERAL_KEY = /industry|role|source|campaign|score|type|category|size|language|country/i;
const LONGEST_VALUE = 200;

/** What a stored contact says that names the person. `aliases` are further addresses they are known under. */
export function identifiersOf(contact: Pick<Contact, 'id' | 'name' | 'company' | 'email' | 'phone' | 'handles' | 'attributes'>, aliases: readonly string[] = []): PersonIdentifiers {
	const texts = (values: readonly unknown[]): string[] => [...new Set(values.flatMap((value) => (typeof value === 'string' || typeof value === 'number' ? [String(value).trim()] : [])).filter((value) => value !== '' && value.length <= LONGEST_VALUE))];
	const named = Object.entries(contact.attributes).filter(([key]) => NAMING_KEY.test(key) && !GENERAL_KEY.test(key));
	const isName = (key: string): boolean => /first_?name|last_?name|full_?name|surname|nachname|vorname/i.test(key);
	return {
		names: texts([contact.name, ...named.filter(([key]) => isName(key)).map(([, value]) => value)]),
		companies: texts([contact.company]),
		addresses: texts([contact.email, contact.phone, ...Object.values(contact.handles), ...aliases, contact.id]),
		others: texts(named.filter(([key]) => !isName(key)).map(([, value]) => value)),
	};
}
