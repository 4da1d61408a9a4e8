import { z } from 'zod';
import { LEAD_INTENTS } from '../../../engine/classify/classification';
import type { Contact } from '../../../engine/message/contact';
import { personMove } from '../../../engine/pipeline/personMove';
import { ReplyIntentSchema } from '../../../engine/reply/reply';
import { correctContacts } from '../../corrections/correctContacts';
import { defineAction, type ActionResult, type DeskContext } from '../tab';
import type { ReviewWords } from './en';
import { pipelineOf } from './load';

/** Somebody else may move the contact between reading and writing; the person's word is then applied to the new state. */
const TRIES = 3;

const review = z.string().min(1).max(200);
const CorrectSchema = z.object({
	review,
	intent: z.enum(LEAD_INTENTS).optional(),
	score: z.string().trim().regex(/^\d{1,3}$/).transform(Number).pipe(z.number().max(100)).optional(),
	replyIntent: ReplyIntentSchema.optional(),
});
type Correct = z.infer<typeof CorrectSchema>;
const MoveSchema = z.object({ review, stageId: z.string().min(1).max(200) });

/** Intent, score or the reading of the message, as the person says. The review stays as it is. */
export const correct = defineAction<ReviewWords, Correct>({
	role: 'reviewer',
	schema: CorrectSchema,
	invalid: (words, field) => words.invalid(field),
	async run({ store, workspace, reviewer }, { review: reviewId, intent, score, replyIntent }, words) {
		const details = await store.reviews.details(workspace, reviewId);
		const { contact, message } = details ?? {};
		if (!contact || (replyIntent !== undefined && !message)) return { refused: words.nobodyKnown };
		const wanted = { ...(intent === undefined ? {} : { intent }), ...(score === undefined ? {} : { score }), ...(replyIntent === undefined ? {} : { replyIntent }) };
		const [corrected] = await correctContacts(store, workspace, [{ reference: contact.id, ...(replyIntent === undefined ? {} : { messageId: message?.id }), by: reviewer.email, wanted }]);
		if (!corrected) return { refused: words.nobodyKnown };
		const { correction } = corrected;
		if (correction.labels === undefined) return { notice: words.nothingToCorrect };
		return { notice: words.corrected, decided: [{ kind: 'contact_corrected', workspace, facts: { contactId: contact.id, messageId: replyIntent === undefined ? undefined : message?.id, ...wanted }, sentence: correction.sentence }] };
	},
});

async function move(context: DeskContext, contact: Contact, stageId: string, words: ReviewWords): Promise<ActionResult | 'again'> {
	const { store, workspace, reviewer } = context;
	const pipeline = await pipelineOf(context, contact);
	const stage = pipeline?.stages.find(({ id }) => id === stageId);
	if (!pipeline || !stage) return { refused: words.noSuchStage };
	if (contact.stageId === stage.id) return { notice: words.nothingToCorrect };
	const { status, sentence } = personMove(stage, contact, reviewer.email);
	const [{ applied }] = await store.pipelines.changeStages([{ workspace, contactId: contact.id, pipelineId: pipeline.id, ...(contact.stageId === undefined ? {} : { expectedStageId: contact.stageId }), stageId: stage.id, setBy: 'person', ...(status === undefined ? {} : { status }), log: { rule: 'person', actor: reviewer.email, sentence } }]);
	if (!applied) return 'again';
	return { notice: words.moved(stage.name), decided: [{ kind: 'stage_set', workspace, facts: { contactId: contact.id, pipelineId: pipeline.id, stageId: stage.id, status }, sentence }] };
}

/** The contact's stage, as the person says; it outranks the model from now on. */
export const moveStage = defineAction<ReviewWords, z.infer<typeof MoveSchema>>({
	role: 'reviewer',
	schema: MoveSchema,
	invalid: (words, field) => words.invalid(field),
	async run(context, { review: reviewId, stageId }, words) {
		for (let attempt = 0; attempt < TRIES; attempt++) {
			const details = await context.store.reviews.details(context.workspace, reviewId);
			if (!details?.contact) return { refused: words.nobodyKnown };
			const result = await move(context, details.contact, stageId, words);
			if (result !== 'again') return result;
		}
		return { refused: words.movedMeanwhile };
	},
});
