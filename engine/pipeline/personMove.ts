import type { Contact, Status } from '../message/contact';
import type { StageDefinition } from './stage';

/** What a person's move into a stage means for the lead's status: won or lost with the stage, and neither once taken out of it. */
export function personMove({ type, name }: StageDefinition, { status }: Pick<Contact, 'status'>, by: string): { status?: Status; sentence: string } {
	const sentence = `Put into stage ${name} by ${by}.`;
	if (type === 'WON' || type === 'LOST') return { status: type, sentence };
	return status === 'WON' || status === 'LOST' ? { status: 'CONTACTED', sentence } : { sentence };
}
