/** The product pages of the demo's invented company, as a website would have them. */
export interface ShopPage {
	/** Below /shop/. */
	path: string;
	language: 'en' | 'de';
	title: string;
	/** The readable part: one statement a paragraph, list item or table row. */
	body: string;
}

export const SHOP_NAME = 'Acme Kitchens';

const row = (...cells: string[]): string => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
const list = (...items: string[]): string => `<ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul>`;

export const SHOP_PAGES: readonly ShopPage[] = [
	{
		path: 'en/products',
		language: 'en',
		title: 'Products and prices',
		body: `<h2>Tables and chairs</h2>${list(
			'The oak table costs 890 euros and is available in three sizes.',
			'The office chair costs 149 euros; from 20 chairs on each one costs 129 euros.',
			'The standing desk costs 540 euros with a top of your choice.',
		)}<h2>Sofas and counters</h2>${list('The corner sofa costs 1,290 euros and is available in grey and green.', 'A shop counter is made to measure; the quote is free.')}
		<h2>Kitchens</h2><p>A kitchen is planned in the showroom; planning and quote are free.</p>`,
	},
	{
		path: 'en/delivery',
		language: 'en',
		title: 'Delivery and opening hours',
		body: `<p>Delivery takes 10 working days within Germany and 15 working days to the rest of Europe.</p>
		<p>Delivery of furniture to Ireland and Great Britain costs 95 euros.</p>
		<h2>Showroom</h2><table>${row('The showroom is open on weekdays from 9 to 18.')}${row('On Saturday the showroom is open from 10 to 14.')}</table>`,
	},
	{
		path: 'en/returns',
		language: 'en',
		title: 'Returns and warranty',
		body: '<p>Furniture from stock can be returned within 30 days.</p><p>What is made to measure cannot be returned.</p><p>The warranty on all furniture is 2 years.</p>',
	},
	{
		path: 'de/produkte',
		language: 'de',
		title: 'Produkte und Preise',
		body: `<h2>Tische und Stühle</h2>${list(
			'Der Eichentisch kostet 890 Euro und ist in drei Größen lieferbar.',
			'Der Bürostuhl kostet 149 Euro, ab 20 Stühlen kostet jeder 129 Euro.',
			'Der Empfangstresen wird nach Maß gebaut, das Angebot ist kostenlos.',
		)}<h2>Küchen</h2><p>Eine Küche planen wir mit Ihnen in der Ausstellung, Planung und Angebot sind kostenlos.</p>`,
	},
	{
		path: 'de/lieferung',
		language: 'de',
		title: 'Lieferung und Öffnungszeiten',
		body: `<p>Die Lieferung dauert innerhalb von Deutschland 10 Werktage.</p><p>Die Lieferung einer Küche nach Bremen und Umgebung kostet nichts.</p>
		<h2>Ausstellung</h2><table>${row('Die Ausstellung ist werktags von 9 bis 18 Uhr geöffnet.')}${row('Am Samstag ist die Ausstellung von 10 bis 14 Uhr geöffnet.')}</table>`,
	},
	{
		path: 'de/ruecknahme',
		language: 'de',
		title: 'Rücknahme und Gewährleistung',
		body: '<p>Lagerware nehmen wir innerhalb von 30 Tagen zurück.</p><p>Was nach Maß gebaut ist, nehmen wir nicht zurück.</p><p>Die Gewährleistung auf alle Möbel beträgt 2 Jahre.</p>',
	},
];

/** The page as the website sends it, with what no reader wants to know. */
export function shopHtml({ title, language, body }: ShopPage): string {
	return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><title>${title} · ${SHOP_NAME}</title><style>body{font-family:sans-serif;max-width:40rem;margin:2rem auto}</style><script>window.visits = 1;</script></head>
<body><h1>${title}</h1>${body}</body></html>
`;
}

/** What the website answers to a path, or undefined when it has no such page. */
export function shopPage(path: string): string | undefined {
	const page = SHOP_PAGES.find((one) => path === `/shop/${one.path}`);
	return page && shopHtml(page);
}
