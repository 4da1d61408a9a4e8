const shared = {
	testEnvironment: 'node',
	transform: {
		'^.+\\.ts$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } }],
		// The desk's components: tags are calls of its own `h`, as in tsconfig.json.
		'^.+\\.tsx$': ['@swc/jest', { jsc: { parser: { syntax: 'typescript', tsx: true }, transform: { react: { runtime: 'classic', pragma: 'h', pragmaFrag: 'Fragment' } }, target: 'es2024' }, module: { type: 'commonjs' } }],
	},
	modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/sandbox/node_modules', '<rootDir>/sandbox/.state'],
	globalSetup: '<rootDir>/test/services/globalSetup.ts',
	globalTeardown: '<rootDir>/test/services/globalTeardown.ts',
};

/** @type {import('jest').Config} */
module.exports = {
	projects: [
		{ ...shared, displayName: 'parts', testMatch: ['<rootDir>/test/**/*.test.{ts,tsx}'], testPathIgnorePatterns: ['<rootDir>/test/e2e/'] },
		{ ...shared, displayName: 'n8n', testMatch: ['<rootDir>/test/e2e/**/*.test.ts'] },
	],
};
