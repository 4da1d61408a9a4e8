const MARKS = /\p{M}/gu;

/** Case, accents and Turkish or Polish letters that Unicode does not take apart are forgiven: people drop them in a chat. */
export function folded(text: string): string {
	return text.normalize('NFKD').replace(MARKS, '').toLowerCase().replace(MARKS, '').replaceAll('ı', 'i').replaceAll('ł', 'l').replaceAll('ß', 'ss');
}
