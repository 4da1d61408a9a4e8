import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { CHANNELS, ChannelSchema } from '../../engine/channels/channel';
import { LimitRuleSchema, LimitScopeKindSchema, MAX_WINDOW_SECONDS, type LimitRule } from '../../engine/limit/rule';
import { defaultRules, GMAIL_RULES, INSTAGRAM_RULES, warmUpRules, WHATSAPP_PAIR_RULES, type DefaultLimits } from '../../engine/limit/ruleTable';
import { iso } from '../../engine/time';
import { ItemInputError } from '../shared/errors';
import { readOptionalTime } from '../shared/readParameter';

/** Above this a limit is a slip of the keyboard, and sums would lose exactness. */
const HIGHEST_LIMIT = 1_000_000_000;

function limitNumber(value: unknown, label: string): number {
	const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	if (typeof number !== 'number' || !Number.isInteger(number) || number < 0 || number > HIGHEST_LIMIT) {
		throw new ItemInputError(`'${label}' must be a whole number from 0 to ${HIGHEST_LIMIT}, but is ${JSON.stringify(value)}`, 'Use 0 to let nothing through.');
	}
	return number;
}

function share(percent: unknown): number | undefined {
	const number = Number(percent ?? 0);
	if (!(number >= 0 && number <= 100)) throw new ItemInputError(`'Share Kept for Replies' must be from 0 to 100 percent, but is ${JSON.stringify(percent)}`);
	return number > 0 ? number / 100 : undefined;
}

function minutes(value: unknown, label: string, least: number): number {
	const number = Number(value);
	if (!Number.isFinite(number) || number < least || number * 60 > MAX_WINDOW_SECONDS) throw new ItemInputError(`'${label}' must be from ${least === 0 ? '0' : 'more than 0'} minutes to 90 days, but is ${JSON.stringify(value)}`);
	return number;
}

const CollectionSchema = z.record(z.string(), z.unknown());

function standardLimits(context: IExecuteFunctions, index: number): DefaultLimits {
	const changed = CollectionSchema.catch({}).parse(context.getNodeParameter('standardLimits', index, {}));
	const perChannel = Object.fromEntries(CHANNELS.filter((channel) => channel in changed).map((channel) => [channel, limitNumber(changed[channel], `${channel} a Day`)]));
	return {
		perChannel,
		...('allChannels' in changed ? { allChannels: limitNumber(changed.allChannels, 'All Channels a Day') } : {}),
		...('gapMinutes' in changed ? { gapMinutes: minutes(changed.gapMinutes, 'Gap (Minutes)', 0) } : {}),
		...('replyPercent' in changed ? { replyShare: share(changed.replyPercent) } : {}),
	};
}

const OwnRuleSchema = z.object({
	name: z.string().optional(),
	scope: LimitScopeKindSchema,
	window: z.enum(['day', 'rolling']),
	minutes: z.unknown(),
	messages: z.unknown(),
	channels: z.array(ChannelSchema).optional(),
	replyPercent: z.unknown(),
});

function ownRules(context: IExecuteFunctions, index: number): LimitRule[] {
	const rows = z.array(z.unknown()).catch([]).parse(context.getNodeParameter('ownRules.rule', index, []));
	return rows.map((row, place) => {
		const parsed = OwnRuleSchema.safeParse(row);
		if (!parsed.success) throw new ItemInputError(`Own rule ${place + 1} does not fit: ${parsed.error.issues[0].path.join('.')} ${parsed.error.issues[0].message}`);
		const { scope, window, channels, name } = parsed.data;
		const limit = limitNumber(parsed.data.messages, 'Messages per Window');
		const length = window === 'rolling' ? minutes(parsed.data.minutes, 'Rolling Window (Minutes)', Number.MIN_VALUE) : 0;
		const per = window === 'day' ? 'a day' : `in ${length} ${length === 1 ? 'minute' : 'minutes'}`;
		return LimitRuleSchema.parse({
			id: `own${place + 1}`,
			name: name?.trim() || `${limit} messages ${per} by ${scope.replace('_', ' and ').replace('recipient and domain', 'recipient domain')}`,
			scope,
			window: window === 'day' ? { kind: 'day' } : { kind: 'rolling', seconds: length * 60 },
			limit,
			...(channels && channels.length > 0 ? { channels } : {}),
			replyShare: share(parsed.data.replyPercent),
		});
	});
}

/** All rules the node's panel asks for. */
export function readRules(context: IExecuteFunctions, index: number): LimitRule[] {
	const sets = z.array(z.string()).catch([]).parse(context.getNodeParameter('ruleSets', index, ['standard']));
	const rules: LimitRule[] = [];
	for (const set of sets) {
		if (set === 'standard') rules.push(...defaultRules(standardLimits(context, index)));
		else if (set === 'whatsappPair') rules.push(...WHATSAPP_PAIR_RULES);
		else if (set === 'instagram') rules.push(...INSTAGRAM_RULES);
		else if (set === 'gmail') rules.push(...GMAIL_RULES);
		else if (set === 'warmUp') {
			const started = readOptionalTime(context, 'senderStarted', index, 'Sender Started');
			if (started === undefined) throw new ItemInputError("'Sender Started' is empty", 'Say when the sender first sent e-mail, or take Email Warm-Up out of Rule Sets.');
			rules.push(...warmUpRules(iso(started)));
		} else throw new ItemInputError(`Rule set '${set.slice(0, 40)}' is not known`, 'Use standard, whatsappPair, instagram, gmail or warmUp.');
	}
	return [...rules, ...ownRules(context, index)];
}
