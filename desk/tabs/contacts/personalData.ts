import { z } from 'zod';
import { ERASURE_SCOPES } from '../../../engine/privacy/erasure';
import { StoreInputError } from '../../../store/errors';
import { defineAction } from '../tab';
import { contactOf, nameOf, reference } from './actions';
import type { ContactsWords } from './en';

const EraseSchema = z.object({ contact: reference, scope: z.enum(ERASURE_SCOPES), suppress: z.literal('yes').optional(), confirm: z.string().max(1_000) });

// What is not shown cannot be typed: control characters, and how many spaces there are.
// eslint-disable-next-line no-control-regex -- these are the characters that are taken out
const typed = (name: string): string => name.replace(/[\u0000-\u001f\u007f]/g, ' ').replace(/\s+/g, ' ').trim();

export const exportData = defineAction<ContactsWords, { contact: string }>({
	role: 'admin',
	schema: z.object({ contact: reference }),
	invalid: (words) => words.unknown,
	async run(context, { contact: id }, words) {
		const contact = await contactOf(context, id);
		const [held] = contact ? await context.store.personalData.export(context.workspace, [contact.id]) : [];
		if (!held) return { refused: words.unknown };
		return { file: { name: `personal-data-${held.contactId.slice(0, 80)}.json`, type: 'application/json', body: JSON.stringify(held, undefined, '\t') } };
	},
});

export const erase = defineAction<ContactsWords, z.infer<typeof EraseSchema>>({
	role: 'admin',
	schema: EraseSchema,
	invalid: (words, field) => (field === 'confirm' ? words.confirmWrong : words.choose),
	async run(context, { contact: id, scope, suppress, confirm }, words) {
		const { store, workspace, reviewer } = context;
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		if (typed(confirm) !== typed(nameOf(contact))) return { refused: words.confirmWrong, fields: { confirm: words.confirmWrong } };
		try {
			const [{ found, pseudonym, sentence }] = await store.personalData.erase(workspace, [{ reference: contact.id, scope, suppress: scope === 'everything' && suppress === 'yes', by: reviewer.email, actor: 'person' }]);
			if (!found) return { refused: words.nothingHeld };
			// Who was erased must not live on in what the workflow is told.
			const facts = { scope, ...(scope === 'ai' ? { contactId: contact.id } : { pseudonym }) };
			return { notice: scope === 'ai' ? words.erasedAi(nameOf(contact)) : words.erased, go: scope === 'ai' ? { contact: contact.id } : {}, decided: [{ kind: 'erased', workspace, facts, sentence }] };
		} catch (error) {
			if (error instanceof StoreInputError) return { refused: words.sendingNow };
			throw error;
		}
	},
});
