import type { Message } from '../../engine/message/message';
import type { RecordedMessage } from '../../store/store';

const ADDRESS_NEEDED = { whatsapp: 'phone number', sms: 'phone number', email: 'e-mail address', instagram: 'Instagram ID', messenger: 'Messenger ID', linkedin: 'LinkedIn profile' } as const;

/** What became of a message at intake, in a line. */
export function recordedSentence(message: Message, repeat: RecordedMessage['repeat'], { reachable, fromPerson, takenOver = true }: { reachable: boolean; fromPerson: boolean; takenOver?: boolean }): string {
	if (fromPerson) {
		if (repeat !== 'new') return 'This message was known already; nothing changed.';
		return takenOver ? 'Recorded as written by a colleague; the autopilot keeps quiet in this conversation.' : 'Recorded as written by a colleague.';
	}
	if (repeat === 'decided') return 'This message was recorded before and is already answered or settled.';
	if (repeat === 'open') return 'This message was recorded before and is still open: it goes on as normal.';
	const notes: string[] = [];
	if (message.text.trim() === '') notes.push(message.attachments.length > 0 ? 'it has an attachment and no text' : 'it is empty, so a person should look');
	if (!reachable) notes.push(`no ${ADDRESS_NEEDED[message.channel]} is known, so an answer on ${message.channel} cannot be sent yet`);
	return `Recorded as a new message on ${message.channel}${notes.length > 0 ? `; ${notes.join('; ')}` : ''}.`;
}
