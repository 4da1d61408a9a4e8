import { z } from 'zod';
import { ChannelSchema } from '../../channels/channel';
import { epochMs, HOUR, type EpochMs } from '../../time';
import type { Check, GateInput, Severity } from '../check';
import data from '../data/channels.json';
import type { GateIssue } from '../gate';

const RulesSchema = z.object({
	length: z.record(ChannelSchema, z.number().int()),
	bytes: z.array(ChannelSchema),
	windowHours: z.partialRecord(ChannelSchema, z.number()),
	templates: z.array(ChannelSchema),
	subjectLength: z.number().int(),
});
const RULES = RulesSchema.parse(data);

function lastInbound({ policy, conversation, channel }: GateInput): EpochMs | null | undefined {
	if (policy.lastInboundAt === null) return null;
	if (policy.lastInboundAt !== undefined) return epochMs(policy.lastInboundAt);
	const turns = conversation?.filter((turn) => turn.from === 'lead' && turn.channel === channel);
	const last = turns?.at(-1);
	return last ? epochMs(last.timestamp) : undefined;
}

/** A draft without text, or of nothing but space. */
export function emptyCheck({ severity }: { severity: Severity }): Check {
	return ({ text, policy }) => (text.trim() === '' && !policy.isTemplate ? [{ check: 'empty', severity, reason: 'There is no text to send.' }] : []);
}

/** Length, the provider's reply window, and whether a template is needed. */
export function channelRulesCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const { channel, text, subject, policy, now } = input;
		if (channel === undefined) return 'skipped';
		const issues: GateIssue[] = [];
		const add = (reason: string) => issues.push({ check: 'channel_rules', severity, reason });
		const limit = RULES.length[channel];
		const bytes = RULES.bytes.includes(channel);
		const length = bytes ? Buffer.byteLength(text, 'utf8') : text.length;
		if (length > limit) add(`Too long for ${channel}: ${length} ${bytes ? 'bytes' : 'characters'}, at most ${limit}.`);
		if (subject !== undefined && subject.length > RULES.subjectLength) add(`The subject has ${subject.length} characters, at most ${RULES.subjectLength}.`);
		const hours = RULES.windowHours[channel];
		if (hours === undefined || policy.isTemplate) return issues;
		const last = lastInbound(input);
		if (last === undefined) return issues.length > 0 ? issues : 'skipped';
		const way = RULES.templates.includes(channel) ? 'an approved template is needed' : 'only a person may write';
		if (last === null) add(`The contact has not written on ${channel} yet: ${way}.`);
		else if (now - last > hours * HOUR) add(`The contact's last message on ${channel} is over ${hours} hours old: ${way}.`);
		return issues;
	};
}
