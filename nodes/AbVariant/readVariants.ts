import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import type { ExperimentArm } from '../../engine/experiment/assignVariant';
import { ItemInputError } from '../shared/errors';

const VariantsSchema = z.object({
	variant: z
		.array(z.object({ id: z.string(), name: z.string().default(''), template: z.string().default(''), weight: z.coerce.number().min(0), control: z.boolean().default(false) }))
		.min(2),
});

/** The variants written into the node. */
export function readVariants(context: IExecuteFunctions, index: number): ExperimentArm[] {
	const parsed = VariantsSchema.safeParse(context.getNodeParameter('variants', index, {}));
	if (!parsed.success) {
		throw new ItemInputError("'Variants' needs at least two variants, each with an ID and a weight of 0 or more", "Open the node and fill in 'Variants'.");
	}
	const arms = parsed.data.variant.map((variant) => ({
		id: variant.id.trim(),
		name: variant.name.trim() || variant.id.trim(),
		template: variant.template.trim() || undefined,
		weight: variant.weight,
		control: variant.control,
	}));
	if (arms.some((arm) => arm.id === '')) throw new ItemInputError('A variant has no ID', "Give every variant a short ID, e.g. 'a' and 'b'.");
	if (new Set(arms.map((arm) => arm.id)).size < arms.length) throw new ItemInputError('Two variants have the same ID', 'Results are kept by ID: make each one different.');
	if (!arms.some((arm) => arm.weight > 0)) throw new ItemInputError('No variant has a weight above 0', 'Give at least one variant a weight.');
	return arms;
}
