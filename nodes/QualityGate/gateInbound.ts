import { parseChannel } from '../../engine/channels/channel';
import type { Gate, GateIssue } from '../../engine/gate/gate';
import { gateSentence, verdictOf } from '../../engine/gate/gateDraft';
import { screenInbound } from '../../engine/gate/screenInbound';
import { asksForAllChannels, OPT_OUT_CERTAIN, readReply } from '../../engine/reply/readReply';
import type { Reply } from '../../engine/reply/reply';
import { DAY, later, type EpochMs } from '../../engine/time';
import type { OptOutRequest, Store } from '../../store/store';
import { commitIsolated, settled, type Settled } from '../shared/batch';
import type { NodeModel } from '../shared/model';
import { byWorkspace } from './byWorkspace';
import { judgeByModel } from './judgeByModel';
import type { InboundParameters } from './readGateParameters';

export interface InboundVerdict {
	reply: Reply;
	/** The verdict on the inbound message; `gate` itself stays the draft's. */
	inboundGate: Gate;
	wish: 'none' | 'uncertain' | 'certain';
}

/** How long a doubtful opt-out may wait for a person. */
const REVIEW_DUE = DAY;

function wishOf(reply: Reply, notInterestedIsOptOut: boolean): InboundVerdict['wish'] {
	if (reply.optOut.wanted && reply.optOut.certainty >= OPT_OUT_CERTAIN) return 'certain';
	if (notInterestedIsOptOut && reply.intent === 'not_interested') return 'certain';
	return reply.optOut.wanted ? 'uncertain' : 'none';
}

function judge(params: InboundParameters, stored: Reply | undefined): InboundVerdict {
	const reply = stored ?? readReply(params.text);
	const wish = wishOf(reply, params.notInterestedIsOptOut);
	const issues: GateIssue[] = [];
	const said = reply.intent === 'not_interested' ? 'The contact is not interested' : 'The contact asks us to stop writing';
	if (wish === 'certain') issues.push({ check: 'opt_out_wish', severity: 'block', reason: `${said}.` });
	if (wish === 'uncertain') issues.push({ check: 'opt_out_wish', severity: 'review', reason: `Perhaps the contact wants us to stop (certainty ${reply.optOut.certainty.toFixed(2)}).` });
	if (reply.intent === 'out_of_office') {
		issues.push({ check: 'out_of_office', severity: params.outOfOffice === 'pass' ? 'note' : params.outOfOffice, reason: 'Out of office: no answer is needed. The contact stays reachable.' });
	}
	const screening = screenInbound(params.text);
	for (const [kind, action] of [['injection', params.injection], ['spam', params.spam]] as const) {
		if (action === 'off') continue;
		const found = screening.issues.filter((issue) => issue.check === kind);
		issues.push(...found.map((issue) => (screening[kind].flagged && issue.severity !== 'note' ? { ...issue, severity: action } : { ...issue, severity: 'note' as const })));
		if (screening[kind].flagged && !found.some((issue) => issue.severity !== 'note')) issues.push({ check: kind, severity: action, reason: `Several weak signs of ${kind === 'spam' ? 'spam' : 'orders to the model'} together.` });
	}
	const skipped = params.text.trim() === '' ? ['opt_out_wish', 'injection', 'spam'] : [];
	const verdict = verdictOf(issues);
	return { reply, wish, inboundGate: { verdict, issues, skipped, sentence: gateSentence(verdict, issues, skipped) } };
}

function optOutOf(params: InboundParameters, verdict: InboundVerdict): OptOutRequest {
	return {
		workspace: params.workspace,
		contactId: params.contact?.id ?? params.reference,
		channel: params.channel,
		address: params.address,
		allChannels: asksForAllChannels(params.text),
		reason: verdict.reply.intent === 'not_interested' ? 'said not interested' : `asked to stop (certainty ${verdict.reply.optOut.certainty.toFixed(2)})`,
		actor: 'engine',
		messageId: params.message?.id,
	};
}

async function optOut(store: Store, request: OptOutRequest[], verdicts: InboundVerdict[]): Promise<Settled<InboundVerdict>[]> {
	const done = await commitIsolated(request.map((one, i) => ({ one, verdict: verdicts[i] })), async (batch) => {
		const results = await store.suppressions.optOut(batch.map(({ one }) => one));
		return batch.map(({ one, verdict }, i) => {
			const cancelled = results[i].cancelled.length;
			const sentence = `${verdict.inboundGate.sentence} No longer written to on ${one.allChannels ? 'any channel' : one.channel}; ${cancelled} planned ${cancelled === 1 ? 'message' : 'messages'} cancelled.`;
			return { ...verdict, inboundGate: { ...verdict.inboundGate, sentence } };
		});
	});
	return done;
}

/** Reads and screens all messages by rules, then by the model if there is one, and writes for all at once: readings, opt-outs (one transaction each batch), reviews, settled ones. */
export async function gateInbound(store: Store | undefined, items: InboundParameters[], now: EpochMs, record: boolean, model?: NodeModel): Promise<Settled<InboundVerdict>[]> {
	const stored: (Reply | undefined)[] = items.map(() => undefined);
	if (store) {
		for (const [workspace, places] of byWorkspace(items)) {
			const readings = await store.messages.readings(workspace, places.map((place) => items[place].message?.id ?? ''));
			places.forEach((place, i) => (stored[place] = readings[i]));
		}
	}
	const byRules = items.map((params, i) => judge(params, stored[i]));
	const gates = await judgeByModel(
		store,
		model,
		items.map(({ workspace, text, message, modelActions: actions, redact }, i) => ({
			workspace,
			gate: byRules[i].inboundGate,
			correlationId: message?.id,
			question: { actions, written: [text], redacting: redact ? { language: byRules[i].reply.language, rng: Math.random } : undefined },
		})),
	);
	const verdicts = byRules.map((verdict, i) => ({ ...verdict, inboundGate: gates[i] }));
	const results: Settled<InboundVerdict>[] = verdicts.map(settled.ok);
	if (!store || !record) return results;
	const kept = items.flatMap((params, place) => (params.record ? [place] : []));
	for (const [workspace, places] of byWorkspace(items)) {
		const readings = places.flatMap((place) => {
			const id = items[place].message?.id;
			return id && items[place].record ? [{ messageId: id, reply: verdicts[place].reply }] : [];
		});
		await store.messages.saveReadings(workspace, readings);
		const settledOnes = places.flatMap((place) => {
			const id = items[place].message?.id;
			const noAnswer = verdicts[place].reply.intent === 'out_of_office' && items[place].outOfOffice === 'block' && verdicts[place].inboundGate.verdict === 'block';
			return id && items[place].record && noAnswer && verdicts[place].wish === 'none' ? [{ messageId: id, reason: 'Out of office: no answer is needed.', actor: 'engine' as const }] : [];
		});
		await store.messages.decide(workspace, settledOnes);
	}
	const certain = kept.filter((place) => verdicts[place].wish === 'certain' && (items[place].address !== undefined || optOutOf(items[place], verdicts[place]).contactId !== undefined));
	const done = await optOut(store, certain.map((place) => optOutOf(items[place], verdicts[place])), certain.map((place) => verdicts[place]));
	certain.forEach((place, i) => (results[place] = done[i]));
	const doubtful = kept.filter((place) => verdicts[place].wish === 'uncertain' && items[place].message !== undefined);
	await store.reviews.open(
		doubtful.map((place) => ({ workspace: items[place].workspace, kind: 'uncertain_opt_out' as const, messageId: items[place].message?.id, contactId: items[place].contact?.id, channel: parseChannel(items[place].channel), sentence: verdicts[place].inboundGate.sentence, dueAt: later(now, REVIEW_DUE) })),
	);
	return results;
}
