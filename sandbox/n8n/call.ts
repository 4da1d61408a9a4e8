export interface N8nCall {
	method: string;
	/** Path with query, from the root of n8n. */
	path: string;
	headers?: Readonly<Record<string, string>>;
	body?: unknown;
}

/**
 * One call to n8n's HTTP interface.
 * @throws Error naming the call, the status and n8n's own message when the answer is not a success.
 */
export async function callN8n(url: string, { method, path, headers, body }: N8nCall): Promise<{ json: unknown; headers: Headers }> {
	const answer = await fetch(`${url}${path}`, {
		method,
		headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
		body: body === undefined ? undefined : JSON.stringify(body),
	});
	const text = await answer.text();
	if (!answer.ok) throw new Error(`n8n answered ${answer.status} to ${method} ${path.split('?')[0]}: ${text.slice(0, 500)}`);
	return { json: text === '' ? undefined : JSON.parse(text), headers: answer.headers };
}
