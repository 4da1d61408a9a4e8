import { REVIEW_ACTIONS, type ReviewActionName as Name } from '../../../engine/message/reviewAction';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Button, Checkbox, Field, Form, Select } from '../../parts';
import type { DeskContext } from '../tab';
import type { ReviewWords } from './en';
import type { OpenReview } from './load';
import { personName } from './pieces';
import { queueField, type QueueQuery } from './queueQuery';

/** Hours a takeover may be chosen for. */
const HOURS = [2, 8, 24, 72, 168] as const;

/** Keys that press an action; J and K go through the queue. */
const KEYS: Readonly<Partial<Record<Name, string>>> = { approve: 'a', edit: 'e', set_stage: 'e', reject: 'r', dismiss: 'd', take_over: 't' };

interface Props {
	open: OpenReview;
	query: QueueQuery;
	words: ReviewWords;
	context: DeskContext;
}
/** A form of one action, bound to what is shown here. */
function Decision({ name, props: { open, query }, label, children }: { name: Name; props: Props; label: string; children?: Child }, { now }: Scope): Child {
	const hidden = { review: open.review.id, do: name, ...(open.draftHash === undefined ? {} : { shown: open.draftHash }), shownAt: String(now), queue: queueField(query) };
	return <Form action="decide" of={`${name} ${open.review.id}`} hidden={hidden} class="decision" label={label}>{children}</Form>;
}

/** An action that asks for more than a tap; open again when it was refused. */
function Unfold({ name, props, label, children }: { name: Name; props: Props; label: string; children?: Child }, { typed }: Scope): Child {
	const refused = typed?.action === 'decide' && typed.key === `${name} ${props.open.review.id}`;
	return (
		<details class="unfold" open={refused}>
			<summary class="button plain" data-key={KEYS[name]}>{label}</summary>
			<Decision name={name} props={props} label={label}>{children}</Decision>
		</details>
	);
}

function Edit({ props }: { props: Props }, { typed }: Scope): Child {
	const { open, words } = props;
	const draft = open.row?.draft;
	if (!draft || draft.waTemplate) return null;
	const objected = typed?.action === 'decide' && typed.key === `edit ${open.review.id}` ? typed.fields.confirmed : undefined;
	return (
		<Unfold name="edit" props={props} label={words.edit}>
			{draft.subject === undefined ? null : <Field name="subject" label={words.subject} value={draft.subject} maxlength={1_000} autocomplete="off" />}
			<Field name="text" label={words.editText} value={draft.text} rows={Math.min(16, Math.max(4, Math.ceil(draft.text.length / 70) + 1))} required maxlength={100_000} />
			<Button kind="main">{words.sendEdited}</Button> {objected === undefined ? null : <Button kind="danger" name="confirmed" value={objected}>{words.sendAllTheSame}</Button>}
		</Unfold>
	);
}

function Approve({ props }: { props: Props }): Child {
	const { open, words } = props;
	const stage = open.pipeline?.stages.find(({ id }) => id === open.review.proposal?.stageId);
	if (open.review.kind === 'stage' && !stage) return null;
	const label = stage && open.review.kind === 'stage' ? words.agree(stage.name) : words.approve;
	return <Decision name="approve" props={props} label={open.review.kind === 'draft' ? words.approveOf(personName(open.contact, words)) : label}><Button kind="main" shortcut={KEYS.approve}>{label}</Button></Decision>;
}

function SetStage({ props }: { props: Props }): Child {
	const { open, words } = props;
	const stages = open.pipeline?.stages ?? [];
	if (stages.length === 0) return null;
	return (
		<Unfold name="set_stage" props={props} label={words.setStage}>
			<Select name="stageId" label={words.stage} value={open.contact?.stageId} options={stages.toSorted((a, b) => a.order - b.order).map(({ id, name }) => ({ value: id, label: name }))} />
			<Button>{words.setStageNow}</Button>
		</Unfold>
	);
}

function Reassign({ props }: { props: Props }): Child {
	const { open, words, context } = props;
	const others = context.colleagues.filter((email) => email !== open.review.assignee);
	const options = [...others.map((email) => ({ value: email, label: email })), ...(open.review.assignee === undefined ? [] : [{ value: '', label: words.toNobody }])];
	return (
		<Unfold name="reassign" props={props} label={words.reassign}>
			<Select name="to" label={words.reassignTo} options={options} />
			<Button>{words.passOn}</Button>
		</Unfold>
	);
}

function Tap({ name, props, label, kind = 'plain' }: { name: Name; props: Props; label: string; kind?: 'plain' | 'main' | 'danger' }): Child {
	return <Decision name={name} props={props} label={label}><Button kind={kind}>{label}</Button></Decision>;
}

/** One form, or part of one, for each action there is. */
function ActionForm({ name, props }: { name: Name; props: Props }): Child {
	const { open, words } = props;
	switch (name) {
		case 'approve':
			return <Approve props={props} />;
		case 'edit':
			return <Edit props={props} />;
		case 'reject':
			return <Unfold name={name} props={props} label={words.reject}><Field name="reason" label={words.reason} required maxlength={500} autocomplete="off" /><Button kind="danger">{words.rejectNow}</Button></Unfold>;
		case 'reassign':
			return <Reassign props={props} />;
		case 'take_over':
			return <Unfold name={name} props={props} label={words.takeOver}><Select name="hours" label={words.hours} value="24" hint={words.takeOverHint} options={HOURS.map((hours) => ({ value: String(hours), label: words.hour(hours) }))} /><Button>{words.takeOverNow}</Button></Unfold>;
		case 'opt_out':
			return <Unfold name={name} props={props} label={words.optOut}><p class="hint">{words.optOutHint}</p><Checkbox name="all" label={words.allChannels} /><Button kind="danger">{words.optOutNow}</Button></Unfold>;
		case 'dismiss':
			return <Unfold name={name} props={props} label={open.review.kind === 'stage' ? words.dismissStage : words.dismiss}><Field name="reason" label={words.reasonOptional} maxlength={500} autocomplete="off" /><Button>{open.review.kind === 'stage' ? words.dismissStage : words.dismissNow}</Button></Unfold>;
		case 'was_sent':
			return <Tap name={name} props={props} label={words.wasSent} kind="main" />;
		case 'try_again':
			return <Tap name={name} props={props} label={words.tryAgain} />;
		case 'stop':
			return <Tap name={name} props={props} label={words.stop} kind="danger" />;
		case 'is_opt_out':
			return <Decision name={name} props={props} label={words.isOptOut}><Checkbox name="all" label={words.allChannels} /><Button kind="danger">{words.isOptOut}</Button></Decision>;
		case 'no_opt_out':
			return <Tap name={name} props={props} label={words.noOptOut} />;
		case 'set_stage':
			return <SetStage props={props} />;
	}
}

/** Everything a person may do with the review, in the order of REVIEW_ACTIONS. */
export function Actions(props: Props): Child {
	const { open, words } = props;
	const names = REVIEW_ACTIONS[open.review.kind];
	const keyed = names.flatMap((name) => (KEYS[name] === undefined ? [] : [[KEYS[name].toUpperCase(), words.keyHints[name]] as const]));
	return (
		<>
			<h3>{words.actions}</h3>
			<div class="decisions">{names.map((name) => <ActionForm name={name} props={props} />)}</div>
			<p class="keys" hidden data-with-script="">{words.keys}: {[['J K', words.queueKeys] as const, ...keyed].map(([key, what]) => <span><kbd>{key}</kbd> {what}</span>)}</p>
		</>
	);
}
