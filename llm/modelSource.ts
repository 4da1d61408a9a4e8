import { anthropicChatModels } from './anthropicChatModel';
import type { ChatModel } from './chatModel';
import { connectedChatModel, type ConnectedModel } from './connectedChatModel';
import type { KeyLedger } from './keyLedger';
import { createKeyRing, type KeyRing, type ModelKey } from './keyRing';
import { openAiChatModels } from './openaiChatModel';

/** Which model answers: one connected on the canvas, or one of a credential. */
export type ModelSource =
	| { kind: 'connected'; model: ConnectedModel }
	/** `keys` may be empty for servers that want none, such as Ollama. */
	| { kind: 'openai'; modelId: string; baseUrl?: string; keys: readonly ModelKey[] }
	| { kind: 'anthropic'; modelId: string; baseUrl?: string; keys: readonly ModelKey[] }
	/** Any other implementation of the port. */
	| { kind: 'port'; model: ChatModel };

function ringOfOne(model: ChatModel): KeyRing {
	return {
		size: 1,
		async run(call) {
			return { value: await call(model) };
		},
	};
}

/** The keys of a source as one ring, and the model's name. */
export function openModelSource(source: ModelSource, ports: { keyLedger: KeyLedger; now: () => number; onStoreError: (error: unknown) => void; fetch?: typeof fetch }): { ring: KeyRing; modelId: string } {
	const { keyLedger: ledger, now, onStoreError, fetch: own } = ports;
	if (source.kind === 'connected' || source.kind === 'port') {
		const model = source.kind === 'port' ? source.model : connectedChatModel(source.model, { now });
		return { ring: ringOfOne(model), modelId: model.modelId };
	}
	const { modelId, baseUrl } = source;
	const server = { modelId, baseUrl, now, fetch: own };
	const connect = source.kind === 'openai' ? openAiChatModels(server) : anthropicChatModels(server);
	const keys = source.keys.length > 0 ? source.keys : [{ key: '' }];
	return { ring: createKeyRing({ keys, connect, ledger, now, onStoreError }), modelId };
}
