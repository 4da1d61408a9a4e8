/** One field of a Graph API `fields` parameter, with its modifiers and what is expanded below it. */
export interface GraphField {
	name: string;
	limit?: number;
	after?: string;
	fields?: GraphField[];
}

/**
 * Reads `id,messages.limit(20){id,from}` as the Graph API does.
 * @throws SyntaxError where it cannot be read.
 */
export function readFields(text: string): GraphField[] {
	let at = 0;
	const list = (): GraphField[] => {
		const fields = [field()];
		while (text[at] === ',') {
			at += 1;
			fields.push(field());
		}
		return fields;
	};
	const field = (): GraphField => {
		const name = take(/^[a-z_0-9]+/);
		const own: GraphField = { name };
		while (text[at] === '.') {
			at += 1;
			const modifier = take(/^(?:limit|after)\([^()]*\)/);
			const value = modifier.slice(modifier.indexOf('(') + 1, -1);
			if (modifier.startsWith('limit')) own.limit = Number(value);
			else own.after = value;
		}
		if (text[at] === '{') {
			at += 1;
			own.fields = list();
			if (text[at] !== '}') throw unreadable();
			at += 1;
		}
		return own;
	};
	const take = (pattern: RegExp): string => {
		const found = pattern.exec(text.slice(at))?.[0];
		if (found === undefined) throw unreadable();
		at += found.length;
		return found;
	};
	const unreadable = (): SyntaxError => new SyntaxError(`Syntax error "Expected end of string instead of "${text.slice(at, at + 1)}"." at character ${at}: ${text.slice(0, 60)}`);
	const all = list();
	if (at !== text.length) throw unreadable();
	return all;
}
