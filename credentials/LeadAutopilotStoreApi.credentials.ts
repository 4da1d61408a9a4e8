import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

/** Where the autopilot keeps its state when the embedded store is not enough: several workers, or a database of one's own. */
export class LeadAutopilotStoreApi implements ICredentialType {
	name = 'leadAutopilotStoreApi';

	displayName = 'Lead Autopilot Store API';

	icon: Icon = { light: 'file:leadAutopilotStore.svg', dark: 'file:leadAutopilotStore.dark.svg' };

	documentationUrl = 'https://github.com/lead-autopilot/n8n-nodes-lead-autopilot#where-the-state-lives';

	properties: INodeProperties[] = [
		{
			displayName: 'The store is a Postgres database (14 or newer). The autopilot keeps its tables in a schema of its own and creates them at first use. Without this credential an embedded store in the n8n user folder is used.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{ displayName: 'Host', name: 'host', type: 'string', default: 'localhost', required: true },
		{ displayName: 'Port', name: 'port', type: 'number', default: 5432, required: true },
		{ displayName: 'Database', name: 'database', type: 'string', default: 'postgres', required: true },
		{ displayName: 'User', name: 'user', type: 'string', default: 'postgres', required: true },
		{ displayName: 'Password', name: 'password', type: 'string', typeOptions: { password: true }, default: '' },
		{ displayName: 'SSL', name: 'ssl', type: 'boolean', default: false, description: 'Whether to encrypt the connection' },
		{ displayName: 'Schema', name: 'schema', type: 'string', default: 'lead_autopilot', description: "The schema for the autopilot's tables: letters, digits and underscores" },
		{ displayName: 'Redis Host', name: 'redisHost', type: 'string', default: '', placeholder: 'e.g. localhost', description: 'Lets Redis count the limits of Rate Limit, which is faster. The database stays the truth and counts itself while Redis is away. Empty: no Redis.' },
		{ displayName: 'Redis Port', name: 'redisPort', type: 'number', default: 6379, description: 'The port Redis listens on' },
		{ displayName: 'Redis User', name: 'redisUser', type: 'string', default: '', description: 'Empty: the default user' },
		{ displayName: 'Redis Password', name: 'redisPassword', type: 'string', typeOptions: { password: true }, default: '', description: 'Empty: Redis asks for none' },
		{ displayName: 'Redis Database', name: 'redisDatabase', type: 'number', default: 0, description: 'The number of the logical database' },
		{ displayName: 'Redis SSL', name: 'redisSsl', type: 'boolean', default: false, description: 'Whether to encrypt the connection to Redis' },
	];
}
