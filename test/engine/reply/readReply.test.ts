import { asksForAllChannels, OPT_OUT_CERTAIN, readReply } from '../../../engine/reply/readReply';
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

	it('leaves a doubtful wish to a person', () => {
		const reading = readReply('How did you get my number?');
		expect(reading.optOut.wanted).toBe(true);
		expect(reading.optOut.certainty).toBeLessThan(OPT_OUT_CERTAIN);
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
