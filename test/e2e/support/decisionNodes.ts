import type { NodeSettings, Row } from './rowsWorkflow';

/** One of the eight decision nodes with what its panel needs after a spreadsheet, and a row it cannot use. */
export interface DecisionNode extends NodeSettings {
	/** The key it adds to the item. */
	key: string;
	/** A row that fails by itself. */
	badRow: Row;
	/** The beginning of what is said about it. */
	complaint: RegExp;
	/** Without a store: it answers all the same and says so in a hint, or says what it needs. */
	withoutStore: 'answers' | 'refuses';
}

const PACK = 'n8n-nodes-lead-autopilot';

export const ROWS: readonly Row[] = [
	{ row_number: 2, name: 'Ada Byron', email: 'ada@engines.example', phone: '+44 7700 900123', company: 'Engines Ltd', country: 'GB', channel: 'email', text: 'How much are ten of the large ones, and can you deliver next week? We want to order.', score: 72 },
	{ row_number: 3, name: 'Bodo Klein', email: 'bodo@kueche.example', phone: '+49 151 1234567', company: 'Küche & Co', country: 'DE', channel: 'whatsapp', text: 'Was kostet die kleine Ausführung?', score: 40 },
	{ row_number: 4, name: 'Carmen Ruiz', email: 'carmen@hotel.example', phone: '', company: '', country: 'ES', channel: 'email', text: 'Gracias, de momento no.', score: 15 },
];

const VARIANTS = { variant: [{ id: 'a', name: 'Short', template: '', weight: 1, control: true }, { id: 'b', name: 'Long', template: '', weight: 1, control: false }] };
const UNKNOWN_CHANNEL: Row = { row_number: 1, name: 'Zed', email: 'zed@post.example', channel: 'carrier pigeon', text: 'Hello' };

export const DECISION_NODES: readonly DecisionNode[] = [
	{ name: 'Classify Lead', type: `${PACK}.classifyLead`, parameters: { split: false }, key: 'classification', badRow: { row_number: 1, name: 'Zed', email: 'zed@post.example', text: ['several', 'texts'] }, complaint: /^'text' must be text, but is a list/, withoutStore: 'answers' },
	{ name: 'Generate With Confidence', type: `${PACK}.generateWithConfidence`, parameters: {}, key: 'draft', badRow: UNKNOWN_CHANNEL, complaint: /^Channel 'carrier pigeon' is not known/, withoutStore: 'answers' },
	{ name: 'Quality Gate', type: `${PACK}.qualityGate`, parameters: {}, key: 'gate', badRow: UNKNOWN_CHANNEL, complaint: /^Channel 'carrier pigeon' is not known/, withoutStore: 'answers' },
	{ name: 'Best Send Time', type: `${PACK}.bestSendTime`, parameters: {}, key: 'schedule', badRow: UNKNOWN_CHANNEL, complaint: /^Channel 'carrier pigeon' is not known/, withoutStore: 'answers' },
	{ name: 'Rate Limit', type: `${PACK}.rateLimit`, parameters: {}, key: 'allowance', badRow: { row_number: 1, name: 'Zed', channel: 'email', text: 'Hello' }, complaint: /^'Contact' is empty/, withoutStore: 'answers' },
	{ name: 'A/B Variant', type: `${PACK}.abVariant`, parameters: { source: 'inline', variants: VARIANTS }, key: 'variant', badRow: { row_number: 1, name: 'Zed', text: 'Hello' }, complaint: /^'Contact' is empty/, withoutStore: 'answers' },
	{ name: 'Stage Assign', type: `${PACK}.stageAssign`, parameters: {}, key: 'stage', badRow: { row_number: 1, name: 'Zed', email: 'zed@post.example', score: 'very good' }, complaint: /^'Score' must be a number from 0 to 100/, withoutStore: 'answers' },
	{ name: 'Outcome Track', type: `${PACK}.outcomeTrack`, parameters: { operation: 'recordEvent', event: 'meeting_booked', options: { eventId: '={{ $json.row_number }}' } }, key: 'outcome', badRow: { row_number: 1, name: 'Zed', text: 'Hello' }, complaint: /^The event names no message and no person/, withoutStore: 'refuses' },
];
