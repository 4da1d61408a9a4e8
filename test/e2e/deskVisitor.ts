import { parse } from 'node:querystring';

/** A reviewer without a screen, on the desk of a real n8n: keeps cookies, sends the forms a page holds. */
export class DeskVisitor {
	readonly #cookies = new Map<string, string>();

	constructor(
		/** The desk's address, without a query. */
		private readonly url: string,
	) {}

	/** Opens an invitation and chooses a password: afterwards signed in. */
	async accept(link: string, password: string): Promise<void> {
		const status = await this.send(new URL(link).search, { action: 'choosePassword', password, again: password });
		if (status >= 400) throw new Error(`The desk refused the invitation with status ${status}`);
	}

	async page(query: string): Promise<string> {
		const answer = await fetch(`${this.url}${query}`, { headers: { cookie: this.cookie() } });
		this.keep(answer);
		if (!answer.ok) throw new Error(`The desk answered ${query} with status ${answer.status}`);
		return await answer.text();
	}

	/** Sends the form of a page that has these hidden fields, with all else it holds. Gives the answer's status. */
	async submit(query: string, fields: Readonly<Record<string, string>>): Promise<number> {
		const forms = (await this.page(query)).split('<form ').slice(1).map((part) => part.slice(0, part.indexOf('</form>')));
		const found = forms.map(fieldsOf).find((form) => Object.entries(fields).every(([name, value]) => form[name] === value));
		if (!found) throw new Error(`The page ${query} has no form with ${JSON.stringify(fields)}`);
		return await this.send(query, found);
	}

	private async send(query: string, fields: Readonly<Record<string, string>>): Promise<number> {
		const answer = await fetch(`${this.url}${query}`, { method: 'POST', redirect: 'manual', headers: { origin: new URL(this.url).origin, cookie: this.cookie() }, body: new URLSearchParams(fields) });
		this.keep(answer);
		return answer.status;
	}

	private cookie(): string {
		return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
	}

	private keep(answer: Response): void {
		for (const line of answer.headers.getSetCookie()) {
			const [[name, value] = []] = Object.entries(parse(line.split(';')[0], ';', '=', { decodeURIComponent: (text) => text }));
			if (name !== undefined && typeof value === 'string') this.#cookies.set(name, value);
		}
	}
}

function fieldsOf(form: string): Record<string, string> {
	const text = (value: string): string => value.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
	const attribute = (tag: string, name: string): string => text(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');
	return Object.fromEntries([...form.matchAll(/<input [^>]*type="hidden"[^>]*>/g)].map(([tag]) => [attribute(tag, 'name'), attribute(tag, 'value')]));
}
