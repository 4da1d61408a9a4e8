import { detectLanguage, LANGUAGES, parseLanguage } from '../../../engine/message/language';
import { cpuMs } from '../../cpuTime';

const SAMPLES: Record<(typeof LANGUAGES)[number], string[]> = {
	en: ['How much does it cost?', 'Could you send me a quote for 20 units by Friday?', 'Please stop writing to me'],
	de: ['Was kostet das?', 'Guten Tag, ich hätte gerne ein Angebot für 20 Stück.', 'Bitte schreiben Sie mir nicht mehr'],
	es: ['¿Cuánto cuesta?', 'Me gustaría recibir un presupuesto', 'No me interesa, gracias'],
	fr: ['Combien ça coûte ?', 'Je voudrais un devis pour vendredi'],
	it: ['Quanto costa?', 'Vorrei un preventivo per favore'],
	pt: ['Não tenho interesse, obrigado', 'Gostaria de receber um orçamento'],
	nl: ['Wat kost het?', 'Ik wil graag een offerte ontvangen'],
	pl: ['Ile to kosztuje?', 'Nie jestem zainteresowany'],
	tr: ['Ne kadar?', 'Fiyat teklifi almak istiyorum'],
};

describe('detectLanguage', () => {
	it.each(LANGUAGES.flatMap((language) => SAMPLES[language].map((text) => [language, text] as const)))('reads %s: %s', (language, text) => {
		expect(detectLanguage(text).language).toBe(language);
	});

	it.each(['', '   ', '😀😀😀', 'Hallo', 'Stop', '123 456', 'https://example.com/how-much-does-it-cost', 'a@b.example c@d.example', '🏳️‍🌈 ok'])('says und for %j: too little to tell', (text) => {
		expect(detectLanguage(text)).toEqual({ language: 'und', confidence: 0 });
	});

	it.each(['これはいくらですか', 'Сколько это стоит?', 'Hur mycket kostar det för tjugo stycken?'])('says und for another language: %s', (text) => {
		expect(detectLanguage(text).language).toBe('und');
	});

	it('is sure of clear sentences and unsure of two words that look alike in several languages', () => {
		expect(detectLanguage('Bitte schreiben Sie mir nicht mehr').confidence).toBeGreaterThanOrEqual(0.8);
		expect(detectLanguage('kein Interesse').confidence).toBeLessThan(0.5);
	});

	it('takes no longer for a very long text', () => {
		const text = 'I would like to know the price. '.repeat(100_000);
		const started = cpuMs();
		expect(detectLanguage(text).language).toBe('en');
		expect(cpuMs() - started).toBeLessThan(200);
	});

	it('knows its codes in any spelling', () => {
		expect(['de-AT', 'EN', ' pt_BR ', 'sv', '', undefined].map(parseLanguage)).toEqual(['de', 'en', 'pt', undefined, undefined, undefined]);
	});
});
