/** A process of its own with an Outcome Trigger for any sender: `node --import tsx outcomeListener.ts <secret>`. Prints its address as a JSON line. */
import { join } from 'node:path';
import type { INodeType } from 'n8n-workflow';
import { endWithParent } from '../services/nodeProcess';
import { listen } from './runWebhook';

async function main(): Promise<void> {
	endWithParent();
	// Without its ending the loader takes the codex file beside it, OutcomeTrigger.node.json.
	const file: string = join(__dirname, '../../nodes/OutcomeTrigger/OutcomeTrigger.node.ts');
	const { OutcomeTrigger } = (await import(file)) as { OutcomeTrigger: new () => INodeType };
	const { url } = await listen(new OutcomeTrigger(), { parameters: { provider: 'hmac' }, credentials: { leadAutopilotWebhookApi: { hmacSecret: process.argv[2] } } });
	process.stdout.write(`${JSON.stringify(url)}\n`);
}

void main();
