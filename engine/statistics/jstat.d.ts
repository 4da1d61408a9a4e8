/** The part of jStat (MIT) the pack uses; the package brings no types. */
declare module 'jstat' {
	interface Continuous<P extends number[]> {
		pdf(x: number, ...parameters: P): number;
		cdf(x: number, ...parameters: P): number;
		inv(probability: number, ...parameters: P): number;
	}
	export const jStat: {
		beta: Continuous<[alpha: number, beta: number]>;
		normal: Continuous<[mean: number, std: number]>;
		chisquare: Continuous<[degreesOfFreedom: number]>;
	};
}
