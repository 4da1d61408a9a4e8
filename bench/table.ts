/** One measured figure beside what it should be. */
export interface Figure {
	name: string;
	value: string;
	target?: string;
	/** Whether the target is met; left out for figures that only explain others. */
	met?: boolean;
}

/** The figures as a table of plain text. */
export function tableOf(figures: readonly Figure[]): string {
	const rows = [['figure', 'measured', 'target', ''], ...figures.map(({ name, value, target = '', met }) => [name, value, target, met === undefined ? '' : met ? 'met' : 'MISSED'])];
	const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const line = (row: string[]): string => row.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
	return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}

export const seconds = (value: number): string => `${value.toFixed(1)} s`;
export const perSecond = (value: number): string => `${value.toFixed(1)}/s`;
export const megabytes = (value: number): string => `${Math.round(value)} MB`;
