/**
 * The accounts, numbers and keys the sandbox comes with. Every key or token that contains the word "sandbox"
 * is accepted, so that a test can use several; every other one is refused the way the real service refuses it.
 */
export const SANDBOX = {
	metaAppId: '900000000000001',
	metaAppSecret: 'sandbox-meta-app-secret',
	metaToken: 'EAAsandboxGraphToken',
	whatsappBusinessId: '200000000000001',
	phoneNumberId: '300000000000001',
	whatsappNumber: '4930901820',
	pageId: '400000000000001',
	instagramId: '17841400000000001',
	twilioAccountSid: `AC${'0'.repeat(31)}1`,
	twilioAuthToken: 'sandbox-twilio-auth-token',
	smsNumber: '+15005550006',
	sendgridKey: 'SG.sandbox.key',
	openaiKey: 'sk-sandbox-openai',
	anthropicKey: 'sk-ant-sandbox',
	/** What other systems sign their reports with, or send as their password. */
	webhookSecret: 'sandbox-webhook-secret',
	/** What sessions and invitations of the sandbox's desk are signed with, and who may come in. */
	deskSecret: 'sandbox-desk-secret-of-a-private-n8n',
	deskReviewer: 'you@sandbox.example',
	mailUser: 'sales@demo.example',
	mailPassword: 'sandbox-mail-password',
} as const;

export function isSandboxKey(key: string | undefined): key is string {
	return key !== undefined && /sandbox/i.test(key);
}
