import { z } from 'zod';
import { CHANNELS, ChannelSchema } from '../../../engine/channels/channel';
import { LEAD_INTENTS } from '../../../engine/classify/classification';
import { StatusSchema, type Contact } from '../../../engine/message/contact';
import { ModeSchema } from '../../../engine/message/mode';
import { personMove } from '../../../engine/pipeline/personMove';
import { HOUR, later } from '../../../engine/time';
import { correctContacts } from '../../corrections/correctContacts';
import type { DeskDecision } from '../../http/request';
import { defineAction, type DeskContext } from '../tab';
import type { ContactsWords } from './en';
import { findStage, pipelinesOf } from './stages';

export const ALL = 'all';
export const INHERIT = 'inherit';
/** How long a takeover may last, hours. */
export const TAKE_OVER_HOURS = ['4', '24', '72', '168'] as const;

export const reference = z.string().min(1).max(320);
const reason = z.string().trim().min(1).max(300);
const CorrectSchema = z.union([
	z.object({ contact: reference, intent: z.enum(LEAD_INTENTS) }),
	z.object({ contact: reference, score: z.string().trim().regex(/^\d{1,3}$/).transform(Number).pipe(z.number().max(100)) }),
	z.object({ contact: reference, status: StatusSchema }),
]);
const MoveSchema = z.object({ contact: reference, expected: z.string().max(200), stage: z.string().max(1_000) });
const TakeOverSchema = z.object({ contact: reference, hours: z.enum(TAKE_OVER_HOURS) });
const OptOutSchema = z.object({ contact: reference, channel: z.union([ChannelSchema, z.literal(ALL)]), reason });
const OptInSchema = OptOutSchema;
const ModeFormSchema = z.object({ contact: reference, mode: z.union([ModeSchema, z.literal(INHERIT)]) });

/** The contact a form is about, by its id alone: an address could have come to somebody else meanwhile. */
export async function contactOf({ store, workspace }: DeskContext, id: string): Promise<Contact | undefined> {
	const [contact] = await store.contacts.find(workspace, [id]);
	return contact?.id === id ? contact : undefined;
}
export const nameOf = ({ name, email, phone, id }: Contact): string => name ?? email ?? phone ?? id;

const told = ({ workspace }: DeskContext, kind: string, sentence: string, facts: DeskDecision['facts']): DeskDecision[] => [{ kind, workspace, facts, sentence }];

export const correct = defineAction<ContactsWords, z.infer<typeof CorrectSchema>>({
	role: 'reviewer',
	schema: CorrectSchema,
	// A union names no field: a score is the one thing that is typed.
	invalid: (words) => words.scoreRange,
	async run(context, { contact: id, ...wanted }, words) {
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		const [done] = await correctContacts(context.store, context.workspace, [{ reference: contact.id, by: context.reviewer.email, wanted }]);
		if (!done?.correction.labels) return { notice: words.nothingToCorrect };
		return { notice: words.corrected(nameOf(contact)), decided: told(context, 'contact_corrected', done.correction.sentence, { contactId: contact.id, ...wanted }) };
	},
});

export const moveStage = defineAction<ContactsWords, z.infer<typeof MoveSchema>>({
	role: 'reviewer',
	schema: MoveSchema,
	invalid: (words) => words.choose,
	async run(context, { contact: id, expected, stage: key }, words) {
		const { store, workspace, reviewer } = context;
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		const place = findStage(await pipelinesOf(context), key);
		if (!place) return { refused: words.choose, fields: { stage: words.choose } };
		const { pipeline, stage } = place;
		if ((contact.stageId ?? '') !== expected) return { refused: words.movedMeanwhile };
		if (contact.stageId === stage.id && contact.pipelineId === pipeline.id) return { notice: words.nothingToCorrect };
		const { status, sentence } = personMove(stage, contact, reviewer.email);
		const [{ applied }] = await store.pipelines.changeStages([
			{ workspace, contactId: contact.id, pipelineId: pipeline.id, expectedStageId: contact.stageId, stageId: stage.id, setBy: 'person', ...(status === undefined ? {} : { status }), log: { rule: 'person', actor: reviewer.email, sentence } },
		]);
		if (!applied) return { refused: words.movedMeanwhile };
		return { notice: words.moved(nameOf(contact), stage.name), decided: told(context, 'stage_set', sentence, { contactId: contact.id, pipelineId: pipeline.id, stageId: stage.id }) };
	},
});

export const takeOver = defineAction<ContactsWords, z.infer<typeof TakeOverSchema>>({
	role: 'reviewer',
	schema: TakeOverSchema,
	invalid: (words) => words.choose,
	async run(context, { contact: id, hours }, words) {
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		await context.store.contacts.setTakeOver(context.workspace, [{ contactId: contact.id, until: later(context.now, Number(hours) * HOUR), by: context.reviewer.email }]);
		return { notice: words.takenOverDone(nameOf(contact)), decided: told(context, 'taken_over', `${context.reviewer.email} took a contact over for ${hours} hours.`, { contactId: contact.id, hours: Number(hours) }) };
	},
});

export const handBack = defineAction<ContactsWords, { contact: string }>({
	role: 'reviewer',
	schema: z.object({ contact: reference }),
	invalid: (words) => words.unknown,
	async run(context, { contact: id }, words) {
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		await context.store.contacts.setTakeOver(context.workspace, [{ contactId: contact.id, until: null, by: context.reviewer.email }]);
		return { notice: words.handedBack(nameOf(contact)), decided: told(context, 'handed_back', `${context.reviewer.email} handed a contact back.`, { contactId: contact.id }) };
	},
});

const channelName = (words: ContactsWords, channel: string): string => (channel === ALL ? words.allChannels : channel);

export const optOut = defineAction<ContactsWords, z.infer<typeof OptOutSchema>>({
	role: 'reviewer',
	schema: OptOutSchema,
	invalid: (words, field) => (field === 'reason' ? words.reasonMissing : words.choose),
	async run(context, { contact: id, channel, reason: why }, words) {
		const { store, workspace, reviewer } = context;
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		const [{ cancelled }] = await store.suppressions.optOut([{ workspace, contactId: contact.id, channel: channel === ALL ? CHANNELS[0] : channel, allChannels: channel === ALL, reason: `${why} (${reviewer.email})`, actor: 'person' }]);
		const sentence = `${reviewer.email} opted a contact out of ${channel === ALL ? 'every channel' : channel}; ${cancelled.length} planned ${cancelled.length === 1 ? 'message was' : 'messages were'} cancelled.`;
		return { notice: words.optOutDone(nameOf(contact), channelName(words, channel), cancelled.length), decided: told(context, 'opted_out', sentence, { contactId: contact.id, channel, cancelled: cancelled.length }) };
	},
});

export const optIn = defineAction<ContactsWords, z.infer<typeof OptInSchema>>({
	role: 'reviewer',
	schema: OptInSchema,
	invalid: (words, field) => (field === 'reason' ? words.reasonMissing : words.choose),
	async run(context, { contact: id, channel, reason: why }, words) {
		const { store, workspace, reviewer } = context;
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		const channels = contact.optOutChannels.filter((one) => channel === ALL || one === channel);
		if (channels.length === 0) return { notice: words.nothingToCorrect };
		await store.suppressions.optIn(workspace, channels.map((one) => ({ contactId: contact.id, channel: one, actor: reviewer.email, reason: why })));
		return { notice: words.optInDone(nameOf(contact), channelName(words, channel)), decided: told(context, 'opted_in', `${reviewer.email} opted a contact in again (${channels.join(', ')}).`, { contactId: contact.id, channel }) };
	},
});

export const setMode = defineAction<ContactsWords, z.infer<typeof ModeFormSchema>>({
	role: 'admin',
	schema: ModeFormSchema,
	invalid: (words) => words.choose,
	async run(context, { contact: id, mode: chosen }, words) {
		const { store, workspace, reviewer } = context;
		const contact = await contactOf(context, id);
		if (!contact) return { refused: words.unknown };
		const mode = chosen === INHERIT ? undefined : chosen;
		await store.settings.set(workspace, { kind: 'contact', id: contact.id }, { mode }, reviewer.email);
		return {
			notice: words.modeSet(nameOf(contact), mode ? words.modes[mode] : words.asWorkspace),
			decided: told(context, 'mode_changed', `${reviewer.email} set the mode of one contact to ${mode ?? 'that of the workspace'}.`, { scope: 'contact', scopeId: contact.id, mode: chosen }),
		};
	},
});
