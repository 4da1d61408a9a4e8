import { endianness } from 'node:os';

/** Numbers are kept with the low byte first, whatever the machine. */
const swapped = endianness() === 'BE';

const ordered = (bytes: Buffer): Buffer => (swapped ? bytes.swap32() : bytes);

/** A vector as base64 of little-endian 32-bit floats: a third of the room JSON takes. */
export function vectorToText(vector: Float32Array): string {
	return ordered(Buffer.from(vector.slice().buffer)).toString('base64');
}

/** The vector of such a text; read as a whole, for a search reads tens of thousands. */
export function vectorFromText(text: string): Float32Array {
	const bytes = Buffer.from(text, 'base64');
	// A buffer of its own: those of Node's pool begin anywhere, floats only at multiples of four.
	const own = new ArrayBuffer(bytes.length - (bytes.length % 4));
	bytes.copy(Buffer.from(own));
	ordered(Buffer.from(own));
	return new Float32Array(own);
}
