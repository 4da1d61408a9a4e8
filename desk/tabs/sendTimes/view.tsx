import type { SendTimeFigure } from '../../../engine/report/sendTimes';
import { SEGMENT_LEAST, SEND_TIME_READING } from '../../../engine/sendTime/sendTimePolicy';
import { DAY } from '../../../engine/time';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Card, Empty, Sentence, Table } from '../../parts';
import { formatNumber, formatShare } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { DeskContext } from '../tab';
import type { SendTimesWords } from './en';
import { HeatMap } from './heatMap';
import { behind, factorOf, hourName, type SendHour } from './hours';
import type { SendTimesModel } from './load';

interface Props {
	of: SendTimeFigure;
	words: SendTimesWords;
	language: Language;
}

function Answered({ hour, words, language }: { hour: SendHour; words: SendTimesWords; language: Language }): Child {
	const { share, low, high } = hour;
	const percent = (value: number): string => formatShare(value, language);
	if (share === undefined || low === undefined || high === undefined) return behind(hour, words);
	return <>{behind(hour, words)} <span class="quiet">({words.range(percent(share), percent(low), percent(high))})</span></>;
}

function BestHours({ of, words, language }: Props): Child {
	const columns = [{ title: words.hour, main: true }, { title: words.worth }, { title: words.answered }];
	const rows = of.best.map((hour) => [hourName(hour, language), words.times(factorOf(hour, language)), <Answered hour={hour} words={words} language={language} />]);
	return <><h3>{words.best}</h3><Table caption={words.bestOf(words.channels[of.channel])} columns={columns} rows={rows} /></>;
}

function ChannelWeek({ of, words, language }: Props): Child {
	const count = (value: number): string => formatNumber(value, language);
	return (
		<Card title={words.channels[of.channel]} aside={<Badge tone={of.learnt ? 'good' : 'neutral'}>{of.learnt ? words.learnt : words.usual}</Badge>}>
			<div class="week">
				<div><HeatMap of={of} words={words} language={language} /></div>
				<div>
					<Sentence>{of.sentence}</Sentence>
					<dl class="measures">
						<div><dt>{words.contacts}</dt><dd>{count(of.contacts)}</dd></div>
						<div><dt>{words.sends}</dt><dd>{count(of.sends)}</dd></div>
						<div><dt>{words.answers}</dt><dd>{count(of.answers)}</dd></div>
					</dl>
					<BestHours of={of} words={words} language={language} />
					<p class="hint">{words.read(SEND_TIME_READING.maxAgeMs / DAY)} {of.learnt ? null : words.missing(SEGMENT_LEAST.answers, SEGMENT_LEAST.contacts)}</p>
				</div>
			</div>
		</Card>
	);
}

/** What is known of the hours at which contacts answer, channel by channel. */
export function sendTimesView({ channels }: SendTimesModel, words: SendTimesWords, { language }: DeskContext): Child {
	return (
		<>
			<p class="intro">{words.intro}</p>
			{channels.length === 0 ? <Card title={words.title}><Empty title={words.none}>{words.noneHint}</Empty></Card> : channels.map((of) => <ChannelWeek of={of} words={words} language={language} />)}
		</>
	);
}
