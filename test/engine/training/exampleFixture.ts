import { epochMs } from '../../../engine/time';
import type { TrainingExample } from '../../../engine/training/trainingExample';
import type { PersonIdentifiers, TrainingPerson } from '../../../engine/training/trainingPerson';

export const ANNA: PersonIdentifiers = {
	names: ['Anna-Lena Müller'],
	companies: ['Müller Dental GmbH'],
	addresses: ['anna.mueller@mueller-dental.de', '+49 171 5550199', '@annalena_m', 'c-88123'],
	others: ['Am Hang 3'],
};
export const NOBODY: PersonIdentifiers = { names: [], companies: [], addresses: [], others: [] };

export const personOf = (identifiers: PersonIdentifiers = NOBODY, more: Partial<TrainingPerson> = {}): TrainingPerson => ({ identifiers, profiling: true, optedOutOfAll: false, attributes: {}, consent: {}, ...more });

export function exampleOf(more: Partial<TrainingExample> = {}): TrainingExample {
	return {
		outboundId: 'o1', contactId: 'c1', channel: 'email', language: 'en', intent: 'question', conversation: [{ from: 'lead', text: 'How much is it?' }], text: 'It is 20 euros a month, and you can stop at any time.',
		judgement: 'approved', labels: ['positive_reply'], reward: 0.3, weight: 3, quality: 1, sentAt: epochMs('2026-03-02T12:00:00Z'), facts: ['The price is 20 euros a month.'], gateVerdict: 'pass', answeredLanguage: 'en', ...more,
	};
}
