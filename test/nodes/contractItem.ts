import type { IDataObject } from 'n8n-workflow';

/** The item Autopilot Trigger emits for one inbound message. */
export function contractItem(text: string, changes: { id?: string; contactId?: string; workspace?: string; channel?: string; message?: IDataObject; contact?: IDataObject; [key: string]: unknown } = {}): IDataObject {
	const { id = 'msg-1', contactId = 'contact-1', workspace = 'acme', channel = 'whatsapp', message, contact, ...rest } = changes;
	const timestamp = new Date(Date.now() - 60_000).toISOString();
	return {
		message: { id, workspace, accountId: 'account-1', channel, direction: 'inbound', threadId: 'thread-1', text, timestamp, ...message },
		contact: { id: contactId, name: 'Ana López', phone: '+34600111222', email: 'ana@example.com', ...contact },
		conversation: text === '' ? [] : [{ from: 'lead', text, timestamp, channel }],
		...rest,
	} as IDataObject;
}
