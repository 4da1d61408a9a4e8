import { z } from 'zod';

export const VariantSchema = z.object({
	experimentId: z.string(),
	variantId: z.string(),
	name: z.string(),
	template: z.string().optional(),
	/** The probability with which this variant was chosen, 0–1. */
	propensity: z.number().min(0).max(1),
	/** True when an earlier choice for the same contact was kept. */
	sticky: z.boolean(),
	sentence: z.string(),
});
export type Variant = z.infer<typeof VariantSchema>;
