/** The line with which mail programs introduce what they quote. */
const INTRODUCTIONS = [
	/^on\b.{4,200}\bwrote:?$/i,
	/^am\b.{4,200}\b(?:schrieb|hat)\b.{0,120}:$/i,
	/^le\b.{4,200}\ba écrit\s?:?$/i,
	/^el\b.{4,200}\bescribió:?$/i,
	/^il\b.{4,200}\bha scritto:?$/i,
	/^em\b.{4,200}\bescreveu:?$/i,
	/^op\b.{4,200}\bschreef\b.{0,120}:?$/i,
	/^w dniu\b.{4,200}(?:pisze|napisał(?:\(a\)|a)?|napisano):?$/i,
	/^(?:dnia|\S{2,4}, \d).{4,200}napisał(?:\(a\)|a)?:?$/i,
	/^.{4,200}\btarihinde\b.{0,120}\byazdı\s?:?$/i,
];

const SEPARATOR =
	/^(?:-{2,}\s?(?:original message|original-?nachricht|ursprüngliche nachricht|weitergeleitete nachricht|forwarded message|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|wiadomość oryginalna|orijinal mesaj)\s?-{2,}|_{10,})$/i;

const HEADER_FROM = /^\*?(?:from|von|de|da|van|od|kimden|gönderen)\s?:\*?\s?\S/i;
const HEADER_NEXT = /^\*?(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|date|à|objet|enviado|fecha|para|asunto|inviato|data|a|oggetto|assunto|verzonden|aan|onderwerp|wysłano|do|temat|gönderilme|tarih|kime|konu)\s?:/i;

const SIGNED = /^(?:sent from my |get outlook for |von meinem .{1,40} gesendet|gesendet (?:von|mit) |envoyé de(?:puis)? mon |enviado desde mi |inviato da(?:l mio)? |enviado do meu |verzonden vanaf |wysłane z |iphone'?umdan gönderildi)/i;

function introduces(line: string, next: string): boolean {
	if (line.length > 300) return false;
	const joined = `${line} ${next.slice(0, 300)}`;
	return INTRODUCTIONS.some((pattern) => pattern.test(line) || (/^(?:on|am|le|el|il|em|op|w dniu|dnia)\b/i.test(line) && !line.endsWith(':') && next.endsWith(':') && pattern.test(joined)));
}

function nextFilled(lines: string[], from: number): number {
	let i = from;
	while (i < lines.length && lines[i].trim() === '') i++;
	return i;
}

/**
 * What the writer of an e-mail added: without quoted lines, what their program quotes below, signature and "Sent from
 * my …". An answer written below a quotation is kept. Linear in the text's length.
 */
export function ownText(text: string): string {
	const lines = text.replace(/\r\n?/g, '\n').split('\n');
	const kept: string[] = [];
	for (let i = 0; i < lines.length; i++) {
		const line = lines[i].trim();
		if (line.startsWith('>')) continue;
		if (line === '--' || SEPARATOR.test(line)) break;
		if (HEADER_FROM.test(line) && lines.slice(i + 1, i + 4).some((later) => HEADER_NEXT.test(later.trim()))) break;
		if (SIGNED.test(line)) continue;
		const next = lines[i + 1]?.trim() ?? '';
		if (introduces(line, next)) {
			const wrapped = !line.endsWith(':') && next.endsWith(':') ? 1 : 0;
			const quoted = nextFilled(lines, i + 1 + wrapped);
			if (!lines[quoted]?.trim().startsWith('>')) break;
			i += wrapped;
			continue;
		}
		kept.push(lines[i]);
	}
	return kept.join('\n').trim();
}
