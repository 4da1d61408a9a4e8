import { PAGE_HEADERS, pageLanguage, unsubscribePage, VIEW_STATUS, type UnsubscribeView } from '../../engine/outcome/unsubscribePage';
import type { Store } from '../../store/store';

/** A request to the address in List-Unsubscribe, as a webhook gets it. Nothing else of it is looked at: no cookie, no sign-in, no body. */
export interface UnsubscribeRequest {
	method: string;
	/** The query's `t`. */
	token: unknown;
	acceptLanguage?: string;
	/** Whom the page says the mail came from. */
	sender?: string;
}
export interface UnsubscribeAnswer {
	status: number;
	headers: Readonly<Record<string, string>>;
	body: string;
	view: UnsubscribeView;
	/** Drafts that are not sent any more. */
	cancelled: string[];
}

/**
 * Serves one-click unsubscription (RFC 8058): POST acts at once and any number of times with the same end; every other
 * method shows the button and changes nothing, for mail gateways open all links by themselves.
 * @param open the store; when it cannot be had the answer is 503, so that a mail service tries again.
 */
export async function honourUnsubscribe(open: () => Promise<Store>, { method, token, acceptLanguage, sender }: UnsubscribeRequest): Promise<UnsubscribeAnswer> {
	const { view, cancelled } = await decide(open, method, typeof token === 'string' ? token : '');
	return { status: VIEW_STATUS[view], headers: PAGE_HEADERS, body: unsubscribePage(view, { language: pageLanguage(acceptLanguage), sender }), view, cancelled };
}

async function decide(open: () => Promise<Store>, method: string, token: string): Promise<{ view: UnsubscribeView; cancelled: string[] }> {
	const nothing = (view: UnsubscribeView) => ({ view, cancelled: [] });
	if (token === '') return nothing('invalid');
	try {
		const store = await open();
		try {
			if (method.toUpperCase() !== 'POST') return nothing(({ unknown: 'invalid', open: 'ask', honoured: 'already' } as const)[await store.unsubscribes.look(token)]);
			const { result, cancelled } = await store.unsubscribes.honour(token);
			return { view: ({ unknown: 'invalid', honoured: 'done', already: 'already' } as const)[result], cancelled };
		} finally {
			await store.close();
		}
	} catch {
		// The reader is told to come back; what is wrong with the store shows in every other workflow.
		return nothing('later');
	}
}
