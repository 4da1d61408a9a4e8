import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

/** Folders and what they may import: the dependency directions, one way. */
const DIRECTIONS = {
	engine: { forbidden: ['nodes', 'store', 'llm', 'desk', 'credentials', 'sandbox', 'test'] },
	llm: { forbidden: ['nodes', 'store', 'desk', 'credentials', 'sandbox', 'test'], typesOnly: ['engine'] },
	// Decisions reach the store as functions; these are the words both sides must share, and the rules that have to hold inside a transaction: what a report means for addresses, senders and counts.
	store: {
		typesOnly: ['engine'],
		shared: ['time', 'channels/(?:channel|errorCodes)', 'classify/(?:classification|correction)', 'draft/draft', 'experiment/(?:metrics|variant)', 'gate/gate', 'message/(?:contact|draftHash|message|mode|outbound|senderHold|settings|shadowDecision|spine)', 'outcome/(?:labels|machine|outcome|suppression|windows|unsubscribeToken)', 'pipeline/stage', 'reply/reply', 'runs/run', 'sendTime/schedule', 'training/(?:decidingLabel|exampleQuality|modelVersion|rollout|trainingJob|trainingPerson|trainingPolicy|versionMetrics|versionNumber)', 'sequence/(?:sequence|stopRules)'],
		forbidden: ['nodes', 'llm', 'desk', 'credentials', 'sandbox', 'test'],
	},
	desk: { forbidden: ['nodes', 'llm', 'credentials', 'sandbox', 'test'] },
	nodes: { forbidden: ['credentials', 'sandbox', 'test'] },
	credentials: { forbidden: ['nodes', 'engine', 'store', 'llm', 'desk', 'sandbox', 'test'] },
};

const directionRules = Object.entries(DIRECTIONS).map(([folder, { forbidden, typesOnly = [], shared = [] }]) => ({
	files: [`${folder}/**/*.{ts,tsx}`],
	rules: {
		'@typescript-eslint/no-restricted-imports': [
			'error',
			{
				patterns: [
					{ group: forbidden.map((name) => `**/../${name}/**`), message: `${folder}/ must not depend on this folder (see docs/architecture.md).` },
					...typesOnly.map((name) => ({ regex: `^(?:\\.\\./)+${name}/(?!(?:${shared.join('|') || '$'})$)`, allowTypeImports: true, message: `${folder}/ may use types of ${name}/ only${shared.length > 0 ? ', and the shared vocabulary named in eslint.config.mjs' : ''}.` })),
				],
			},
		],
	},
}));

/** n8n's rules are for *.ts; the desk's components are *.tsx. */
const rulesForTsx = configWithoutCloudSupport.map((config) => (config.files?.includes('**/*.ts') ? { ...config, files: [...config.files, '**/*.tsx'] } : config));

export default [
	{ ignores: ['dist/**', 'node_modules/**', 'sandbox/node_modules/**', 'sandbox/.state/**', 'coverage/**', '*.js', 'desk/assets/*.js', '**/*.cjs', '**/*.mjs'] },
	...rulesForTsx,
	...directionRules,
	// A tag is a call of `h`, as in tsconfig.json.
	{ files: ['**/*.tsx'], languageOptions: { parserOptions: { jsxPragma: 'h', jsxFragmentName: 'Fragment' } } },
	{
		files: ['nodes/**/*.ts', 'engine/**/*.ts', 'store/**/*.ts', 'llm/**/*.ts', 'desk/**/*.{ts,tsx}', 'credentials/**/*.ts', 'index.ts'],
		rules: {
			'@typescript-eslint/no-explicit-any': 'error',
			'@typescript-eslint/no-non-null-assertion': 'error',
			'no-console': 'error',
		},
	},
	{
		// n8n's error classes belong to nodes: the layers below know no n8n and throw errors of their own.
		files: ['engine/**/*.ts', 'store/**/*.ts', 'llm/**/*.ts', 'desk/**/*.{ts,tsx}', 'sandbox/**/*.ts', 'test/**/*.{ts,tsx}'],
		rules: { '@n8n/community-nodes/require-node-api-error': 'off' },
	},
	{
		// They take a credential of n8n's own, SMTP and Facebook Graph: nobody should have to type a password or token in twice.
		files: ['nodes/OutreachEmail/OutreachEmail.node.ts', 'nodes/LeadAutopilot/LeadAutopilot.node.ts'],
		rules: {
			'n8n-nodes-base/node-class-description-credentials-name-unsuffixed': 'off',
			'@n8n/community-nodes/no-credential-reuse': 'off',
			'@n8n/community-nodes/valid-credential-references': 'off',
		},
	},
	{
		// Never shipped: these start n8n, databases and browsers, and sign in to throw-away instances of their own.
		files: ['sandbox/**/*.ts', 'test/**/*.{ts,tsx}', 'bench/**/*.ts', 'docs/**/*.ts', 'eval/**/*.ts'],
		rules: { '@n8n/community-nodes/no-dangerous-functions': 'off', '@n8n/community-nodes/no-hardcoded-secrets': 'off' },
	},
	{
		// Runtime dependencies are the point of a self-hosted pack (store drivers, model SDKs), and the overrides only pin what the development install needs.
		rules: {
			'@n8n/community-nodes/no-runtime-dependencies': 'off',
			'@n8n/community-nodes/no-overrides-field': 'off',
		},
	},
];
