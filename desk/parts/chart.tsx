import { Fragment, h, type Child, type Scope } from '../html/element';
import { Table } from './show';

export interface Series {
	name: string;
	/** One value a label; undefined where nothing is known: the line breaks, no bar is drawn. */
	values: readonly (number | undefined)[];
}

export interface ChartProps {
	kind: 'line' | 'bar' | 'spark';
	title: string;
	/** One sentence that says what the picture shows: read out instead of it. */
	description: string;
	/** Along the bottom; one a value. */
	labels: readonly string[];
	series: readonly Series[];
	/** A line to be above or below. */
	target?: { value: number; label: string };
	/** How a value is written. Default: at most two decimals. */
	format?: (value: number) => string;
	/** Top of the scale; default: the next round number above every value. */
	max?: number;
}

const SIZE = { width: 640, height: 220, left: 56, right: 12, top: 12, bottom: 28 } as const;
const SPARK = { width: 120, height: 28, left: 2, right: 2, top: 3, bottom: 3 } as const;
const TICKS = 4;
const LABELS = 6;

/** The smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value. */
export function roundAbove(value: number): number {
	if (!(value > 0) || !Number.isFinite(value)) return 1;
	const power = 10 ** Math.floor(Math.log10(value));
	return ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= value * (1 - 1e-12)) ?? 10) * power;
}

const plain = (value: number): string => String(Math.round(value * 100) / 100);
const at = (value: number): number => Math.round(value * 10) / 10;

/** Segments of a line between gaps, as points. */
function segments(values: readonly (number | undefined)[], x: (index: number) => number, y: (value: number) => number): string[] {
	const drawn: string[][] = [[]];
	for (const [index, value] of values.entries()) {
		if (value === undefined || !Number.isFinite(value)) drawn.push([]);
		else drawn[drawn.length - 1].push(`${at(x(index))},${at(y(value))}`);
	}
	// A value between two gaps would be a line of no length: drawn as a dash it is seen.
	return drawn.filter((points) => points.length > 0).map((points) => (points.length === 1 ? `${points[0]} ${points[0]}` : points.join(' ')));
}

/** A picture drawn on the server, with its figures as a table below. Values below 0 are drawn at 0. */
export function Chart(props: ChartProps, { words }: Scope): Child {
	const { kind, title, description, labels, series, target, format = plain } = props;
	const size = kind === 'spark' ? SPARK : SIZE;
	const known = series.flatMap(({ values }) => values.filter((value): value is number => value !== undefined && Number.isFinite(value)));
	const top = props.max ?? roundAbove(Math.max(0, ...known, target?.value ?? 0));
	const inner = { width: size.width - size.left - size.right, height: size.height - size.top - size.bottom };
	const y = (value: number): number => size.top + inner.height * (1 - Math.min(Math.max(value, 0), top) / top);
	const slot = inner.width / Math.max(1, labels.length);
	const x = (index: number): number => (kind === 'bar' ? size.left + slot * (index + 0.5) : size.left + (labels.length > 1 ? (inner.width * index) / (labels.length - 1) : inner.width / 2));
	const bar = Math.max(1, (slot * 0.7) / Math.max(1, series.length));
	const every = Math.max(1, Math.ceil(labels.length / LABELS));
	const lines = series.map(({ values }, place) => segments(values, x, y).map((points) => <polyline points={points} class={`line s${place % 6}`} />));
	if (kind === 'spark') {
		return <svg class="spark" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`${title}. ${description}`} preserveAspectRatio="none">{lines}</svg>;
	}
	return (
		<>
			<svg class="chart" viewBox={`0 0 ${size.width} ${size.height}`} role="img" aria-label={`${title}. ${description}`}>
				<title>{title}</title>
				<desc>{description}</desc>
				{Array.from({ length: TICKS + 1 }, (_, tick) => (top * tick) / TICKS).map((value) => (
					<>
						<line class="grid" x1={size.left} x2={size.width - size.right} y1={at(y(value))} y2={at(y(value))} />
						<text class="tick" x={size.left - 6} y={at(y(value)) + 4} text-anchor="end">{format(value)}</text>
					</>
				))}
				{labels.map((label, index) => (index % every === 0 ? <text class="tick" x={at(x(index))} y={size.height - 8} text-anchor="middle">{label}</text> : null))}
				{kind === 'line' ? lines : series.map(({ values }, place) => values.map((value, index) => (value === undefined || !Number.isFinite(value) ? null : <rect class={`bar s${place % 6}`} x={at(x(index) - (bar * series.length) / 2 + bar * place)} y={at(y(value))} width={at(bar)} height={at(Math.max(0, size.top + inner.height - y(value)))} />)))}
				{target ? <><line class="target" x1={size.left} x2={size.width - size.right} y1={at(y(target.value))} y2={at(y(target.value))} stroke-dasharray="6 4" /><text class="tick" x={size.width - size.right} y={at(y(target.value)) - 5} text-anchor="end">{target.label}</text></> : null}
			</svg>
			{series.length > 1 ? <ul class="legend">{series.map(({ name }, place) => <li class={`s${place % 6}`}>{name}</li>)}</ul> : null}
			<details class="data">
				<summary>{words.data}</summary>
				<Table caption={title} columns={[{ title: '', main: true }, ...series.map(({ name }) => ({ title: name, numeric: true }))]} rows={labels.map((label, index) => [label, ...series.map(({ values }) => { const value = values[index]; return value === undefined ? '–' : format(value); })])} />
			</details>
		</>
	);
}
