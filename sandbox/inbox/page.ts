import type { LoggedMessage } from '../standins';
import { conversationsOf, type Conversation } from './conversations';
import { html, type Markup } from './html';

const CHANNEL_NAMES = { whatsapp: 'WhatsApp', messenger: 'Messenger', instagram: 'Instagram', sms: 'SMS', email: 'E-mail' } as const;
const STATE_NAMES = { accepted: 'accepted', sent: 'sent', delivered: 'delivered', read: 'read', failed: 'not delivered' } as const;
const WRITER = { toLead: 'Autopilot', fromLead: 'Lead', fromPerson: 'Colleague' } as const;
/** Longer messages are folded. */
const LONG_TEXT = 1_200;

function time(at: string): Markup {
	return html`<time datetime="${at}">${at.slice(0, 10)} ${at.slice(11, 19)} UTC</time>`;
}

function textOf(text: string): Markup {
	if (text.trim() === '') return html`<p class="empty-text">(no text)</p>`;
	if (text.length <= LONG_TEXT) return html`<p dir="auto">${text}</p>`;
	return html`<details><summary>${text.slice(0, 120)} … (${text.length} characters)</summary><p dir="auto">${text}</p></details>`;
}

function bubble(message: LoggedMessage): Markup {
	const state = message.direction === 'toLead' && message.state ? html`<span class="state ${message.state}">${STATE_NAMES[message.state]}</span>` : undefined;
	const subject = message.subject === undefined ? undefined : html`<p class="subject">${message.subject}</p>`;
	const reference = message.correlationId === undefined ? undefined : html`<span class="reference" title="Correlation id">${message.correlationId}</span>`;
	return html`<li class="message ${message.direction}">
<div class="bubble">${subject}${textOf(message.text)}</div>
<div class="about"><span class="writer">${WRITER[message.direction]}</span> ${time(message.at)} ${state} ${reference}</div>
</li>`;
}

function answerForm(conversation: Conversation): Markup {
	const { key, channel, person, account, subject, lastMessageId, name } = conversation;
	const answerSubject = subject === undefined ? undefined : /^re:/i.test(subject) ? subject : `Re: ${subject}`;
	const hidden = { channel, from: person, to: account, name, subject: channel === 'email' ? answerSubject : undefined, inReplyTo: lastMessageId };
	const fields = Object.entries(hidden).filter(([, value]) => value !== undefined && value !== '');
	return html`<form class="answer" method="post" action="/reply">
${fields.map(([field, value]) => html`<input type="hidden" name="${field}" value="${value}">`)}
<label for="text-${key}">Answer as ${name ?? person}</label>
<div class="row"><textarea id="text-${key}" name="text" rows="2" required></textarea><button>Send as lead</button></div>
</form>`;
}

function card(conversation: Conversation): Markup {
	const { key, channel, person, name, messages } = conversation;
	const who = name === undefined ? html`<h2>${person}</h2>` : html`<h2>${name}</h2><span class="person">${person}</span>`;
	return html`<article id="${key}" class="conversation" data-channel="${channel}">
<header><span class="channel ${channel}">${CHANNEL_NAMES[channel]}</span>${who}</header>
<ol>${messages.map(bubble)}</ol>
${person === '' ? html`<p class="empty-text">The sender is unknown, so nobody can answer.</p>` : answerForm(conversation)}
</article>`;
}

/** The conversations alone, as the page's script fetches them. */
export function conversationList(messages: LoggedMessage[]): string {
	const conversations = conversationsOf(messages);
	if (conversations.length === 0) return html`<p class="nothing">No message yet. What the workflows send, and what leads write, appears here by itself.</p>`.markup;
	return html`${conversations.map(card)}`.markup;
}

/** The whole page. */
export function inboxPage(messages: LoggedMessage[]): string {
	const sent = messages.filter(({ direction }) => direction === 'toLead').length;
	return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sandbox inbox</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/inbox.css">
</head>
<body>
<header class="top">
<div><h1>Sandbox inbox</h1><p>Every message on every channel. No message here reaches a real person.</p></div>
<nav aria-label="Channel">
<button type="button" data-filter="" aria-pressed="true">All</button>
${Object.entries(CHANNEL_NAMES).map(([channel, name]) => html`<button type="button" data-filter="${channel}" aria-pressed="false">${name}</button>`)}
</nav>
<p class="count" role="status"><span id="count">${sent}</span> sent by the autopilot</p>
</header>
<p id="problem" class="problem" role="alert" hidden></p>
<main id="conversations">${{ markup: conversationList(messages) }}</main>
<script src="/inbox.js" defer></script>
</body>
</html>`.markup;
}
