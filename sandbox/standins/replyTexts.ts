/** The words and sentences of the default model answers, by language. Made up for the sandbox; no claim about any product. */

export type Language = 'en' | 'de' | 'es' | 'fr' | 'it' | 'pt' | 'nl' | 'pl' | 'tr';
export type Warmth = 'hot' | 'warm' | 'cold' | 'leaving';

export const STOP_WORDS: Record<Language, string[]> = {
	en: ['the', 'and', 'is', 'you', 'i', 'for', 'to', 'we', 'are', 'do', 'what', 'how', 'please', 'this', 'your', 'with', 'have', 'hello', 'thanks', 'me', 'my', 'can', 'not'],
	de: ['der', 'die', 'das', 'und', 'ist', 'ich', 'sie', 'wir', 'nicht', 'ein', 'eine', 'für', 'mit', 'bitte', 'was', 'wie', 'hallo', 'danke', 'haben', 'mir', 'kein', 'keine', 'guten', 'tag', 'mehr', 'gerne', 'uns'],
	es: ['el', 'los', 'las', 'y', 'es', 'una', 'para', 'con', 'por', 'que', 'hola', 'gracias', 'cuánto', 'quiero', 'necesito', 'está', 'pero', 'favor', 'precio', 'tienen'],
	fr: ['le', 'les', 'et', 'est', 'je', 'vous', 'nous', 'une', 'pour', 'avec', 'bonjour', 'merci', 'combien', 'pas', 'que', 'dans', 'votre', 'voudrais', 'des', 'salut'],
	it: ['il', 'gli', 'e', 'è', 'sono', 'per', 'con', 'che', 'ciao', 'grazie', 'quanto', 'vorrei', 'non', 'una', 'buongiorno', 'della', 'avete', 'prezzo', 'di'],
	pt: ['o', 'os', 'e', 'é', 'eu', 'você', 'para', 'com', 'olá', 'obrigado', 'obrigada', 'quanto', 'quero', 'não', 'uma', 'preciso', 'gostaria', 'preço', 'vocês'],
	nl: ['het', 'een', 'en', 'ik', 'jullie', 'voor', 'met', 'niet', 'wat', 'hoe', 'hallo', 'bedankt', 'graag', 'kunnen', 'wij', 'mijn', 'kosten', 'goedemorgen', 'zijn'],
	pl: ['i', 'jest', 'nie', 'dla', 'czy', 'dzień', 'dobry', 'dziękuję', 'ile', 'proszę', 'chcę', 'się', 'mam', 'jak', 'cześć', 'kosztuje', 'potrzebuję', 'na'],
	tr: ['ve', 'bir', 'için', 'merhaba', 'teşekkürler', 'ne', 'kadar', 'mı', 'mi', 'istiyorum', 'bu', 'nasıl', 'lütfen', 'fiyat', 'var', 'değil', 'fiyatı'],
};

/** Beginnings of words that show a wish to buy. */
export const BUYING = ['price', 'pricing', 'cost', 'buy', 'purchase', 'order', 'how much', 'quote', 'invoice', 'payment', 'delivery', 'available', 'interested', 'preis', 'kost', 'kauf', 'bestell', 'angebot', 'rechnung', 'liefer', 'interess', 'precio', 'cuánto', 'compra', 'pedido', 'presupuesto', 'prix', 'combien', 'achet', 'devis', 'commande', 'prezz', 'quanto', 'ordin', 'preventivo', 'preço', 'orçamento', 'prijs', 'offerte', 'cena', 'kupi', 'ile koszt', 'fiyat', 'satın', 'sipariş', 'teklif'];
export const URGENT = ['urgent', 'asap', 'today', 'right now', 'immediately', 'dringend', 'heute', 'sofort', 'urgente', 'hoy', 'aujourd', 'oggi', 'hoje', 'vandaag', 'spoed', 'pilne', 'dzisiaj', 'acil', 'bugün'];
export const MEETING = ['meeting', 'call me', 'a call', 'demo', 'appointment', 'calendar', 'termin', 'rückruf', 'anruf', 'treffen', 'cita', 'reunión', 'llamada', 'rendez-vous', 'rdv', 'appuntamento', 'riunione', 'reunião', 'afspraak', 'spotkanie', 'görüşme', 'toplantı'];
export const LEAVING = ['stop', 'unsubscribe', 'not interested', 'no longer interested', 'leave me alone', 'remove me', 'kein interesse', 'abmelden', 'nicht mehr schreiben', 'keine nachrichten', 'no me interesa', 'pas intéressé', 'désabonn', 'non mi interessa', 'não tenho interesse', 'geen interesse', 'nie jestem zainteres', 'ilgilenmiyorum'];
export const LATER = ['maybe later', 'next year', 'not now', 'no budget', 'too expensive', 'später', 'nächstes jahr', 'zu teuer', 'kein budget', 'más adelante', 'demasiado caro', 'plus tard', 'trop cher', 'più avanti', 'troppo caro', 'mais tarde', 'te duur', 'za drogo', 'çok pahalı'];
export const MEDDLING = ['ignore previous', 'ignore all', 'ignore your', 'system prompt', 'you are now', 'confidence to 1', 'score of 100', 'score 100'];

/** A polite reply with exactly one question; no prices, dates, links or gaps to fill. */
export const REPLIES: Record<Language, Record<Warmth, string>> = {
	en: {
		hot: 'Thank you for your message, we would be glad to help you with this. What matters most to you in making the choice?',
		warm: 'Thank you for getting in touch. Could you tell us a little more about what you have in mind?',
		cold: 'Thank you for your message. Is there anything in particular we can help you with?',
		leaving: 'Understood, and thank you for letting us know. May we confirm that you would like no further messages from us?',
	},
	de: {
		hot: 'Vielen Dank für Ihre Nachricht, wir helfen Ihnen gerne weiter. Was ist Ihnen bei der Entscheidung am wichtigsten?',
		warm: 'Vielen Dank für Ihre Anfrage. Können Sie uns etwas mehr darüber erzählen, was Sie sich vorstellen?',
		cold: 'Vielen Dank für Ihre Nachricht. Gibt es etwas Bestimmtes, bei dem wir Ihnen helfen können?',
		leaving: 'Verstanden, danke für die offene Rückmeldung. Dürfen wir bestätigen, dass Sie keine weiteren Nachrichten möchten?',
	},
	es: {
		hot: 'Gracias por su mensaje, con mucho gusto le ayudamos. ¿Qué es lo más importante para usted al decidir?',
		warm: 'Gracias por escribirnos. ¿Podría contarnos un poco más sobre lo que busca?',
		cold: 'Gracias por su mensaje. ¿Hay algo en particular en lo que podamos ayudarle?',
		leaving: 'Entendido, gracias por avisarnos. ¿Nos confirma que no desea recibir más mensajes?',
	},
	fr: {
		hot: 'Merci pour votre message, nous vous aiderons avec plaisir. Quel point compte le plus pour vous dans ce choix ?',
		warm: "Merci de nous avoir contactés. Pourriez-vous nous en dire un peu plus sur ce que vous recherchez ?",
		cold: 'Merci pour votre message. Y a-t-il un sujet précis sur lequel nous pouvons vous aider ?',
		leaving: 'C’est bien noté, merci de nous l’avoir dit. Nous confirmez-vous que vous ne souhaitez plus de messages ?',
	},
	it: {
		hot: 'Grazie per il suo messaggio, saremo lieti di aiutarla. Che cosa conta di più per lei in questa scelta?',
		warm: 'Grazie per averci scritto. Può raccontarci qualcosa di più su ciò che ha in mente?',
		cold: 'Grazie per il suo messaggio. C’è qualcosa in particolare in cui possiamo aiutarla?',
		leaving: 'Capito, grazie per averci avvisato. Ci conferma che non desidera altri messaggi?',
	},
	pt: {
		hot: 'Obrigado pela sua mensagem, teremos todo o gosto em ajudar. O que é mais importante para si nesta escolha?',
		warm: 'Obrigado pelo contacto. Pode contar-nos um pouco mais sobre o que procura?',
		cold: 'Obrigado pela sua mensagem. Há algo em particular em que possamos ajudar?',
		leaving: 'Entendido, obrigado por avisar. Confirma que não deseja receber mais mensagens?',
	},
	nl: {
		hot: 'Bedankt voor uw bericht, we helpen u graag verder. Wat vindt u het belangrijkst bij deze keuze?',
		warm: 'Bedankt voor uw bericht. Kunt u ons iets meer vertellen over wat u zoekt?',
		cold: 'Bedankt voor uw bericht. Is er iets waarmee we u kunnen helpen?',
		leaving: 'Begrepen, dank voor het doorgeven. Klopt het dat u geen berichten meer wilt ontvangen?',
	},
	pl: {
		hot: 'Dziękujemy za wiadomość, chętnie pomożemy. Co jest dla Państwa najważniejsze przy wyborze?',
		warm: 'Dziękujemy za kontakt. Czy mogliby Państwo powiedzieć nam więcej o swoich potrzebach?',
		cold: 'Dziękujemy za wiadomość. Czy jest coś, w czym możemy pomóc?',
		leaving: 'Rozumiemy i dziękujemy za informację. Czy potwierdzają Państwo, że nie chcą otrzymywać więcej wiadomości?',
	},
	tr: {
		hot: 'Mesajınız için teşekkür ederiz, size memnuniyetle yardımcı oluruz. Seçim yaparken sizin için en önemli olan nedir?',
		warm: 'Bize yazdığınız için teşekkür ederiz. Ne aradığınızı biraz daha anlatabilir misiniz?',
		cold: 'Mesajınız için teşekkür ederiz. Size yardımcı olabileceğimiz belirli bir konu var mı?',
		leaving: 'Anladık, haber verdiğiniz için teşekkür ederiz. Artık mesaj almak istemediğinizi onaylıyor musunuz?',
	},
};

export const SUBJECTS: Record<Language, string> = {
	en: 'Your message to us',
	de: 'Ihre Nachricht an uns',
	es: 'Su mensaje',
	fr: 'Votre message',
	it: 'Il suo messaggio',
	pt: 'A sua mensagem',
	nl: 'Uw bericht aan ons',
	pl: 'Państwa wiadomość',
	tr: 'Mesajınız hakkında',
};
