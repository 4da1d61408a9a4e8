import { bandOf } from '../../../engine/classify/bands';
import { LEAD_INTENTS } from '../../../engine/classify/classification';
import { CHANNELS } from '../../../engine/channels/channel';
import { STATUSES, type Contact } from '../../../engine/message/contact';
import { MODES } from '../../../engine/message/mode';
import { ERASURE_SCOPES } from '../../../engine/privacy/erasure';
import { epochMs, type EpochMs } from '../../../engine/time';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Card, channelName, ChannelName, Checkbox, Field, Form, Named, Select, When } from '../../parts';
import { ALL, INHERIT, nameOf, TAKE_OVER_HOURS } from './actions';
import type { ContactsWords } from './en';
import type { DetailModel } from './load';
import { stageKey, stageOptions } from './stages';

interface About {
	model: DetailModel;
	words: ContactsWords;
}
const about = ({ id }: Contact): { contact: string } => ({ contact: id });

/** Intent, score, status and stage put right, each in one tap. */
export function CorrectCard({ model: { contact, pipelines }, words }: About): Child {
	const intent = contact.score === undefined ? undefined : bandOf(contact.score).intent;
	const here = contact.stageId !== undefined && contact.pipelineId !== undefined ? stageKey(contact.pipelineId, contact.stageId) : undefined;
	return (
		<Card title={words.correct}>
			<p class="quiet">{words.correctHint}</p>
			<Form action="correct" of="intent" hidden={about(contact)} class="inline" label={words.intent}>
				{LEAD_INTENTS.map((one) => <Button kind={one === intent ? 'main' : 'plain'} name="intent" value={one}>{words.intents[one]}</Button>)}
			</Form>
			<Form action="correct" of="score" hidden={about(contact)} class="inline" label={words.setScore}>
				<Field name="score" type="number" label={words.setScore} value={contact.score === undefined ? '' : Math.round(contact.score)} min={0} max={100} step={1} required autocomplete="off" />
				<Button>{words.save}</Button>
			</Form>
			<Form action="correct" of="status" hidden={about(contact)} class="inline" label={words.setStatus}>
				<Select name="status" label={words.status} value={contact.status ?? 'NEW'} options={STATUSES.map((one) => ({ value: one, label: words.statuses[one] }))} />
				<Button>{words.save}</Button>
			</Form>
			<Form action="moveStage" hidden={{ ...about(contact), expected: contact.stageId ?? '' }} class="inline" label={words.moveTo}>
				<Select name="stage" label={words.stage} value={here} options={stageOptions(pipelines)} />
				<Button>{words.move}</Button>
			</Form>
		</Card>
	);
}

/** Who answers this contact, and how to change it. */
export function ConversationCard({ model: { contact, mode }, words, now, may, mayAdmin }: About & { now: EpochMs; may: boolean; mayAdmin: boolean }): Child {
	const { takenOverUntil, takenOverBy } = contact;
	const until = takenOverUntil && epochMs(takenOverUntil) > now ? epochMs(takenOverUntil) : undefined;
	return (
		<Card title={words.conversation} aside={<Badge tone={mode.inForce === 'off' ? 'bad' : 'info'}>{words.modes[mode.inForce]}</Badge>}>
			<p>{until === undefined ? words.autopilotAnswers : <>{words.takenOverBy} <Named>{takenOverBy ?? '–'}</Named> {words.until} <When at={until} />.</>}</p>
			{may && until !== undefined ? <Form action="handBack" hidden={about(contact)} class="inline" label={words.handBack}><Button kind="main">{words.handBack}</Button></Form> : null}
			{may && until === undefined ? (
				<Form action="takeOver" hidden={about(contact)} class="inline" label={words.takeOver}>
					<Select name="hours" label={words.forHowLong} value="24" options={TAKE_OVER_HOURS.map((hours) => ({ value: hours, label: words.hours[hours] }))} />
					<Button>{words.takeOver}</Button>
				</Form>
			) : null}
			{mayAdmin ? (
				<Form action="setMode" hidden={about(contact)} class="inline" label={words.mode}>
					<Select name="mode" label={words.mode} value={mode.own ?? INHERIT} options={[{ value: INHERIT, label: words.asWorkspace }, ...MODES.map((one) => ({ value: one, label: words.modes[one] }))]} />
					<Button>{words.save}</Button>
				</Form>
			) : null}
		</Card>
	);
}

/** What may be sent to the contact on which ground, and what not. */
export function ConsentCard({ model: { contact }, words, may }: About & { may: boolean }, { language }: Scope): Child {
	const { optOutChannels: out, consent } = contact;
	const all = out.length === CHANNELS.length;
	const given = CHANNELS.flatMap((channel) => {
		const ground = consent[channel];
		return ground ? [{ channel, ...ground }] : [];
	});
	const option = (channel: string): { value: string; label: string } => ({ value: channel, label: channel === ALL ? words.allChannels : channelName(channel, language) });
	return (
		<Card title={words.consent}>
			{out.length === 0 ? <p>{words.mayWrite}</p> : <p><Badge tone="warn">{words.optedOutOf(all ? words.allChannels : out.map((channel) => channelName(channel, language)).join(', '))}</Badge></p>}
			{given.length === 0 ? <p class="quiet">{words.noConsent}</p> : <ul class="plain-list">{given.map(({ channel, basis, at, source }) => <li><ChannelName of={channel} />: {words.basis[basis]}{at ? <>, <When at={epochMs(at)} dateOnly /></> : null}{source ? <> {words.source} <Named>{source}</Named></> : null}</li>)}</ul>}
			{may && !all ? (
				<details><summary>{words.optOut}</summary>
					<Form action="optOut" hidden={about(contact)} label={words.optOut}>
						<Select name="channel" label={words.channel} value={ALL} options={[option(ALL), ...CHANNELS.filter((channel) => !out.includes(channel)).map(option)]} />
						<Field name="reason" label={words.optOutReason} required maxlength={300} autocomplete="off" />
						<Button kind="danger">{words.optOut}</Button>
					</Form>
				</details>
			) : null}
			{may && out.length > 0 ? (
				<details><summary>{words.optIn}</summary>
					<Form action="optIn" hidden={about(contact)} label={words.optIn}>
						<Select name="channel" label={words.channel} value={out[0]} options={[...out.map(option), ...(out.length > 1 ? [option(ALL)] : [])]} />
						<Field name="reason" label={words.optInReason} required maxlength={300} autocomplete="off" />
						<Button>{words.optIn}</Button>
					</Form>
				</details>
			) : null}
		</Card>
	);
}

/** What the law gives a person: a copy of what is held, and its end. */
export function PersonalDataCard({ model: { contact }, words }: About): Child {
	return (
		<Card title={words.data}>
			<p class="quiet">{words.exportHint}</p>
			<Form action="exportData" hidden={about(contact)} class="inline" label={words.export} download><Button>{words.export}</Button></Form>
			<details><summary>{words.erase}</summary>
				<Form action="erase" hidden={about(contact)} label={words.erase}>
					<p class="quiet">{words.eraseHint}</p>
					<Select name="scope" label={words.eraseWhat} value="ai" options={ERASURE_SCOPES.toReversed().map((scope) => ({ value: scope, label: words.scopes[scope] }))} />
					<Checkbox name="suppress" label={words.suppress} checked />
					<Field name="confirm" label={words.confirm(nameOf(contact))} required autocomplete="off" />
					<Button kind="danger">{words.erase}</Button>
				</Form>
			</details>
		</Card>
	);
}
