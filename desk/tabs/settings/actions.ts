import { z } from 'zod';
import { ModeSchema } from '../../../engine/message/mode';
import { defineAction, type ActionResult, type DeskContext } from '../tab';
import type { SettingsWords } from './en';
import { loadReadiness, openLines } from './readiness';

const INHERIT = 'inherit';
const SetModeSchema = z.discriminatedUnion('kind', [
	z.object({ kind: z.literal('workspace'), mode: ModeSchema, confirmed: z.string().max(500).optional() }),
	z.object({ kind: z.enum(['account', 'contact']), id: z.string().trim().min(1).max(320), mode: z.union([ModeSchema, z.literal(INHERIT)]) }),
]);
type SetMode = z.infer<typeof SetModeSchema>;

/** The scope the form names, if this workspace has it; its name for people. */
async function findScope({ store, workspace }: DeskContext, values: SetMode): Promise<{ kind: SetMode['kind']; id?: string; name?: string } | undefined> {
	if (values.kind === 'workspace') return { kind: 'workspace' };
	if (values.kind === 'contact') {
		const [contact] = await store.contacts.find(workspace, [values.id]);
		return contact && { kind: 'contact', id: contact.id, name: contact.name ?? contact.id };
	}
	const account = (await store.accounts.list(workspace)).find(({ externalId }) => externalId === values.id);
	const scope = account ?? (await store.settings.scopes(workspace, 1_000)).find(({ kind, id }) => kind === 'account' && id === values.id);
	return scope && { kind: 'account', id: values.id, name: account?.name ?? values.id };
}

/** Names of the conditions that do not hold and that the reviewer has not confirmed; empty when the mode may be set. */
async function unconfirmed(context: DeskContext, values: SetMode, words: SettingsWords): Promise<string> {
	if (values.kind !== 'workspace' || values.mode !== 'auto') return '';
	const [{ mode }] = await context.store.settings.effective([{ workspace: context.workspace }]);
	if (mode === 'auto') return '';
	const readiness = await loadReadiness(context);
	const confirmed = (values.confirmed ?? '').split(',');
	if (openLines(readiness).split(',').every((key) => key === '' || confirmed.includes(key))) return '';
	return readiness.lines.flatMap(({ key, met }) => (met ? [] : [words.readinessNames[key]])).join(', ');
}

export const setMode = defineAction<SettingsWords, SetMode>({
	role: 'admin',
	schema: SetModeSchema,
	invalid: (words, field) => (field === 'id' ? words.unknownContact : words.choose),
	async run(context, values, words): Promise<ActionResult> {
		const scope = await findScope(context, values);
		if (!scope) return { refused: words.unknownContact, fields: { id: words.unknownContact } };
		const open = await unconfirmed(context, values, words);
		if (open !== '') return { refused: words.notReady(open), fields: { confirmed: open } };
		const mode = values.mode === INHERIT ? undefined : values.mode;
		await context.store.settings.set(context.workspace, { kind: scope.kind, ...(scope.id === undefined ? {} : { id: scope.id }) }, { mode }, context.reviewer.email);
		const sentence = `${context.reviewer.email} set the mode of ${scope.kind === 'workspace' ? `workspace '${context.workspace}'` : `one ${scope.kind}`} to ${mode ?? 'that of the workspace'}.`;
		return {
			notice: words.saved(scope.name ?? words.thisWorkspace, mode ? words.modes[mode] : words.asWorkspace),
			decided: [{ kind: 'mode_changed', workspace: context.workspace, facts: { scope: scope.kind, scopeId: scope.id, mode: mode ?? INHERIT }, sentence }],
		};
	},
});
