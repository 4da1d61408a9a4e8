/**
 * What was decided about a person. reading: what a message of theirs means. classification: how close they are to buying.
 * stage, stage_held: where they stand. draft, gate, route: what was written, whether it may leave, and what became of it.
 * send_time, rate_limit: when. experiment: which variant. sequence: which follow-up, and when it ended. shadow: what would have been done. Others: what people did.
 */
export const AUDIT_KINDS = [
	'reading', 'classification', 'stage', 'stage_held', 'draft', 'gate', 'route', 'send_time', 'rate_limit', 'rollout', 'experiment', 'sequence', 'shadow', 'review', 'correction', 'takeover', 'opt_out', 'opt_in', 'consent', 'erasure',
] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

export interface AuditEntry {
	id: string;
	/** ISO-8601 UTC. */
	at: string;
	kind: AuditKind;
	/** What was decided, and why, in one line. */
	sentence: string;
	/** Who decided: engine, model, dispatcher, person, or the name a person goes by. */
	actor: string;
	/** Whether no person took part. */
	automated: boolean;
	modelId?: string;
	promptVersion?: string;
	rule?: string;
	/** 0–1. */
	confidence?: number;
	messageId?: string;
	outboundId?: string;
}

const ASK = 'They may ask for a person to look at it again, say how they see it, and contest it (art. 22 GDPR).';
const OPT_OUT = 'They may object at any time; an opt-out ends it on every channel they name (art. 21 GDPR).';
const MEANS: Readonly<Record<AuditKind, string>> = {
	reading: `${ASK} Put it right with Contact → Correct.`,
	classification: `${ASK} Put it right with Contact → Correct, or erase the AI data: profiling is off then.`,
	stage: `${ASK} Put it right with Contact → Set Stage.`,
	stage_held: `${ASK} Decide it on the desk under Review.`,
	draft: ASK,
	gate: ASK,
	route: `${OPT_OUT} A colleague can take the conversation over.`,
	send_time: OPT_OUT,
	rate_limit: OPT_OUT,
	rollout: `${OPT_OUT} AI data can be erased; profiling is off then.`,
	experiment: `${OPT_OUT} AI data can be erased; profiling is off then.`,
	sequence: `${OPT_OUT} An answer ends it as well.`,
	shadow: 'Nothing was done.',
	review: 'A person decided; they may ask for it to be looked at again.',
	correction: 'A person decided; they may ask for it to be looked at again.',
	takeover: 'A person leads the conversation.',
	opt_out: 'They may opt in again at any time.',
	opt_in: OPT_OUT,
	consent: 'They may withdraw at any time; it takes effect at once (art. 7(3) GDPR).',
	erasure: 'What was erased cannot be restored.',
};

/** What the person can do about a decision. No legal advice. */
export const meansOf = ({ kind }: Pick<AuditEntry, 'kind'>): string => MEANS[kind];
