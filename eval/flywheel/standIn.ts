import type { ModelAccess } from '../../llm/modelAccess';
import { promptVersion } from '../../llm/promptVersion';
import { jsonSchemaOf } from '../../llm/structured';
import type { Random } from '../uniform';
import { openingOf, type Lead } from './leads';
import { compose, isClumsy, kindOf, TEXT_KINDS, type TextKind } from './texts';
import { WORLD, type WorldKind } from './world';

/** How the stand-in for a language model writes. Fixed before the first result was looked at. */
export const MODEL = {
	/** How often it writes in the manner of an example it is shown, rather than in its own. */
	imitates: 0.8,
	/** Share of its own drafts with a sentence that a colleague would strike out. */
	clumsy: 0.15,
	/** What it says of its own drafts: mean and spread. It thinks too well of the clumsy ones. */
	selfReport: { clean: { mean: 0.9, spread: 0.05 }, clumsy: { mean: 0.84, spread: 0.06 } },
} as const;

/** What a text is like, as the model sees it in its prompt. */
interface Manner {
	kind: TextKind;
	clumsy: boolean;
}

const normal = (rng: Random): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng());

/** The manners of the messages that a prompt shows. */
export function mannersIn(prompt: string): Manner[] {
	return prompt.split(/best regards/i).flatMap((text) => {
		const kind = kindOf(text);
		return kind ? [{ kind, clumsy: isClumsy(text) }] : [];
	});
}

function ownManner(rng: Random): Manner {
	let point = rng();
	const kind = TEXT_KINDS.find((each) => (point -= WORLD.text[each].share) < 0) ?? 'plain';
	return { kind, clumsy: rng() < MODEL.clumsy };
}

function mannerFor(world: WorldKind, shown: readonly Manner[], rng: Random): Manner {
	const own = ownManner(rng);
	const imitates = rng() < MODEL.imitates;
	const example = shown[Math.floor(rng() * shown.length)];
	return world === 'real' && imitates && example !== undefined ? example : own;
}

const schemas = new Map<string, ReturnType<typeof jsonSchemaOf>>();

/** A model behind the nodes' own port: it sees the prompt and nothing else but the facts of the lead it writes to. */
export function standInModel(world: WorldKind, about: (draftId: string) => { lead: Lead; variantId: string; rng: Random }): ModelAccess {
	const modelId = 'stand-in';
	return {
		modelId,
		priceKnown: false,
		complete: () => Promise.reject(new Error('The stand-in only writes drafts.')),
		async completeStructured(request, schema, context) {
			const { lead, variantId, rng } = about(context.correlationId ?? '');
			const prompt = [request.system, ...request.messages.map(({ content }) => content)].join('\n');
			const manner = mannerFor(world, mannersIn(prompt), rng);
			const { mean, spread } = MODEL.selfReport[manner.clumsy ? 'clumsy' : 'clean'];
			const name = request.schemaName ?? '';
			const jsonSchema = schemas.get(name) ?? jsonSchemaOf(schema);
			schemas.set(name, jsonSchema);
			return {
				modelId,
				promptVersion: context.promptVersion ?? promptVersion({ system: request.system, jsonSchema, template: context.template }),
				latencyMs: 0,
				attempts: 1,
				retryCount: 0,
				value: schema.parse({
					text: compose(lead, openingOf(variantId), manner.kind, manner.clumsy, rng),
					subject: `A question about ${lead.company}`,
					confidence: Math.min(0.99, Math.max(0.5, mean + spread * normal(rng))),
					reasoning: 'Written for the simulation.',
				}),
			};
		},
	};
}
