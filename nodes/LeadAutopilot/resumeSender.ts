import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Channel } from '../../engine/channels/channel';
import { decideRoute } from '../../engine/message/route';
import { commitIsolated, executeBatch } from '../shared/batch';
import { withStore } from '../shared/openNodeStore';
import { readChannel, readOptionalText, readText } from '../shared/readParameter';

/** How many messages waited for nothing else. */
const again = (count: number): string => (count === 0 ? '' : ` ${count} ${count === 1 ? 'message is' : 'messages are'} planned again.`);

/** Resume Sender: ends what a provider's error holds back, after a person mended the cause. One look-up an item: few senders are ever held. */
export async function resumeSender(context: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	return await executeBatch<{ workspace: string; channel: Channel; accountId?: string }, object>(context, {
		outputs: 1,
		failedOutput: 0,
		read: (index) => {
			const channel = readChannel(context, index, 'accountChannel');
			const accountId = readOptionalText(context, 'heldAccount', index);
			return { workspace: readText(context, 'workspace', index, 'Workspace'), channel, ...(accountId === undefined ? {} : { accountId: channel === 'email' ? accountId.toLowerCase() : accountId }) };
		},
		decide: async (items) =>
			await withStore(context, async (store) => {
				return await commitIsolated(items.map(({ params }) => params), async (batch) => {
					const lifted: object[] = [];
					for (const { workspace, ...sender } of batch) {
						const { ended, back } = await store.senderHolds.lift(workspace, sender, decideRoute);
						const who = `${sender.channel} ${sender.accountId ?? 'without an account'}`;
						lifted.push({ resumed: { ...sender, ended, plannedAgain: back.map(({ id }) => id), sentence: ended.length === 0 ? `Nothing held ${who} back.` : `${who} sends again: ${ended.map(({ sentence }) => sentence).join(' ')}${again(back.length)}` } });
					}
					return lifted;
				});
			}),
		write: (json) => ({ output: 0, json }),
	});
}
