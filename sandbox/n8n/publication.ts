import { waitFor } from '../waitFor';
import type { Rest } from './importing';

interface PublicationStatus {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}

/**
 * Publishing only puts a workflow in a queue of n8n's; webhooks answer 404 until n8n has worked it off.
 * @throws Error with n8n's own message when a trigger could not be registered, or after a minute.
 */
export async function untilPublished(rest: Rest, id: string): Promise<void> {
	const publication = await waitFor(
		async () => {
			const now = (await rest('GET', `/workflows/${id}/publication-status`)) as PublicationStatus;
			return now.status === 'in_progress' || now.status === 'not_published' ? undefined : now;
		},
		{ what: `the triggers of workflow ${id} to be registered`, timeoutMs: 60_000 },
	);
	if (publication.status === 'published') return;
	const reasons = publication.triggers.filter(({ errorMessage }) => errorMessage !== null).map(({ nodeId, errorMessage }) => `${nodeId}: ${errorMessage}`);
	throw new Error(`n8n could not publish workflow ${id}: ${reasons.join('; ')}`);
}
