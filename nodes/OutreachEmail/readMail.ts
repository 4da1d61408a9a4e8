import type { IExecuteFunctions } from 'n8n-workflow';
import { derivedId } from '../../engine/message/spine';
import { ItemInputError } from '../shared/errors';
import { readOptionalText, readText } from '../shared/readParameter';

/** One item as its parameters say; what the store knows is added later. */
export interface MailParameters {
	workspace: string;
	contact?: string;
	to: string;
	from: string;
	subject?: string;
	text: string;
	html?: string;
	purpose: 'reply' | 'outreach';
	jobId: string;
	inReplyTo?: string;
	references?: string[];
	unsubscribeBase?: string;
	unsubscribeMailbox?: string;
	toName?: string;
	fromName?: string;
	toCountry?: string;
	postalAddress?: string;
	disclosure?: string;
	language?: string;
	writtenByModel: boolean;
}

export function readMail(context: IExecuteFunctions, index: number): MailParameters {
	const purpose = readOptionalText(context, 'purpose', index) ?? 'outreach';
	if (purpose !== 'reply' && purpose !== 'outreach') throw new ItemInputError(`'Purpose' is neither reply nor outreach: '${purpose.slice(0, 40)}'`, "Write 'reply' for an answer to somebody who wrote, else 'outreach'.");
	const workspace = readText(context, 'workspace', index, 'Workspace');
	const option = (name: string): string | undefined => readOptionalText(context, `options.${name}`, index);
	const [to, subject, text] = ['to', 'subject', 'text'].map((name) => readOptionalText(context, name, index));
	return {
		workspace,
		purpose,
		contact: readOptionalText(context, 'contact', index),
		to: to ?? '',
		from: readOptionalText(context, 'from', index) ?? '',
		subject,
		text: text ?? '',
		html: option('html'),
		jobId: readOptionalText(context, 'jobId', index) ?? derivedId('email', workspace, to ?? '', subject ?? '', text ?? ''),
		inReplyTo: readOptionalText(context, 'inReplyTo', index),
		references: option('references')?.split(/[\s,]+/),
		unsubscribeBase: readOptionalText(context, 'unsubscribeUrl', index),
		unsubscribeMailbox: option('unsubscribeMailbox'),
		toName: option('toName'),
		fromName: option('fromName'),
		toCountry: readOptionalText(context, 'toCountry', index),
		postalAddress: option('postalAddress'),
		disclosure: option('aiDisclosure'),
		language: readOptionalText(context, 'language', index),
		writtenByModel: readOptionalText(context, 'modelId', index) !== undefined,
	};
}
