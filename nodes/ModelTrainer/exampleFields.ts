import type { INodeProperties } from 'n8n-workflow';

/** How far back examples are looked for. */
export const daysField = (displayOptions: INodeProperties['displayOptions']): INodeProperties => ({
	displayName: 'Days',
	name: 'days',
	type: 'number',
	typeOptions: { minValue: 1 },
	default: 365,
	displayOptions,
	description: 'How far back messages are looked at. No further than you may keep them.',
});

/** Whose conversations may be learnt from. */
export const consentField: INodeProperties = {
	displayName: 'Consent',
	name: 'consent',
	type: 'options',
	options: [
		{ name: 'Not Objected', value: 'not_objected', description: 'Everybody who did not object to profiling or training' },
		{ name: 'Recorded Basis', value: 'recorded_basis', description: 'Of those only people with a legal basis on record for the channel' },
	],
	default: 'not_objected',
	description: 'Whose conversations may be in the files, or in the memory',
};
