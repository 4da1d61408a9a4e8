import { CHANNELS, type Channel } from '../../engine/channels/channel';
import { lastDays, periodNamed, PERIODS } from '../../engine/report/period';
import type { FigureScope } from '../../store/store';
import { h, type Child, type Scope } from '../html/element';
import type { DeskContext } from '../tabs/tab';
import { FIGURE_WORDS } from './figureWords';
import { Filters, Select } from './form';

/** Shown unless the address names another. */
const USUAL = 'last30Days';
const NAMES = ['last7Days', 'lastWeek', 'last30Days', 'last90Days', 'last365Days'] as const satisfies readonly (keyof typeof PERIODS)[];

export interface ChosenScope {
	scope: FigureScope;
	period: (typeof NAMES)[number];
}

/** The period and channel of the address; what is neither is passed over. */
export function readScope({ workspace, now, timezone }: DeskContext, query: URLSearchParams): ChosenScope {
	const period = NAMES.find((name) => name === query.get('period')) ?? USUAL;
	const channel = CHANNELS.find((name) => name === query.get('channel'));
	return { scope: { workspace, ...(periodNamed(period, now, timezone) ?? lastDays(now, 30, timezone)), ...(channel === undefined ? {} : { channel }) }, period };
}

/** Chooses what a page of figures is about. */
export function FigureFilters({ chosen, withChannel = true }: { chosen: ChosenScope; withChannel?: boolean }, { language }: Scope): Child {
	const words = FIGURE_WORDS[language];
	return (
		<Filters>
			<Select name="period" label={words.period} value={chosen.period} options={NAMES.map((value) => ({ value, label: words.periods[value] }))} />
			{withChannel ? <Select name="channel" label={words.channel} value={chosen.scope.channel ?? ''} options={[{ value: '', label: words.allChannels }, ...CHANNELS.map((value) => ({ value, label: words.channels[value] }))]} /> : null}
		</Filters>
	);
}

/** The channel as people call it; what no channel is called stays as it is. */
export function channelName(channel: string, language: Scope['language']): string {
	const known: Channel | undefined = CHANNELS.find((name) => name === channel);
	return known === undefined ? channel : FIGURE_WORDS[language].channels[known];
}

/** A channel as people write it. */
export function ChannelName({ of }: { of: string }, { language }: Scope): Child {
	return channelName(of, language);
}
