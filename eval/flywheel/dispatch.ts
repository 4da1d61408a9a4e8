import { draftHash } from '../../engine/message/draftHash';
import { decideRoute } from '../../engine/message/route';
import type { ReviewAction } from '../../engine/message/reviewAction';
import { settleReview } from '../../engine/message/settleReview';
import { MINUTE } from '../../engine/time';
import { leadOf, streamOf } from './leads';
import { reviewOf } from './reviewer';
import type { Simulation } from './simulation';
import { kindOf } from './texts';
import { fateOf, hourEffect, replyChance, textEffect } from './world';

/** Jobs claimed at once: more than any hour holds. */
const CLAIMED = 1_000;
/** Moves of a row from draft to review: its version when a person is shown it. */
const VERSION_IN_REVIEW = 2;

const REVIEWER_NAME = 'mara@team.example';

/** The colleague goes through what waits for them. */
export async function reviewAll(simulation: Simulation): Promise<void> {
	const { store, workspace, seed, leads, weeks, ledger } = simulation;
	for (const { row, review } of simulation.toReview.splice(0)) {
		if (!review) throw new Error(`No review was opened for a draft that waits for one: ${row.sentence}`);
		const { text, subject } = row.draft;
		const action = reviewOf(text, streamOf(seed, 'review', leads.get(row.contactId) ?? 0));
		const shownHash = draftHash({ id: row.id, version: VERSION_IN_REVIEW, text, subject });
		const decide = async (what: ReviewAction) => await store.reviews.decide({ workspace, reviewId: review.id, by: REVIEWER_NAME, shownHash, action: what }, settleReview);
		const first = await decide(action);
		// The gate may object to the new text, e.g. take German names for German: the colleague knows better.
		const decided = first.confirm && action.action === 'edit' ? await decide({ ...action, confirmed: first.confirm.token }) : first;
		if (decided.result !== 'decided') throw new Error(`A review was not decided: ${decided.sentence}`);
		ledger.reviewed(weeks.get(row.id) ?? 0, action.action === 'edit');
	}
}

/** Everything that is due leaves, as `04-dispatch` does it; what will come of it is drawn. */
export async function dispatch(simulation: Simulation): Promise<void> {
	const { store, clock, workspace, seed, market, leads, weeks, ledger, pending } = simulation;
	if (simulation.unsent === 0) return;
	const { claimed } = await store.outbound.claimDue({ workspaces: [workspace], limit: CLAIMED, leaseMs: 5 * MINUTE }, decideRoute);
	if (claimed.length === 0) return;
	const begun = await store.outbound.beginSend(workspace, claimed.map(({ id }) => id), decideRoute);
	const sentAt = clock.time;
	const marked = await store.outbound.markSent(begun.flatMap(({ id, ok }) => (ok ? [{ workspace, id, attempt: 1, providerId: `<${id}@mail.example>`, at: sentAt }] : [])));
	simulation.unsent -= marked.length;
	for (const { row } of marked) {
		const number = leads.get(row.contactId) ?? 0;
		const text = kindOf(row.draft.text);
		if (!text) throw new Error(`A message holds none of the world's sentences: ${row.draft.text}`);
		const message = { sentAt, zone: leadOf(seed, number).timezone, variantId: row.variant?.variantId ?? '', text };
		ledger.sent(weeks.get(row.id) ?? 0, {
			rate: replyChance(market, message),
			bestVariant: message.variantId === market.bestVariant,
			hourGain: hourEffect(market, message.zone, sentAt),
			textGain: textEffect(market, text).reply,
		});
		for (const happening of fateOf(market, message, streamOf(seed, 'fate', number))) {
			pending.push({ ...happening, contactId: row.contactId, outboundId: row.id });
			ledger.happened(weeks.get(row.id) ?? 0, happening);
		}
	}
}

