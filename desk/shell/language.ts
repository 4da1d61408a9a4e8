export const LANGUAGES = ['en', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];

export const asLanguage = (text: unknown): Language | undefined => LANGUAGES.find((language) => language === text);

/** What was chosen, else what the browser asks for first of ours, else the desk's own. */
export function chooseLanguage(chosen: string | undefined, acceptLanguage: string | undefined, otherwise: Language): Language {
	const asked = (acceptLanguage ?? '')
		.slice(0, 500)
		.split(',')
		.map((part) => {
			const [tag, ...parameters] = part.trim().toLowerCase().split(';');
			const weight = parameters.map((parameter) => /^\s*q=([\d.]+)/.exec(parameter)?.[1]).find((q) => q !== undefined);
			return { language: asLanguage(tag.split('-')[0]), weight: weight === undefined ? 1 : Number(weight) };
		})
		.filter(({ weight }) => weight > 0)
		.toSorted((a, b) => b.weight - a.weight)
		.find(({ language }) => language !== undefined)?.language;
	return asLanguage(chosen) ?? asked ?? otherwise;
}
