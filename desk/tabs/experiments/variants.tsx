import type { ExperimentFigure } from '../../../engine/report/experiments';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Named, Table } from '../../parts';
import { formatNumber, formatShare } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { ExperimentsWords } from './en';
import type { ExperimentView } from './load';

type Variant = ExperimentFigure['variants'][number];

const WIDTH = 120;
const round = (value: number): number => Math.round(value * 10) / 10;

/** A rate as a dot on its interval; the figures stand beside it. */
function Interval({ variant: { rate, low, high }, top }: { variant: Variant; top: number }): Child {
	const x = (share: number): number => round(4 + (WIDTH - 8) * Math.min(1, share / top));
	return (
		<svg class="interval" viewBox={`0 0 ${WIDTH} 12`} aria-hidden="true">
			<line class="grid" x1={4} x2={WIDTH - 4} y1={6} y2={6} />
			<line class="reach" x1={x(low)} x2={x(high)} y1={6} y2={6} />
			<circle class="dot-rate" cx={x(rate)} cy={6} r={3.5} />
		</svg>
	);
}

/** Each variant with its figures, on one scale. */
export function Variants({ of, words, language }: { of: ExperimentView; words: ExperimentsWords; language: Language }): Child {
	const share = (value: number | undefined): string => (value === undefined ? '–' : formatShare(value, language));
	const count = (value: number): string => formatNumber(value, language);
	const top = Math.max(0.01, ...of.variants.map(({ high }) => high));
	const columns = [{ title: words.variant, main: true }, { title: words.atLook, numeric: true }, { title: words.conversions, numeric: true }, { title: words.rate }, { title: words.pBest, numeric: true }, { title: words.expectedLoss, numeric: true }, { title: words.share, numeric: true }, { title: words.optOuts, numeric: true }, { title: words.complaints, numeric: true }];
	const rows = of.variants.map((variant) => {
		const none = variant.contacts === 0;
		return [
			<><Named>{variant.name}</Named>{variant.id === of.controlId ? <> <Badge>{words.control}</Badge></> : null}{variant.id === of.winnerId ? <> <Badge tone="good">{words.leads}</Badge></> : null}</>,
			count(variant.contacts),
			count(variant.conversions),
			none ? '–' : <><b>{share(variant.rate)}</b> <span class="quiet">{words.range(share(variant.low), share(variant.high))}</span><Interval variant={variant} top={top} /></>,
			none ? '–' : share(variant.pBest),
			none || variant.expectedLoss === undefined ? '–' : formatNumber(variant.expectedLoss * 100, language, 2),
			none && variant.expectedShare === 0 ? '–' : words.planned(share(variant.share), share(variant.expectedShare)),
			words.of(count(variant.optOuts), count(variant.liveContacts)),
			words.of(count(variant.complaints), count(variant.liveContacts)),
		];
	});
	return <Table caption={words.figuresOf(of.name)} columns={columns} rows={rows} />;
}
