import type { Contact } from '../message/contact';

/** What a template's `{field}` may stand for. Blank counts as missing. */
export type TemplateFields = Readonly<Record<string, unknown>>;

export interface RenderedTemplate {
	text: string;
	/** Fields that had neither a value nor a fallback; they are left out of the text. Each once. */
	missing: string[];
}

const FIELD = /\{([A-Za-z_][A-Za-z0-9_.]{0,60})(?:\|([^{}\n]{0,300}))?\}/g;
const LONGEST_VALUE = 200;

function valueOf(fields: TemplateFields, name: string): string | undefined {
	const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
	if (typeof value !== 'string' && typeof value !== 'number') return undefined;
	// A value is one line of plain words: a name with line breaks in it must not lay out our message.
	const text = String(value).replace(/\s+/g, ' ').trim().slice(0, LONGEST_VALUE);
	return text === '' ? undefined : text;
}

/** Fills `{field|fallback}`. A fallback may be empty; values are put in once and never read as templates themselves. */
export function renderTemplate(template: string, fields: TemplateFields): RenderedTemplate {
	const missing = new Set<string>();
	const text = template.replace(FIELD, (_whole: string, name: string, fallback: string | undefined) => {
		const value = valueOf(fields, name) ?? fallback;
		if (value === undefined) missing.add(name);
		return value ?? '';
	});
	// An empty field leaves the blank that stood before it.
	const tidy = text
		.replace(/[ \t]+,(?=\s|$)/g, ',')
		.replace(/[ \t]{2,}/g, ' ')
		.replace(/[ \t]+$/gm, '')
		.trim();
	return { text: tidy, missing: [...missing] };
}

/** What templates may use of a contact and a workspace, besides the contact's own attributes. */
export function templateFields(contact: Partial<Contact> | undefined, sender: { senderName?: string; companyName?: string }): TemplateFields {
	const { name, email, phone, company, country, attributes } = contact ?? {};
	const words = name?.trim().split(/\s+/) ?? [];
	return {
		...attributes,
		...(name && { name, firstName: words[0], lastName: words.length > 1 ? words[words.length - 1] : undefined }),
		...(email && { email }),
		...(phone && { phone }),
		...(company && { company }),
		...(country && { country }),
		...sender,
	};
}
