import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

import type { Sandbox } from '../sandbox';
import { SANDBOX } from '../standins';
import { REPORTS, type Delivery, type DemoLead } from './leads';

/** What the way in answered, where it answers anything a person would want to read. */
export interface Answer {
	/** Rows that were not taken, with the reason given. */
	refused: { name?: string; channel?: string; reason: string }[];
}

const BURST_PAUSE_MS = 1_200;

/**
 * Sends one sample lead in through its channel's real webhook, trigger, form or mailbox.
 * @throws Error when nobody listens or the way in does not take it.
 */
export async function feed(sandbox: Sandbox, { delivery }: DemoLead): Promise<Answer> {
	const { standIns } = sandbox;
	switch (delivery.by) {
		case 'whatsapp':
			await whatsapp(sandbox, delivery);
			break;
		case 'messenger':
		case 'instagram':
			taken(await standIns.meta.inboundPage({ platform: delivery.by, from: delivery.from, text: delivery.text, mid: delivery.id }));
			break;
		case 'sms':
			taken(await standIns.twilio.inbound({ from: delivery.from, to: SANDBOX.smsNumber, text: delivery.text, messageSid: delivery.id }));
			break;
		case 'email':
			standIns.mail.deliver({ from: delivery.from, name: delivery.name, to: SANDBOX.mailUser, subject: delivery.subject, text: delivery.text, messageId: delivery.id, headers: delivery.headers ? { ...delivery.headers } : undefined });
			break;
		case 'webhook':
			return { refused: await postLead(sandbox.urlOf('01', 'Lead Webhook'), delivery.body) };
		case 'form':
			await submitForm(sandbox.urlOf('01', 'Lead Form'), delivery.fields);
			break;
		case 'csv':
			await submitForm(sandbox.urlOf('01', 'CSV Upload'), [new File([delivery.text], 'leads.csv', { type: 'text/csv' })]);
			break;
	}
	return { refused: [] };
}

async function whatsapp({ standIns }: Sandbox, lead: Extract<Delivery, { by: 'whatsapp' }>): Promise<void> {
	const { from, name, voice, image, times, ids } = lead;
	const texts = lead.texts ?? [lead.text];
	for (const [at, text] of texts.entries()) {
		if (at > 0) await pause(BURST_PAUSE_MS);
		taken(await standIns.meta.inboundWhatsApp({ from, name, messageId: ids[at], times, ...(voice ? { audio: true } : image ? { image: true, caption: text } : { text }) }));
	}
}

function taken(statuses: readonly number[]): void {
	const bad = statuses.find((status) => status < 200 || status > 299);
	if (bad !== undefined) throw new Error(bad === 0 ? 'nobody listens at the webhook' : `the webhook answered with status ${bad}`);
}

/** Workflow 01 answers with one row a lead: recorded, or not recorded and why. */
async function postLead(url: string, body: unknown): Promise<Answer['refused']> {
	const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
	const text = await response.text();
	if (!response.ok) throw new Error(`the webhook answered with status ${response.status}: ${text.slice(0, 200)}`);
	const rows: unknown = text === '' ? [] : JSON.parse(text);
	return (Array.isArray(rows) ? rows : [rows]).flatMap((row: unknown) => {
		if (!isRecord(row) || row.result !== 'not recorded') return [];
		const { name, channel, reason } = row;
		return [{ name: String(name ?? ''), channel: String(channel ?? ''), reason: String(reason ?? 'no reason given') }];
	});
}

/** Tells workflow 06 of meetings and deals, as another system would: signed, and with ids it knows again. @throws Error when one is not taken. */
export async function reportOutcomes(url: string): Promise<void> {
	for (const report of REPORTS) {
		const body = JSON.stringify(report);
		const at = String(Math.floor(Date.now() / 1000));
		const signature = createHmac('sha256', SANDBOX.webhookSecret).update(`${at}.${body}`).digest('hex');
		const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', 'x-timestamp': at, 'x-signature': signature }, body });
		if (!response.ok) throw new Error(`the report of ${report.event} was answered with status ${response.status}: ${(await response.text()).slice(0, 200)}`);
		await response.body?.cancel();
	}
}

/** n8n names a form's fields by their place. */
async function submitForm(url: string, values: readonly (string | File)[]): Promise<void> {
	const form = new FormData();
	values.forEach((value, at) => form.append(`field-${at}`, value));
	const response = await fetch(url, { method: 'POST', body: form });
	if (!response.ok) throw new Error(`the form answered with status ${response.status}: ${(await response.text()).slice(0, 200)}`);
	await response.body?.cancel();
}

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}
