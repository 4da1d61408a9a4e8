/** RFC 5322, 2.1.1: no line is longer. List-Unsubscribe stays one line, for a fold inside it has broken DKIM signatures (nodemailer issue 1654). */
const LONGEST_LINE = 998;

export interface UnsubscribeWays {
	/** https address that acts on POST; absent where none is served. */
	url?: string;
	/** Mailbox whose incoming mail is read for such wishes. */
	mailto?: string;
}

/**
 * RFC 2369 and RFC 8058: List-Unsubscribe with the https address first, and List-Unsubscribe-Post only beside one.
 * No header at all when there is no way.
 * @throws RangeError when the line would be longer than a mail may have.
 */
export function unsubscribeHeaders({ url, mailto }: UnsubscribeWays): Record<string, string> {
	const ways = [...(url === undefined ? [] : [url]), ...(mailto === undefined ? [] : [`mailto:${encodeURIComponent(mailto).replace('%40', '@')}?subject=unsubscribe`])];
	if (ways.length === 0) return {};
	const value = ways.map((way) => `<${way}>`).join(', ');
	if (`List-Unsubscribe: ${value}`.length > LONGEST_LINE) throw new RangeError('The unsubscribe link is longer than a header line may be.');
	return { 'List-Unsubscribe': value, ...(url === undefined ? {} : { 'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click' }) };
}

/**
 * The address of a link for a token: `base` with the token in `t`. Undefined when the base is no https address; http is
 * taken for this machine alone, where one tries things out.
 */
export function unsubscribeUrl(base: string, token: string): string | undefined {
	if (!URL.canParse(base)) return undefined;
	const url = new URL(base);
	const local = ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname);
	if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local)) return undefined;
	if (url.username !== '' || url.password !== '') return undefined;
	url.searchParams.set('t', token);
	url.hash = '';
	return url.href.replace(/[<>,\s]/g, encodeURIComponent);
}
