import type { Attachment } from '../message';

/** What sort of thing a media type names. */
export function attachmentKind(mime: string | undefined): Attachment['kind'] {
	const [family] = (mime ?? '').toLowerCase().split('/');
	if (family === 'image' || family === 'audio' || family === 'video') return family;
	return mime === undefined ? 'other' : 'document';
}
