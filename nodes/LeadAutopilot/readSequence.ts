import type { IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { SEQUENCE_CHANNELS, SequenceSchema, WAIT_UNITS, type Sequence } from '../../engine/sequence/sequence';
import { ItemInputError } from '../shared/errors';
import { readOptionalText, readText } from '../shared/readParameter';

const text = z.coerce.string().transform((value) => value.trim());
const StepFormSchema = z.object({
	id: text.default(''),
	channel: z.enum(SEQUENCE_CHANNELS).default('email'),
	waitAmount: z.coerce.number().default(2),
	waitUnit: z.enum(WAIT_UNITS).default('days'),
	template: text.default(''),
	instructions: text.default(''),
	subject: text.default(''),
	waName: text.default(''),
	waLanguage: text.default('en'),
	waParameters: text.default(''),
});
const FormSchema = z.object({ step: z.array(StepFormSchema).min(1) });

/** The sequence written into the node. Throws ItemInputError that names the step and what is wrong with it. */
export function readSequence(context: IExecuteFunctions, index: number): Sequence {
	const id = readText(context, 'sequenceId', index, 'Sequence ID');
	const form = FormSchema.safeParse(context.getNodeParameter('steps', index, {}));
	if (!form.success) throw new ItemInputError("'Steps' is empty or a step does not fit", 'Open the node and add the steps with Add Step.');
	const steps = form.data.step.map(({ id: stepId, channel, waitAmount, waitUnit, template, instructions, subject, waName, waLanguage, waParameters }, at) => ({
		id: stepId === '' ? `step-${at + 1}` : stepId,
		channel,
		wait: { amount: waitAmount, unit: waitUnit },
		...(template === '' ? {} : { template }),
		...(instructions === '' ? {} : { instructions }),
		...(subject === '' || channel !== 'email' ? {} : { subject }),
		...(waName === '' || channel !== 'whatsapp' ? {} : { waTemplate: { name: waName, language: waLanguage, parameters: waParameters.split('\n').map((line) => line.trim()).filter((line) => line !== '') } }),
	}));
	const parsed = SequenceSchema.safeParse({ id, name: readOptionalText(context, 'sequenceName', index) ?? id, steps });
	if (parsed.success) return parsed.data;
	const [issue] = parsed.error.issues;
	const [part, place] = issue.path;
	const where = part === 'steps' && typeof place === 'number' ? `Step ${place + 1}` : part === 'id' ? "'Sequence ID'" : "'Steps'";
	throw new ItemInputError(`${where} does not fit: ${issue.message}`, 'Open the node and correct it.');
}
