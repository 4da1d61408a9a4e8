import type { Pipeline } from '../../engine/pipeline/stage';
import type { SettingsPatch } from '../../engine/message/settings';
import type { Store } from '../../store/store';
import type { Replacements } from '../shippedWorkflows';
import { SANDBOX } from '../standins';

export const DEMO_WORKSPACE = 'default';

/** What the demo shortens so that a visitor need not wait; printed at the start. */
export const SHORTENED = 'mode auto instead of assist; 3 s of quiet instead of 20; replies leave after 1–2 s instead of 5–30, those on Messenger after three hours, so that something is planned; looks for work every second';

export const SHORTER_DELAYS: Replacements = {
	'03': {
		'Conversation Ready': { 'parameters.options.quietSeconds': 3, 'parameters.options.pollSeconds': 1 },
		'Best Send Time': { 'parameters.options.replyPauseMin': 1, 'parameters.options.replyPauseMax': 2, 'parameters.options.notBefore': "={{ $json.message.channel === 'messenger' ? $now.plus({ hours: 3 }).toISO() : '' }}" },
		Settings: {
			'assignments.facts': 'We answer within one working day.\nDelivery takes 10 working days.\nThe showroom is open on weekdays from 9 to 18.',
		},
	},
	'04': { 'Send Due': { 'parameters.options.pollSeconds': 1 } },
};

const SETTINGS: SettingsPatch = {
	mode: 'auto',
	replyDelaySeconds: 0,
	outreachDelaySeconds: 3,
	timezone: 'Europe/Berlin',
	country: 'DE',
	companyName: 'Acme Kitchens',
	senderName: 'Robin',
	postalAddress: 'Musterstraße 1, 28195 Bremen',
};

const PIPELINE: Pipeline = {
	id: 'default',
	name: 'Kitchen sales',
	stages: [
		{ id: 'new', name: 'New', type: 'LEAD', order: 1, min: 0, max: 30, description: 'Has written, wants are unclear' },
		{ id: 'engaged', name: 'Engaged', type: 'IN_PROGRESS', order: 2, min: 31, max: 60, description: 'Asks about products or prices' },
		{ id: 'offer', name: 'Offer', type: 'IN_PROGRESS', order: 3, min: 61, max: 80, description: 'Wants a quote or a meeting' },
		{ id: 'won', name: 'Won', type: 'WON', order: 4, description: 'Has ordered' },
		{ id: 'lost', name: 'Lost', type: 'LOST', order: 5, description: 'Will not buy' },
	],
};

/** Settings, channel accounts, a pipeline and a running experiment; the same again changes nothing. */
export async function prepareWorkspace(store: Store): Promise<void> {
	await store.settings.set(DEMO_WORKSPACE, { kind: 'workspace' }, SETTINGS, 'npm start');
	const account = { workspace: DEMO_WORKSPACE, enabled: true };
	await store.accounts.upsert([
		{ ...account, channel: 'whatsapp', externalId: SANDBOX.phoneNumberId, name: 'Sales on WhatsApp' },
		{ ...account, channel: 'messenger', externalId: SANDBOX.pageId, name: 'Facebook page' },
		{ ...account, channel: 'instagram', externalId: SANDBOX.instagramId, name: 'Instagram' },
		{ ...account, channel: 'sms', externalId: SANDBOX.smsNumber, name: 'Text messages' },
		{ ...account, channel: 'email', externalId: SANDBOX.mailUser, name: 'Sales mailbox' },
	]);
	await store.pipelines.save(DEMO_WORKSPACE, [PIPELINE]);
	await store.experiments.save([
		{
			workspace: DEMO_WORKSPACE,
			id: 'greeting',
			name: 'Greeting',
			status: 'running',
			metric: 'positive_reply',
			variants: [
				{ id: 'as-usual', name: 'As usual', weight: 1, control: true },
				{ id: 'ask-back', name: 'Ends with one question', weight: 1, template: '{firstName|Hello}, thank you for writing. Which day suits you best?' },
			],
		},
	]);
}
