import type { Account, SenderHold } from '../../../store/store';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Card, channelName, Form, formatNumber, Link, Named, Sentence, When, type Tone } from '../../parts';
import type { HealthWords } from './en';
import { UNCERTAIN_COUNTED, type Alerts } from './load';

function Alert({ tone, what, children }: { tone: Tone; what: string; children?: Child }): Child {
	return <li class="alert"><div><Badge tone={tone}>{what}</Badge></div><div>{children}</div></li>;
}

function Hold({ hold, accounts, words, may }: { hold: SenderHold; accounts: readonly Account[]; words: HealthWords; may: boolean }, { language }: Scope): Child {
	const { channel, accountId, template, kind, until, since, sentence } = hold;
	const account = accounts.find((one) => one.channel === channel && one.externalId === accountId);
	const sender = [channelName(channel, language), account?.name ?? accountId ?? words.noAccount].join(' · ');
	return (
		<Alert tone="bad" what={words.holds[kind]}>
			<p><strong><Named>{sender}</Named></strong>{template === undefined ? null : <> · <Named>{words.template(template)}</Named></>} · {words.since} <When at={since} />, {until === undefined ? words.untilAPerson : <>{words.until} <When at={until} /></>}</p>
			<Sentence>{sentence}</Sentence>
			<p class="quiet">{words.holdHints[kind]}</p>
			{may ? <Form action="resumeSender" of={`${kind} ${channel} ${accountId ?? ''} ${template ?? ''}`} hidden={{ channel, kind, ...(accountId === undefined ? {} : { accountId }) }} class="inline" label={words.resumeOf(sender)}><Button>{words.resume}</Button></Form> : null}
		</Alert>
	);
}

/** What a person should look at before the figures. */
export function AlertsCard({ alerts, accounts, words, may }: { alerts: Alerts; accounts: readonly Account[]; words: HealthWords; may: boolean }, { language }: Scope): Child {
	const { killSwitch, stopped, holds, senders, uncertain } = alerts;
	const count = `${formatNumber(uncertain, language)}${uncertain >= UNCERTAIN_COUNTED ? '+' : ''}`;
	if (!killSwitch && stopped.length + holds.length + senders.length + uncertain === 0) return <p class="all-well"><span class="dot" aria-hidden="true" />{words.fine}</p>;
	return (
		<Card title={words.attention}>
			<ul class="alerts">
				{killSwitch ? <Alert tone="bad" what={words.killSwitch}><p>{words.killSwitchOn}</p></Alert> : null}
				{stopped.map(({ id, by }) => <Alert tone="bad" what={words.killSwitch}><p><strong><Named>{id}</Named></strong>{by === undefined ? null : <> · <Named>{by}</Named></>}</p><p class="quiet">{words.accountStopped}</p></Alert>)}
				{holds.map((hold) => <Hold hold={hold} accounts={accounts} words={words} may={may} />)}
				{senders.map(({ verdict, sentence }) => <Alert tone={verdict === 'stop' ? 'bad' : 'warn'} what={verdict === 'stop' ? words.deliverability.stop : words.deliverability.warn}><Sentence>{sentence}</Sentence></Alert>)}
				{uncertain > 0 ? <Alert tone="warn" what={words.uncertain}><p>{words.uncertainWhat(count)}</p><Link to={{ tab: 'review' }} class="button plain">{words.toReviews}</Link></Alert> : null}
			</ul>
		</Card>
	);
}
