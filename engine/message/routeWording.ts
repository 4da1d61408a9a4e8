import type { Gate } from '../gate/gate';
import { iso, type EpochMs } from '../time';

/** A moment as the sentences write it. */
export function spoken(at: EpochMs): string {
	return `${iso(at).slice(0, 16).replace('T', ' ')} UTC`;
}

/** Who holds a conversation, to begin a sentence or stand in one. */
export function holder({ takenOverBy }: { takenOverBy?: string }): string {
	return takenOverBy === undefined || takenOverBy === 'channel' || takenOverBy === 'workflow' ? 'a colleague' : takenOverBy;
}

/** The first reason of the wanted severity, without its full stop. */
export function gateReason(gate: Gate, severity: 'block' | 'review'): string {
	const issue = gate.issues.find((candidate) => candidate.severity === severity) ?? gate.issues[0];
	return withoutStop(issue?.reason ?? gate.sentence);
}

/** The sentence without the stop at its end, to be put into another one. */
export function withoutStop(text: string): string {
	return text.trim().replace(/\.+$/, '');
}

/** A reason without the verdict before it, the count of others behind it and the stop at its end. */
export function plainReason(text: string): string {
	return withoutStop(text.trim().replace(/^(?:Needs review|Blocked): /, '').replace(/ \(and \d{1,4} more\)\.?$/, ''));
}
