import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { INodeType, INodeTypeDescription } from 'n8n-workflow';

const NODES = join(__dirname, '../../nodes');
const PACK = 'n8n-nodes-lead-autopilot.';

/** Every node of the pack by its type name. */
export function packDescriptions(): Map<string, INodeTypeDescription> {
	const folders = readdirSync(NODES).filter((name) => /^[A-Z]/.test(name));
	return new Map(
		folders.map((name) => {
			const file = jest.requireActual<Record<string, new () => INodeType>>(join(NODES, name, `${name}.node`));
			const { description } = new file[name]();
			return [`${PACK}${description.name}`, description];
		}),
	);
}
