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
const MICROSECONDS = 1_000;

/** How often the system took the processor away from this process so far. */
const interruptions = (): number => process.resourceUsage().involuntaryContextSwitches;

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

/** Milliseconds a call. */
export interface Timing {
	/** Of the calls during which nobody else was given the processor. */
	p50: number;
	p99: number;
	/** Of all calls, by the clock on the wall. */
	p99OfAll: number;
	/** Processor time of all threads over all calls. */
	meanProcessor: number;
	/** 0–1. */
	undisturbed: number;
	calls: number;
}

/**
 * Times calls after warming up. A processor clock is too coarse for one call on many systems, and the clock on the wall counts
 * what other programs took: so calls during which the process was interrupted are set aside. Collection of rubbish and
 * compiling stay in.
 */
export function timed(run: (call: number) => void, calls = CALLS): Timing {
	for (let call = 0; call < WARM_UP; call++) run(call);
	const all: number[] = [];
	const undisturbed: number[] = [];
	const used = process.cpuUsage();
	for (let call = 0; call < calls; call++) {
		const before = interruptions();
		const began = performance.now();
		run(call);
		const taken = performance.now() - began;
		all.push(taken);
		if (interruptions() === before) undisturbed.push(taken);
	}
	const { user, system } = process.cpuUsage(used);
	const at = (taken: number[], share: number): number => taken[Math.floor(taken.length * share)] ?? Number.NaN;
	all.sort((a, b) => a - b);
	undisturbed.sort((a, b) => a - b);
	return { p50: at(undisturbed, 0.5), p99: at(undisturbed, 0.99), p99OfAll: at(all, 0.99), meanProcessor: (user + system) / MICROSECONDS / calls, undisturbed: undisturbed.length / calls, calls };
}

/** How long the gate takes for 1,000 characters. */
export function gateSpeedSection(): Section {
	const texts = speedTexts();
	const at = (call: number) => texts[call % texts.length];
	const row = (name: string, { p50, p99, p99OfAll, meanProcessor, undisturbed, calls }: Timing, wanted: number): string =>
		`- ${name}: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms of the ${(100 * undisturbed).toFixed(0)} % of ${calls} calls nobody interrupted (wanted p99 < ${wanted} ms: ${p99 < wanted ? 'yes' : 'NO'}); p99 of all ${p99OfAll.toFixed(2)} ms; processor time ${meanProcessor.toFixed(2)} ms a call`;
	return {
		title: 'Gate speed',
		note: '1,000 characters, nine languages, one process; collection of rubbish and compiling included.',
		figures: [],
		rows: [
			row('outbound draft, every check on and none without its data', timed((call) => void gateDraft(fullDraft(at(call), at(call + 1).text))), 1),
			row('inbound screening (spam, orders to the model)', timed((call) => void screenInbound(at(call).text)), 1),
			row('inbound reading (readReply)', timed((call) => void readReply(at(call).text)), 1),
		],
	};
}
