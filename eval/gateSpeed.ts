import { gateDraft, type DraftToGate } from '../engine/gate/gateDraft';
import { screenInbound } from '../engine/gate/screenInbound';
import { CHECKS, DEFAULT_ACTIONS } from '../engine/gate/check';
import { readReply } from '../engine/reply/readReply';
import { LABELLED_LANGUAGES, readLabelledReplies } from './labelledReplies';
import type { Section } from './table';

const CHARACTERS = 1_000;
const WARM_UP = 1_500;
const CALLS = 6_000;
const NOW = Date.UTC(2026, 2, 2, 10);
const MILLISECOND = 1_000;

/** Microseconds of processor time of this process: time it was kept waiting does not count. */
function processorMicros(): number {
	const { user, system } = process.cpuUsage();
	return user + system;
}

/** One text of 1,000 characters in each language: replies one after the other. */
export const speedTexts = (): { language: string; text: string }[] =>
	LABELLED_LANGUAGES.map((language) => ({ language, text: readLabelledReplies(language, 'dev').map(({ text }) => text).join(' ').slice(0, CHARACTERS) }));

/** A draft for which no check lacks its data, with every rule on. */
export function fullDraft({ language, text }: { language: string; text: string }, inbound: string): DraftToGate {
	return {
		text, language, subject: 'Your question', channel: 'whatsapp', now: NOW,
		facts: ['The plan costs 49 € from 5 March 2026, see https://example.com/plan'],
		contact: { id: 'c', name: 'Anna Weber', email: 'anna@example.com', phone: '+4915112345678', country: 'DE', optOutChannels: [], consent: {} },
		conversation: [{ from: 'us', text: 'Hello Anna', timestamp: '2026-03-01T09:00:00Z', channel: 'whatsapp' }, { from: 'lead', text: inbound, timestamp: '2026-03-02T09:00:00Z', channel: 'whatsapp' }],
		policy: {
			actions: Object.fromEntries(CHECKS.map((check) => [check, DEFAULT_ACTIONS[check] === 'off' ? 'review' : DEFAULT_ACTIONS[check]])),
			suppressed: null, mode: 'auto', killSwitch: false, purpose: 'outreach', confidence: 0.9, autoSend: true, lastInboundAt: NOW, known: ['Example Ltd, 1 Mill Lane'],
			words: ['competitor', 'secret project'], patterns: ['project\\s+x', '\\d{3}-x'],
		},
	};
}

export interface Timing {
	p50: number;
	p99: number;
	calls: number;
}

/** Milliseconds of processor time a call, after warming up. */
export function timed(run: (call: number) => void, calls = CALLS): Timing {
	for (let call = 0; call < WARM_UP; call++) run(call);
	const taken: number[] = [];
	for (let call = 0; call < calls; call++) {
		const began = processorMicros();
		run(call);
		taken.push((processorMicros() - began) / MILLISECOND);
	}
	taken.sort((a, b) => a - b);
	return { p50: taken[Math.floor(calls / 2)], p99: taken[Math.floor(calls * 0.99)], calls };
}

/** How long the gate takes for 1,000 characters. */
export function gateSpeedSection(): Section {
	const texts = speedTexts();
	const at = (call: number) => texts[call % texts.length];
	const row = (name: string, { p50, p99, calls }: Timing, wanted?: number): string =>
		`- ${name}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of ${calls} calls${wanted === undefined ? '' : `  wanted p99 < ${wanted} ms: ${p99 < wanted ? 'yes' : 'NO'}`}`;
	return {
		title: 'Gate speed',
		note: '1,000 characters, nine languages, processor time (collection of rubbish and compiling included), one process.',
		figures: [],
		rows: [
			row('outbound draft, every check on and none without its data', timed((call) => void gateDraft(fullDraft(at(call), at(call + 1).text))), 1),
			row('inbound screening (spam, orders to the model)', timed((call) => void screenInbound(at(call).text)), 1),
			row('inbound reading (readReply)', timed((call) => void readReply(at(call).text)), 1),
		],
	};
}
