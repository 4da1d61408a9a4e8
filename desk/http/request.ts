/** A request as any server can give it. Everything in it is hostile but `clientAddress`, `path` and `publicHost`. */
export interface DeskRequest {
	method: string;
	/** Path of the desk as the browser sees it, without the query; the cookie's scope. */
	path: string;
	query: URLSearchParams;
	/** Names in lower case. */
	headers: Readonly<Record<string, string | undefined>>;
	/** The body's bytes as they came. */
	body?: Buffer;
	clientAddress: string;
	/** Whether the browser talks https, as far as the server knows. */
	secure: boolean;
	/** Host and port the desk is known by from outside, when there is a proxy that changes Host. */
	publicHost?: string;
}

export interface DeskResponse {
	status: number;
	headers: Readonly<Record<string, string | readonly string[]>>;
	body: string;
	/** What was decided by this request, for whoever wants to be told. */
	decided: readonly DeskDecision[];
}

/** Told to the workflow after it is committed. Nothing depends on it being heard. */
export interface DeskDecision {
	/** e.g. `kill_switch_on`, `mode_changed`, `draft_approved`. */
	kind: string;
	workspace: string;
	/** Ids and plain facts; never texts of leads or secrets. */
	facts: Readonly<Record<string, string | number | boolean | undefined>>;
	/** One line for people. */
	sentence: string;
}
