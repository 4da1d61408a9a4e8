import type { Channel } from '../channels/channel';
import type { EpochMs } from '../time';
import { readMailReport } from './mailReport';
import type { OutcomeEvent } from './outcome';
import { readCalendly } from './providers/calendly';
import { readGeneric } from './providers/generic';
import { readHubSpot } from './providers/hubSpot';
import { readPipedrive } from './providers/pipedrive';
import { asRecord, asText, isMail, list, moment, touchOf, type ProviderEvent, type ReadingOptions } from './providers/reading';
import { readSalesforce } from './providers/salesforce';
import { ownEntry } from '../ownEntry';

export type { ProviderEvent, ReadingOptions } from './providers/reading';

export const PROVIDERS = ['whatsapp', 'meta_page', 'twilio', 'sendgrid', 'email', 'calendly', 'generic', 'hubspot', 'pipedrive', 'salesforce'] as const;
export type Provider = (typeof PROVIDERS)[number];

const WHATSAPP: Readonly<Record<string, OutcomeEvent>> = { sent: 'sent', delivered: 'delivered', read: 'read', failed: 'failed' };

function readWhatsApp(payload: unknown, now: EpochMs): ProviderEvent[] {
	const body = asRecord(payload);
	const values = list(body.entry).flatMap((entry) => list(asRecord(entry).changes).map((change) => asRecord(asRecord(change).value)));
	const statuses = [...values, body].flatMap((value) => list(value.statuses).map((status) => ({ status: asRecord(status), account: asText(asRecord(value.metadata).phone_number_id) })));
	if (statuses.length === 0 && asText(body.status) && asText(body.id)) statuses.push({ status: body, account: undefined });
	return statuses.flatMap(({ status, account }) => {
		const event = ownEntry(WHATSAPP, asText(status.status) ?? '');
		const providerId = asText(status.id);
		if (!event || !providerId) return [];
		return [
			{
				event,
				occurredAt: moment(status.timestamp, now),
				providerId,
				eventId: `whatsapp:${providerId}:${event}`,
				outboundId: asText(status.biz_opaque_callback_data),
				channel: 'whatsapp' as const,
				errorCode: asText(asRecord(list(status.errors)[0]).code),
				account,
			},
		];
	});
}

/** Messenger and Instagram report delivery and reading by message id; a bare watermark names no message and is left out. */
function readMetaPage(payload: unknown, now: EpochMs): ProviderEvent[] {
	const body = asRecord(payload);
	const channel: Channel = body.object === 'instagram' ? 'instagram' : 'messenger';
	const entries = list(body.entry).map(asRecord);
	const messaging = (entries.length > 0 ? entries : [body]).flatMap((entry) => list(entry.messaging).map((report) => ({ report: asRecord(report), account: asText(entry.id) })));
	if (messaging.length === 0) messaging.push({ report: body, account: undefined });
	return messaging.flatMap(({ report, account }) => {
		const delivered = list(asRecord(report.delivery).mids).map((mid) => ({ event: 'delivered' as const, mid: asText(mid) }));
		const read = { event: 'read' as const, mid: asText(asRecord(report.read).mid) };
		return [...delivered, read].flatMap(({ event, mid }) =>
			mid ? [{ event, occurredAt: moment(report.timestamp, now), providerId: mid, eventId: `meta:${mid}:${event}`, channel, account }] : [],
		);
	});
}

const TWILIO: Readonly<Record<string, OutcomeEvent>> = { sent: 'sent', delivered: 'delivered', read: 'read', undelivered: 'failed', failed: 'failed' };

/** Status callbacks (form fields) and Event Streams (CloudEvents) alike. */
function readTwilio(payload: unknown, now: EpochMs): ProviderEvent[] {
	const reports = Array.isArray(payload) ? payload : [payload];
	return reports.map(asRecord).flatMap((report) => {
		const data = asRecord(report.data);
		const status = asText(report.MessageStatus) ?? asText(report.SmsStatus) ?? asText(data.messageStatus) ?? asText(report.type)?.split('.').at(-1);
		const event = ownEntry(TWILIO, (status ?? '').toLowerCase());
		const providerId = asText(report.MessageSid) ?? asText(report.SmsSid) ?? asText(data.messageSid);
		if (!event || !providerId) return [];
		const channel: Channel = (asText(report.To) ?? asText(data.to) ?? '').startsWith('whatsapp:') ? 'whatsapp' : 'sms';
		const from = asText(report.From) ?? asText(data.from);
		return [
			{
				event,
				occurredAt: moment(report.time ?? data.timestamp, now),
				providerId,
				eventId: `twilio:${providerId}:${event}`,
				channel,
				errorCode: asText(report.ErrorCode) ?? asText(data.errorCode),
				account: from?.replace(/^whatsapp:/, ''),
			},
		];
	});
}

const SENDGRID: Readonly<Record<string, OutcomeEvent>> = {
	delivered: 'delivered',
	deferred: 'bounced_soft',
	dropped: 'dropped',
	open: 'opened',
	click: 'clicked',
	spamreport: 'complaint',
	unsubscribe: 'unsubscribed',
	group_unsubscribe: 'unsubscribed',
};

function sendGridEvent(report: Record<string, unknown>): OutcomeEvent | undefined {
	const name = asText(report.event) ?? '';
	if (name === 'bounce') return report.type === 'blocked' ? 'bounced_soft' : 'bounced_hard';
	if (name === 'open' && report.sg_machine_open === true) return 'machine_opened';
	return ownEntry(SENDGRID, name);
}

function readSendGrid(payload: unknown, now: EpochMs): ProviderEvent[] {
	const reports = Array.isArray(payload) ? payload : [payload];
	return reports.map(asRecord).flatMap((report) => {
		const event = sendGridEvent(report);
		// SendGrid appends routing details to the id it answered the send with, after the first dot.
		const providerId = asText(report.sg_message_id)?.split('.').at(0);
		const eventId = asText(report.sg_event_id);
		if (!event || (!providerId && !eventId)) return [];
		// What says something about a person holds whether or not the message is found; opens and clicks of other mail must not be taken for ours.
		const email = event === 'complaint' || event === 'unsubscribed' ? asText(report.email) : undefined;
		return [
			{
				event,
				occurredAt: moment(report.timestamp, now),
				providerId,
				eventId: `sendgrid:${eventId ?? `${providerId}:${event}`}`,
				outboundId: asText(report.draft_id),
				channel: 'email' as const,
				errorCode: asText(report.status),
				person: isMail(email) ? email : undefined,
				...touchOf(event, { userAgent: report.useragent, url: report.url }),
			},
		];
	});
}

/** A delivery report that came by mail. Without the id of the message it is about it can be tied to nothing and is left out. */
function readEmail(payload: unknown, now: EpochMs): ProviderEvent[] {
	const body = asRecord(payload);
	const report = readMailReport(body);
	if (!report?.messageId) return [];
	const { event, code, messageId } = report;
	return [{ event, occurredAt: moment(body.date, now), providerId: messageId, eventId: `email:${messageId}:${event}`, channel: 'email', errorCode: code }];
}

const READERS: Readonly<Record<Provider, (payload: unknown, now: EpochMs, options: ReadingOptions) => ProviderEvent[]>> = {
	whatsapp: readWhatsApp,
	meta_page: readMetaPage,
	twilio: readTwilio,
	sendgrid: readSendGrid,
	email: readEmail,
	calendly: readCalendly,
	generic: readGeneric,
	hubspot: readHubSpot,
	pipedrive: readPipedrive,
	salesforce: readSalesforce,
};

/** The provider whose form a payload has, or undefined. */
export function detectProvider(payload: unknown): Provider | undefined {
	const body = asRecord(Array.isArray(payload) ? payload[0] : payload);
	if ('sg_event_id' in body || 'sg_message_id' in body) return 'sendgrid';
	if ('MessageSid' in body || 'SmsSid' in body || asText(body.type)?.startsWith('com.twilio.')) return 'twilio';
	if ('statuses' in body || body.object === 'whatsapp_business_account' || ('recipient_id' in body && 'status' in body)) return 'whatsapp';
	if ('delivery' in body || 'read' in body || 'messaging' in body || body.object === 'page' || body.object === 'instagram') return 'meta_page';
	if ('from' in body && ('textPlain' in body || 'textHtml' in body || 'text' in body || 'html' in body)) return 'email';
	return undefined;
}

/**
 * What a provider's report says, message by message. Reports of other kinds, and anything misshapen, give nothing:
 * the text is a stranger's.
 * @param now when a report names no time
 */
export function readProviderEvents(provider: Provider, payload: unknown, now: EpochMs, options: ReadingOptions = {}): ProviderEvent[] {
	return READERS[provider](payload, now, options);
}
