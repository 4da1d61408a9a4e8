import type { Classification } from '../../engine/classify/classification';
import { correctionOf, type Correction } from '../../engine/classify/correction';
import { TELLING_EVENTS } from '../../engine/classify/evidence';
import type { Contact, Status } from '../../engine/message/contact';
import { correctReading } from '../../engine/reply/correctReading';
import type { Reply, ReplyIntent } from '../../engine/reply/reply';
import type { CorrectionResult, Store } from '../../store/store';
import { indexPastLeads } from './indexPastLeads';

/** What a person puts right of one contact. */
export interface WantedCorrection {
	/** An id or any address. */
	reference: string;
	/** The message whose reading is put right; needed for `replyIntent`. */
	messageId?: string;
	/** Who says so. */
	by: string;
	wanted: { intent?: Classification['intent']; score?: number; status?: Status; replyIntent?: ReplyIntent };
}

export interface CorrectedContact {
	/** As it stands afterwards. */
	contact: Contact;
	/** Without labels when nothing differed from what was known. */
	correction: Partial<Correction> & { sentence: string };
}

interface Decided extends CorrectedContact {
	made?: Correction;
	messageId?: string;
	/** The message's reading as put right. */
	reading?: Reply;
	by: string;
}

/**
 * A person puts intent, score, status or the reading of a message right; what follows from it (labels, an opt-out, past
 * leads to compare with) is done with it. In the order asked; undefined where nobody is known by the reference.
 */
export async function correctContacts(store: Pick<Store, 'contacts' | 'messages' | 'labels' | 'leadScores' | 'knowledge'>, workspace: string, own: readonly WantedCorrection[]): Promise<(CorrectedContact | undefined)[]> {
	const contacts = await store.contacts.find(workspace, own.map(({ reference }) => reference));
	const messageIds = [...new Set(own.flatMap(({ messageId }) => messageId ?? []))];
	const found = await store.messages.readings(workspace, messageIds);
	const readings = new Map(messageIds.map((id, place) => [id, found[place]]));
	// Two corrections of one contact in a batch follow each other.
	const now = new Map<string, Contact>();
	const results = own.map(({ messageId, by, wanted }, place): Decided | undefined => {
		const known = contacts[place];
		if (!known) return undefined;
		const contact = now.get(known.id) ?? known;
		const before = messageId === undefined ? undefined : readings.get(messageId);
		const reading = wanted.replyIntent === undefined ? undefined : correctReading(before, wanted.replyIntent);
		const made = correctionOf({ score: contact.score, status: contact.status, replyIntent: before?.intent }, wanted, by) ?? confirmed(wanted, by);
		const after = { ...contact, ...(made?.score === undefined ? {} : { score: made.score }), ...(made?.status === undefined ? {} : { status: made.status }) };
		now.set(known.id, after);
		return { contact: after, correction: made ?? { sentence: 'Nothing to correct: that is what was decided.' }, made, messageId, reading, by };
	});
	const made = results.flatMap((result) => (result?.made ? [{ value: result, made: result.made }] : []));
	const corrections = made.map(({ value: { contact, messageId, reading, by }, made: correction }) => ({ contactId: contact.id, ...(messageId === undefined ? {} : { messageId }), ...(reading === undefined ? {} : { reading }), actor: by, ...correction }));
	const done = await store.labels.correct(workspace, corrections);
	made.forEach(({ value }, place) => (value.correction = { ...value.correction, sentence: `${value.correction.sentence}${optOutSentence(value, done[place])}` }));
	// The next lead like this one is compared with it at once.
	const corrected = [...new Set(corrections.map(({ contactId }) => contactId))];
	await indexPastLeads(store, workspace, await store.leadScores.pastLeads(workspace, { events: TELLING_EVENTS, contactIds: corrected, limit: corrected.length }));
	const reread = done.some(({ optedOut }) => optedOut) ? await store.contacts.find(workspace, corrected) : [];
	const after = new Map(reread.flatMap((contact) => (contact ? [[contact.id, contact] as const] : [])));
	return results.map((result) => result && { contact: after.get(result.contact.id) ?? result.contact, correction: result.correction });
}

/** Who asks us to stop is opted out even where that is what was read: a doubtful reading opts nobody out. */
function confirmed({ replyIntent }: WantedCorrection['wanted'], by: string): Correction | undefined {
	return replyIntent === 'opt_out' ? { labels: [], sentence: `Confirmed by ${by}: reply intent opt_out.` } : undefined;
}

function optOutSentence({ reading, messageId }: Decided, { optedOut }: CorrectionResult): string {
	if (optedOut) return ` Opted out: nothing is sent on ${optedOut.channel} any more; ${optedOut.cancelled.length} planned ${optedOut.cancelled.length === 1 ? 'message was' : 'messages were'} cancelled.`;
	return reading?.optOut.wanted ? ` Nobody was opted out: no message of a lead is known as '${messageId?.slice(0, 80)}'. Use Contact → Opt Out.` : '';
}
