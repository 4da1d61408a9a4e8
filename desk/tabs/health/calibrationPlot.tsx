import type { CalibrationBin } from '../../../engine/report/calibrationFigure';
import { Fragment, h, type Child, type Scope } from '../../html/element';
import { FigureBasis, formatNumber, formatShare, Table } from '../../parts';
import type { HealthWords } from './en';

const SIZE = { side: 260, left: 48, bottom: 40, top: 10, right: 14 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1] as const;
const place = (value: number): number => Math.round(value * 10) / 10;
const x = (share: number): number => place(SIZE.left + SIZE.side * share);
const y = (share: number): number => place(SIZE.top + SIZE.side * (1 - share));

/** Reliability diagram: the share that was accepted over the confidence that was stated, with intervals, and a table of the same. */
export function CalibrationPlot({ bins, words }: { bins: readonly CalibrationBin[]; words: HealthWords }, { language }: Scope): Child {
	const reviews = formatNumber(bins.reduce((sum, { of }) => sum + of, 0), language);
	const title = words.calibration;
	const rows = bins.map(({ from, to, confidence, part, of, share = 0, low, high }) => [
		`${formatShare(from, language)} – ${formatShare(to, language)}`,
		formatShare(confidence, language),
		<><strong>{formatShare(share, language)}</strong><FigureBasis figure={{ key: 'bin', name: title, unit: 'share', part, of, ...(low === undefined || high === undefined ? {} : { low, high }), verdict: 'no_target', sentence: '' }} /></>,
	]);
	return (
		<div class="calibration">
			<svg class="plot" viewBox={`0 0 ${SIZE.left + SIZE.side + SIZE.right} ${SIZE.top + SIZE.side + SIZE.bottom}`} role="img" aria-label={`${title}. ${words.calibrationSaid(bins.length, reviews)}`}>
				<title>{title}</title>
				<desc>{words.calibrationSaid(bins.length, reviews)}</desc>
				{TICKS.map((share) => (
					<>
						<line class="grid" x1={x(0)} x2={x(1)} y1={y(share)} y2={y(share)} />
						<text class="tick" x={x(0) - 6} y={y(share) + 4} text-anchor="end">{formatShare(share, language)}</text>
						<text class="tick" x={x(share)} y={y(0) + 16} text-anchor="middle">{formatShare(share, language)}</text>
					</>
				))}
				<line class="target" x1={x(0)} y1={y(0)} x2={x(1)} y2={y(1)} stroke-dasharray="6 4" />
				{bins.map(({ confidence, share = 0, low, high }) => (
					<>
						{low === undefined || high === undefined ? null : <line class="whisker" x1={x(confidence)} x2={x(confidence)} y1={y(low)} y2={y(high)} />}
						<circle class="point" cx={x(confidence)} cy={y(share)} r={5} />
					</>
				))}
				<text class="tick" x={x(0.5)} y={y(0) + 34} text-anchor="middle">{words.confidence}</text>
			</svg>
			<Table caption={title} columns={[{ title: words.confidence, main: true }, { title: 'Ø', numeric: true }, { title: words.accepted }]} rows={rows} />
		</div>
	);
}
