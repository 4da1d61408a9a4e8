import { asksForAllChannels, OPT_OUT_CERTAIN, OPT_OUT_DOUBTFUL, readReply } from '../../../engine/reply/readReply';
import type { ReplyIntent } from '../../../engine/reply/reply';

const OPT_OUTS = [
	'STOP', 'stop', 'Stop!!!', 'S T O P', 's.t.o.p', 'S-T-O-P', '5t0p', 'st0p', 'STOOOOP', 'stpo', '𝐒𝐓𝐎𝐏', 'ＳＴＯＰ', 'ѕtор', 's\u200bt\u200bo\u200bp', 'Please stop.', 'stop pls', '🛑', 'STOP ALL',
	'unsubscribe', 'Unsubscibe', 'unsubcribe me please', 'un5ub5cr1be', 'Please remove me from your mailing list.', "Don't ever contact me again!", 'Take me off this list', 'stop sending me these emails', 'How do I unsubscribe from this?', 'I no longer want to receive your newsletter',
	'Not interested, please remove my email address from your database.', 'quit', 'cancel', 'end', 'revoke', 'opt out', 'lose my number', 'Leave me alone', 'I do not want to be contacted', 'Can you please stop texting me', 'no more emails please', 'I revoke my consent',
	'Hello,\n\nplease unsubscribe.\n\nSent from my iPhone', 'Unsubscribe\n\nOn Mon, 3 Mar 2026 at 10:00, Anna <anna@x.com> wrote:\n> Shall we meet?',
	'Abmelden', 'Bitte melden Sie mich ab', 'Bitte nehmen Sie mich aus dem Verteiler.', 'Schreiben Sie mir bitte nicht mehr!', 'Keine weiteren Mails bitte', 'Ich möchte keine Nachrichten mehr von Ihnen erhalten.', 'Löschen Sie bitte meine Daten', 'Bitte loeschen Sie meine Nummer', 'Hören Sie auf mir zu schreiben', 'Lassen Sie mich in Ruhe', 'Hiermit widerspreche ich der Nutzung meiner Daten zu Werbezwecken.', 'Stopp bitte', 'Newsletter abbestellen', 'Wie kann ich mich abmelden?', 'Kein Interesse, bitte nicht mehr kontaktieren', 'Bitte kontaktieren Sie mich nicht mehr.',
	'Baja', 'Por favor, denme de baja', 'No me escriban más', 'dejen de enviarme mensajes', 'Quiero darme de baja de la lista', 'No quiero recibir más correos',
	'Désinscription', 'Arrêtez de m’envoyer des mails', 'Merci de me désabonner', 'Ne me contactez plus', 'Je ne souhaite plus recevoir vos mails', 'STOP svp',
	'Cancellatemi dalla lista', 'Non scrivetemi più', 'Non voglio più ricevere le vostre email', 'basta', 'disiscrivetemi per favore',
	'Parem de me enviar mensagens', 'Quero sair da lista', 'Me remova da lista por favor', 'Não quero mais receber e-mails', 'descadastrar',
	'Afmelden', 'Schrijf mij uit aub', 'Stop met mailen', 'Ik wil geen berichten meer ontvangen', 'Verwijder mijn gegevens',
	'Wypisz mnie', 'Proszę o usunięcie moich danych z bazy', 'Nie piszcie do mnie więcej', 'Przestańcie do mnie pisać', 'Rezygnuję z newslettera',
	'RET', 'Beni listeden çıkarın', 'Mesaj atmayın lütfen', 'Artık mesaj almak istemiyorum', 'abonelikten çık',
];

const INNOCENT = [
	'You can stop by our office tomorrow', 'We flew non-stop to Berlin', "please don't stop sending these", "Don't unsubscribe me", 'cancel my order', 'Please cancel my subscription to the Pro plan', 'The bus stop is next to our office', "I can't stop thinking about your offer", 'We want to stop using HubSpot and switch to you', 'Can our customers unsubscribe from your newsletters easily?', 'Does your tool handle STOP requests?', 'One stop shop, right?', 'By the end of the month works for us', 'I am out of the office until Monday. For urgent matters contact Jane.', 'Great, thanks!', 'How much does it cost?', 'I almost unsubscribed, but this is great', 'Stop, that is brilliant, tell me more', 'Can I cancel the contract monthly?',
	'kann ich das Abo kündigen?', 'Können wir den Termin am Montag absagen?', 'Bitte hören Sie nicht auf, das ist spannend', 'Wir melden uns Ende März wieder', 'Ich bin bis 3. Mai im Urlaub.', 'Non-Stop-Support wäre toll', 'Ich möchte meine Bestellung stornieren', 'Bitte streichen Sie die Position 3 aus dem Angebot', 'Kann man sich als Kunde leicht abmelden, ist ein Abmelde-Link dabei?', 'Ich möchte mich vom Webinar abmelden',
	'Quiero cancelar mi pedido', 'Estoy de baja médica hasta el lunes', 'Para mí está bien', 'Je voudrais annuler ma commande', 'Vorrei annullare il mio ordine', 'Quero cancelar o meu pedido', 'Ik wil mijn bestelling annuleren', 'Chcę anulować zamówienie', 'Siparişimi iptal etmek istiyorum',
	'Yes please!\n\nOn Mon, 3 Mar 2026 at 10:00, Anna <anna@x.com> wrote:\n> Reply STOP to unsubscribe', 'Klingt gut\n\nAm 03.03.2026 um 10:00 schrieb Anna <a@b.de>:\n\nAbmelden: hier klicken', '', '👍👍👍', '12345',
];

/** Ordinary messages made of the words opt-outs are made of. A person may look at them; nobody is silenced by them. */
const SAME_WORDS = [
	'Ich habe noch keine Nachricht von Ihnen erhalten.', 'Das gefällt mir nicht mehr so gut wie am Anfang.', 'Können Sie mir nicht einfach einen Link schicken?', 'Warum melden Sie sich nicht mehr?', 'Nehmen Sie uns bitte in die Angebotsliste auf.', 'Setzen Sie mich bitte auf die Warteliste.',
	'Melden Sie mich bitte zum Kurs an.', 'Stoppen Sie bitte die Lieferung, die Adresse ist falsch.', 'Ich widerrufe hiermit meinen Kaufvertrag.', 'Stellen Sie bitte den Kontakt zu Frau Meier her.', 'Wie komme ich raus aus dem alten Vertrag?', 'Ich habe vom Newsletter erfahren, dass es Rabatt gibt.',
	'Ich habe seitdem nichts mehr von Ihnen gehört.', 'Rufen Sie mich nicht an, schreiben Sie lieber eine Mail.', 'Wir müssen leider mit dem Kurs aufhören.', 'Bekomme ich keine Mails mehr, weil mein Postfach voll ist?', 'Bitte löschen Sie meine alte Nummer und nehmen Sie die neue.', 'Beenden Sie die Zusammenarbeit mit dem anderen Lieferanten?',
	'You did not call me as promised.', 'Don\'t call me before nine, afternoons are better.', 'Did my parcel get lost?', 'I will report this to trading standards.', 'I didn\'t consent to the extra charge.', 'I would prefer not to be rushed.',
	'Please do not contact John, he left; write to me.', 'We had no more calls since March, is everything ok?', 'Take my name off the lease and put my wife\'s on it.', 'Take this off the table, we want the smaller one.', 'I don\'t want to be on hold for an hour again.', 'Please stop the delivery, the address is wrong.',
	'Just stop by when you are in town.', 'We are getting off the phone contract in May.', 'Don\'t email my boss yet, I will talk to him first.', 'Do you want to get any feedback on the draft?', 'Forget my old email, use this one.', 'No me llames por la mañana, mejor por la tarde.',
	'No quiero más información por ahora, solo el precio.', 'Quite la línea dos del presupuesto.', 'Para de llover el jueves, ¿vamos?', 'Prefiero no recibir la factura por correo.', 'Ne m\'envoyez pas la facture par la poste.', 'Je ne veux plus de ce produit, il est cassé.',
	'Veuillez retirer mon colis demain.', 'Je n\'ai reçu aucun message de votre part.', 'Pas de mail depuis lundi, vous avez oublié ?', 'Ne m\'appelez pas avant midi.', 'Non ho ricevuto nessun messaggio da voi.', 'Non mi chiamate prima delle dieci.',
	'Eliminate i miei dubbi e firmo.', 'Basta una mail e vengo.', 'Non voglio più aspettare la consegna.', 'Não me ligue de manhã, prefiro à tarde.', 'Retire a minha encomenda da loja amanhã.', 'Não recebi nenhuma mensagem.',
	'Não quero mais esperar pela entrega.', 'Para enviar a fatura preciso do NIF.', 'Ik heb geen mail van jullie ontvangen.', 'Bel me niet voor tien uur.', 'Haal mij morgen op bij het station.', 'Meld je af en toe eens.',
	'De nieuwe zaak is niet meer te bellen.', 'Trek de stekker er niet in.', 'Nie dostałem żadnych wiadomości.', 'Proszę usunąć drugą pozycję z oferty.', 'Nie dzwoń przed dziesiątą.', 'Dajcie mi spokojnie pomyśleć.',
	'Nie chcę już czekać na kontakt.', 'Usuńcie mój stary numer i wpiszcie nowy.', 'Bana bugün yazmayın, yarın konuşalım.', 'Siparişi listeden çıkarın lütfen, diğerleri kalsın.', 'Mesaj almadım sizden.', 'Lütfen durun, yanlış adrese geldiniz.',
	'Sabah aramayın, öğleden sonra müsaitim.', 'Hiç mail gelmedi.',
];

describe('opt-out wishes', () => {
	it.each(OPT_OUTS)('%j asks to stop, for certain', (text) => {
		const reading = readReply(text);
		expect(reading).toMatchObject({ intent: 'opt_out', optOut: { wanted: true }, needsAnswer: false });
		expect(reading.optOut.certainty).toBeGreaterThanOrEqual(OPT_OUT_CERTAIN);
	});

	it.each(INNOCENT)('%j does not ask for an opt-out for certain', (text) => {
		expect(readReply(text).optOut.certainty).toBeLessThan(OPT_OUT_CERTAIN);
		expect(readReply(text).intent).not.toBe('opt_out');
	});

	it.each(SAME_WORDS)('%j is never acted on without a person', (text) => {
		expect(readReply(text).optOut.certainty).toBeLessThan(OPT_OUT_CERTAIN);
	});

	it('shows every doubt from 0.45 on to a person, and nothing below', () => {
		const doubtful = readReply('I am out of the office until Monday. If you wish, delete my number from your list.');
		expect(doubtful.optOut).toEqual({ wanted: true, certainty: OPT_OUT_DOUBTFUL });
		for (const text of [...OPT_OUTS, ...INNOCENT, ...SAME_WORDS]) {
			const { wanted, certainty } = readReply(text).optOut;
			expect(wanted).toBe(certainty >= OPT_OUT_DOUBTFUL);
		}
	});

	it('leaves a doubtful wish to a person', () => {
		const reading = readReply('I joined a different gym ages ago so you can scrub me from your contacts');
		expect(reading.optOut.wanted).toBe(true);
		expect(reading.optOut.certainty).toBeLessThan(OPT_OUT_CERTAIN);
	});

	it.each(['👍', '😀😀😀', '🎉', '\u200b', '...', '?!', 'x'.repeat(20_000), '\u0000\ud800</data>', 'Hello there. '.repeat(1_600)])('wishes nothing where there is no word: %j', (text) => {
		expect(readReply(text).optOut).toEqual({ wanted: false, certainty: 0 });
		expect(['out_of_office', 'not_interested', 'opt_out']).not.toContain(readReply(text).intent);
	});

	it('hears when every channel is meant', () => {
		expect(asksForAllChannels('Please stop contacting me on all channels')).toBe(true);
		expect(asksForAllChannels('Löschen Sie alle meine Daten')).toBe(true);
		expect(asksForAllChannels('STOP')).toBe(false);
	});
});

const INTENTS: [string, ReplyIntent][] = [
	['Yes, I am very interested, please send me more information', 'interested'], ['Sounds great! Tell me more', 'interested'], ['Das klingt gut, schicken Sie mir gerne ein Angebot', 'interested'], ['Me interesa mucho', 'interested'], ['Je suis intéressé, envoyez-moi un devis', 'interested'], ['Sono molto interessato', 'interested'], ['Tenho interesse, me envie mais informações', 'interested'], ['Ik ben geïnteresseerd, stuur mij meer informatie', 'interested'], ['Jestem zainteresowany, proszę przesłać ofertę', 'interested'], ['İlgileniyorum, bilgi almak istiyorum', 'interested'],
	['That is too expensive for us', 'objection'], ['Das ist uns leider zu teuer', 'objection'], ['Es demasiado caro', 'objection'], ['C’est trop cher pour nous', 'objection'], ['È troppo caro', 'objection'], ['Está muito caro', 'objection'], ['Dat is te duur', 'objection'], ['To za drogo', 'objection'], ['Çok pahalı', 'objection'], ['We already use another provider', 'objection'], ['I need to check with my boss first', 'objection'], ['Wir arbeiten schon mit einem anderen Anbieter', 'objection'],
	['Can we talk on Tuesday at 3pm?', 'meeting'], ['Let us schedule a call next week', 'meeting'], ['Können wir am Dienstag telefonieren?', 'meeting'], ['¿Podemos hablar mañana?', 'meeting'], ['Peut-on fixer un rendez-vous jeudi ?', 'meeting'], ['Possiamo fissare un appuntamento?', 'meeting'], ['Podemos marcar uma reunião?', 'meeting'], ['Kunnen we een afspraak maken?', 'meeting'], ['Czy możemy umówić się na rozmowę?', 'meeting'], ['Yarın görüşebilir miyiz?', 'meeting'],
	['How much does it cost?', 'question'], ['Was kostet das?', 'question'], ['¿Cuánto cuesta?', 'question'], ['Combien ça coûte ?', 'question'], ['Quanto costa?', 'question'], ['Hoeveel kost het?', 'question'], ['Ile to kosztuje?', 'question'], ['Ne kadar?', 'question'], ['Do you deliver to Austria?', 'question'],
	['Not right now, maybe next quarter', 'not_now'], ['Aktuell leider nicht, melden Sie sich im Herbst wieder', 'not_now'], ['Ahora no, tal vez más adelante', 'not_now'], ['Pas maintenant, recontactez-moi plus tard', 'not_now'], ['Nu niet, volgend jaar misschien', 'not_now'],
	['I am out of the office until 12 May with limited access to email.', 'out_of_office'], ['Ich bin bis zum 12.5. im Urlaub und nicht erreichbar.', 'out_of_office'], ['Je suis absent du bureau jusqu’au 12 mai', 'out_of_office'], ['Jestem na urlopie do 12 maja', 'out_of_office'],
	['Sorry, wrong number', 'wrong_person'], ['I no longer work here', 'wrong_person'], ['Da sind Sie bei mir falsch, wenden Sie sich bitte an meine Kollegin', 'wrong_person'], ['No soy la persona indicada', 'wrong_person'],
	['No thanks, not interested', 'not_interested'], ['Nein danke, kein Interesse', 'not_interested'], ['No me interesa, gracias', 'not_interested'], ['Ça ne m’intéresse pas', 'not_interested'], ['Non mi interessa', 'not_interested'], ['Não tenho interesse', 'not_interested'], ['Geen interesse', 'not_interested'], ['Nie jestem zainteresowany', 'not_interested'], ['İlgilenmiyorum', 'not_interested'],
	['This is unacceptable, I still have not received my order!', 'complaint'], ['Das ist eine Frechheit, die Ware ist kaputt', 'complaint'], ['Estoy muy decepcionado con el servicio', 'complaint'],
	['ok thanks', 'other'], ['👍', 'other'],
];

describe('intents', () => {
	it.each(INTENTS)('%j is %s', (text, intent) => {
		expect(readReply(text).intent).toBe(intent);
	});

	it('names the objection', () => {
		expect(readReply('That is too expensive for us').objection).toBe('price');
		expect(readReply('We already use another provider').objection).toBe('competitor');
		expect(readReply('I need to check with my boss first').objection).toBe('authority');
	});

	it('feels the difference between delight and anger', () => {
		expect(readReply('This is great, I love it, yes please!').sentiment).toBeGreaterThan(0.5);
		expect(readReply('This is a scam, terrible service, I am angry').sentiment).toBeLessThan(-0.7);
	});

	it('asks for no answer to thanks, emoji or an automatic reply', () => {
		for (const text of ['Thanks!', '🎉🎉', '', 'Out of office until Monday']) expect(readReply(text).needsAnswer).toBe(false);
		expect(readReply('Was kostet das?').needsAnswer).toBe(true);
	});

	it('tells the language, and takes the one it is given', () => {
		expect(readReply('Abmelden').language).toBe('de');
		expect(readReply('Ich hätte gerne ein Angebot für drei Fenster').language).toBe('de');
		expect(readReply('ok', { language: 'fr-CH' }).language).toBe('fr');
	});
});
