import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ComposedMail } from '../../engine/mail/composeMail';
import { MailRefusal } from '../../engine/mail/composeMail';
import { executeBatch, settled, type ReadItem, type Settled } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { prepareMails, refused } from './prepareMails';
import { readMail, type MailParameters } from './readMail';
import { SmtpMailbox, type HandedOver, type SmtpCredential } from './smtpMailbox';

interface Sent extends HandedOver {
	mail: ComposedMail;
}

/** Composes all mails, then hands them over one after the other on one connection. */
export async function sendMails(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<MailParameters, Sent>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => readMail(context, index),
		decide: async (items) => {
			const mailbox = new SmtpMailbox(await readCredential(context));
			try {
				return await handOver(context, mailbox, await prepared(context, items));
			} finally {
				mailbox.close();
			}
		},
		// Under `messageId`, where Mark Sent looks for it as it does after Send Email.
		write: ({ messageId, response, mail }) => ({ output: 0, json: { messageId, email: keysOf(mail, response) } }),
	});
}

/** Without the store nobody can tell who opted out: then nothing is sent, and the Outbox tries again. */
async function prepared(context: IExecuteFunctions, items: ReadItem<MailParameters>[]): Promise<Settled<ComposedMail>[]> {
	try {
		return await withStore(context, async (store) => await prepareMails(store, items));
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return items.map(() => settled.failed(refused(new MailRefusal('not_set_up', `opt-outs cannot be looked up. ${reason}`, "Check 'Store Credential' of this node."))));
	}
}

/** A node that stops at the first failure must not have sent what comes after it: nobody would know of those mails. */
async function handOver(context: IExecuteFunctions, mailbox: SmtpMailbox, mails: Settled<ComposedMail>[]): Promise<Settled<Sent>[]> {
	const goesOn = context.continueOnFail();
	const failure = mails.find((mail): mail is Extract<Settled<ComposedMail>, { ok: false }> => !mail.ok);
	const results: Settled<Sent>[] = [];
	let stopped = !goesOn && failure !== undefined;
	for (const mail of mails) {
		if (!mail.ok) results.push(mail);
		else if (stopped) results.push(settled.failed(refused(new MailRefusal('not_set_up', 'another item of this run failed first', 'Mend that one, or set On Error to continue.'))));
		else results.push(await sendOne(mailbox, mail.value));
		stopped ||= !goesOn && !results[results.length - 1].ok;
	}
	// The item that is to blame is reported, not one that was held back because of it.
	return goesOn || failure === undefined ? results : results.map((result, at) => (mails[at].ok ? failure : result));
}

async function sendOne(mailbox: SmtpMailbox, mail: ComposedMail): Promise<Settled<Sent>> {
	try {
		return settled.ok({ ...(await mailbox.send(mail, new Date())), mail });
	} catch (error) {
		return settled.failed(error);
	}
}

async function readCredential(context: IExecuteFunctions): Promise<SmtpCredential> {
	const { user, password, host, port, secure, disableStartTls, hostName } = await context.getCredentials('smtp');
	return {
		user: String(user ?? ''),
		password: String(password ?? ''),
		host: String(host ?? ''),
		port: Number(port),
		secure: secure === true,
		disableStartTls: disableStartTls === true,
		hostName: typeof hostName === 'string' ? hostName : '',
		allowUnauthorizedCerts: context.getNodeParameter('options.allowUnauthorizedCerts', 0, false) === true,
	};
}

function keysOf(mail: ComposedMail, response: string): object {
	const { messageId, inReplyTo, references, subject, duties, unsubscribeUrl } = mail;
	const unsubscribe = Object.keys(mail.headers).length === 0 ? 'none' : unsubscribeUrl === undefined ? 'by mail' : 'one click';
	return { messageId, ...(inReplyTo === undefined ? {} : { inReplyTo }), references, subject, unsubscribe, duties, response, sentence: `The mail server took it; unsubscription: ${unsubscribe}.` };
}
