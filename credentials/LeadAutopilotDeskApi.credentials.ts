import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Who may use the review desk, and what their sessions are signed with. Holds no password: reviewers choose theirs by invitation. */
export class LeadAutopilotDeskApi implements ICredentialType {
	name = 'leadAutopilotDeskApi';

	displayName = 'Lead Autopilot Desk API';

	icon: Icon = { light: 'file:leadAutopilotDeskApi.svg', dark: 'file:leadAutopilotDeskApi.dark.svg' };

	documentationUrl = 'https://github.com/lead-autopilot/n8n-nodes-lead-autopilot#the-review-desk';

	properties: INodeProperties[] = [
		{
			displayName: 'Signing Secret',
			name: 'signingSecret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'At least 32 random characters, e.g. from a password manager. Changing it signs everybody out and asks for new invitations.',
		},
		{
			displayName: 'Reviewers',
			name: 'reviewers',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Reviewer',
			default: {},
			description: 'Who is taken out here, or given another role or workspace, feels it with the next click',
			options: [
				{
					displayName: 'Reviewer',
					name: 'reviewer',
					values: [
						{ displayName: 'Email', name: 'email', type: 'string', default: '', placeholder: 'e.g. eva@example.com', description: 'What they sign in with. They choose a password by an invitation: Lead Autopilot → Desk → Invite.' },
						{
							displayName: 'Role',
							name: 'role',
							type: 'options',
							options: [
								{ name: 'Admin', value: 'admin', description: 'Decides, changes settings and uses the kill switch' },
								{ name: 'Reviewer', value: 'reviewer', description: 'Reads and decides' },
								{ name: 'Viewer', value: 'viewer', description: 'Reads' },
							],
							default: 'reviewer',
						},
						{ displayName: 'Workspaces', name: 'workspaces', type: 'string', default: 'default', placeholder: 'e.g. acme, beta', description: 'All they see, separated by commas; the first is shown first' },
					],
				},
			],
		},
	];
}
