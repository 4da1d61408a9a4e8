/** Characters that end a header line, or that a mail program would show as nothing: controls, and Unicode's line ends. */
const UNPRINTABLE = /[\p{Cc}\u2028\u2029]+/gu;
/** Letters that turn the reading direction round or are not seen: they make a name look like another one. */
const DISGUISE = /[\u200B\u200E\u200F\u202A-\u202E\u2060-\u2069\uFEFF]/g;
/** RFC 5321: 64 before the sign, 254 in all. */
const LONGEST_ADDRESS = 254;
const LONGEST_LOCAL_PART = 64;
const ADDRESS = /^[A-Za-z0-9.!#$%&*+/=?^_`{|}~'-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?$/u;
const MESSAGE_ID = /^[^\s<>()[\]\\,;:"\p{Cc}]{1,240}$/u;

/** A text fit for one header: on one line, without characters that are not seen. Longer ones are cut at `longest` characters. */
export function headerText(text: string, longest = 250): string {
	const plain = text.replace(UNPRINTABLE, ' ').replace(DISGUISE, '').replace(/\s+/gu, ' ').trim();
	const characters = [...plain];
	return characters.length > longest ? `${characters.slice(0, longest - 1).join('')}…` : plain;
}

/**
 * One e-mail address, or undefined: no list, no name, no blank, no line end, so that nothing can be added to a header or
 * to the envelope through it. Domains in other scripts are taken.
 */
export function singleAddress(text: string): string | undefined {
	const address = text.trim();
	if (address.length > LONGEST_ADDRESS || address.indexOf('@') > LONGEST_LOCAL_PART) return undefined;
	return ADDRESS.test(address) ? address : undefined;
}

/** `Name <a@b>` or `a@b`, as people fill in a sender; undefined when the address is none. */
export function mailbox(text: string): { name?: string; address: string } | undefined {
	const angled = /^([^<>]*)<([^<>]+)>$/.exec(text.trim());
	const address = singleAddress(angled ? angled[2] : text);
	if (address === undefined) return undefined;
	const name = headerText((angled?.[1] ?? '').replace(/^\s*"|"\s*$/g, ''));
	return { address, ...(name === '' ? {} : { name }) };
}

/** The domain of an address, in lower case. */
export function domainOf(address: string): string {
	return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

/** A Message-ID in its angle brackets, or undefined when it cannot be one: other channels' message ids are none. */
export function messageIdOf(text: string): string | undefined {
	const bare = text.trim().replace(/^<|>$/g, '');
	return bare.includes('@') && MESSAGE_ID.test(bare) ? `<${bare}>` : undefined;
}
