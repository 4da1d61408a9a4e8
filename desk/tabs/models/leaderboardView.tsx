import { LEADERBOARD_POLICY, type LeaderboardRow } from '../../../engine/training/leaderboard';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Card, formatNumber, formatShare, formatUsd, Named, Sentence, Table } from '../../parts';
import type { Language } from '../../shell/language';
import type { VersionsModel } from './loadVersions';
import { STATUS_TONES } from './versionsView';
import type { VersionsWords } from './versionsEn';

interface Props {
	words: VersionsWords;
	language: Language;
}

function Score({ row, words, language }: Props & { row: LeaderboardRow }): Child {
	const points = (share: number): string => formatNumber(share * 100, language, 2);
	const { score, low, high, rank, parts } = row;
	const few = rank === undefined ? <p class="basis">{words.tooFew(formatNumber(parts.close.of, language, 0), formatNumber(LEADERBOARD_POLICY.leastMatured, language, 0))}</p> : null;
	return score === undefined || low === undefined || high === undefined ? <>–{few}</> : <>{words.scoreOf(points(score), points(low), points(high))}{few}</>;
}

function Revenue({ row: { revenue }, words, language }: Props & { row: LeaderboardRow }): Child {
	if (revenue.length === 0) return '–';
	return <>{revenue.map(({ currency, value, deals }) => <p class="basis">{formatNumber(value, language, 2)} <Named>{currency ?? words.noCurrency}</Named>, {words.deals(formatNumber(deals, language, 0))}</p>)}</>;
}

/** The versions by what came of their messages, and those that have written nothing yet. */
export function LeaderboardCard({ model: { versions, leaderboard }, words, language }: Props & { model: VersionsModel }): Child {
	if (versions.length === 0) return null;
	const count = (value: number): string => formatNumber(value, language, 0);
	const share = ({ rate, of }: LeaderboardRow['approval']): string => (rate === undefined ? '–' : words.of(formatShare(rate, language), count(of)));
	const stands = (name: string): Child => {
		const version = versions.find((one) => one.version === name);
		return version ? <><Badge tone={STATUS_TONES[version.status]}>{words.statuses[version.status]}</Badge><Sentence>{version.sentence}</Sentence></> : '–';
	};
	const rows = [
		...leaderboard.map((row) => [
			<Named>{row.rank === undefined ? row.version : `${row.rank}. ${row.version}`}</Named>,
			stands(row.version),
			<Score row={row} words={words} language={language} />,
			count(row.sent),
			<Revenue row={row} words={words} language={language} />,
			row.costKnown === 0 ? '–' : words.costOf(formatUsd(row.costUsd, language), formatShare(row.costKnown, language)),
			share(row.approval),
			share(row.edits),
			share(row.optOuts),
		]),
		...versions.filter(({ version }) => !leaderboard.some((row) => row.version === version)).map(({ version }) => [<Named>{version}</Named>, stands(version), '–', count(0), '–', '–', '–', '–', '–']),
	];
	const columns = [{ title: words.version, main: true }, { title: words.status }, { title: words.score }, { title: words.sent, numeric: true }, { title: words.revenue }, { title: words.cost }, { title: words.approval }, { title: words.edits }, { title: words.optOuts }];
	return (
		<Card title={words.leaderboard}>
			<p class="quiet">{words.leaderboardWhat}</p>
			<Table caption={words.leaderboard} columns={columns} rows={rows} />
		</Card>
	);
}
