import { ownEntry } from '../ownEntry';

interface Failure {
	what: string;
	remedy: string;
}

/**
 * Why trainings fail and what to do then, by code. Codes of OpenAI as users report them (invalid_n_examples, unsafe_file,
 * exceeded_quota, server_error, invalid_training_file); the others are this pack's own.
 */
const FAILURES: Readonly<Record<string, Failure>> = {
	invalid_training_file: { what: 'the provider could not use the training file', remedy: 'Export the training set again and start once more; if it is refused again, report the line it names.' },
	invalid_validation_file: { what: 'the provider could not use the validation file', remedy: 'Export the training set again and start once more.' },
	invalid_n_examples: { what: 'the training file holds too few examples', remedy: 'Wait until Check Readiness finds enough, then export and start again.' },
	unsafe_file: { what: "the provider's moderation refused the training file", remedy: 'Look through the exported examples for offending text, reject those messages on the desk, and export again. Example Memory needs no such approval.' },
	exceeded_quota: { what: "the provider account's limit does not allow the training", remedy: 'Raise the limit or top up the account at the provider, then start again.' },
	server_error: { what: 'the provider had an error of its own', remedy: 'Start the training again; a failed one is usually not charged.' },
	file_not_found: { what: 'the uploaded file had expired or was deleted at the provider', remedy: 'Start the training again: it uploads the file anew.' },
	job_gone: { what: 'the provider no longer knows the job', remedy: 'Look at the jobs in the account whose key started it, then start again.' },
	no_model: { what: 'the provider called it a success but named no model', remedy: "Look at the job in the provider's account; its model can be registered by hand." },
	deadline: { what: 'it took longer than it may and was stopped', remedy: 'Start it again, or raise Longest Training in the settings. The provider may charge for what it had trained until then.' },
	not_stopped: { what: 'it was to be stopped, but the provider could not be reached', remedy: "Cancel the job in the provider's account: it may still be running and cost money." },
	cancelled_elsewhere: { what: "it was cancelled in the provider's account", remedy: 'Start it again if that was a mistake.' },
	interrupted: { what: 'n8n stopped before the training file was with the provider', remedy: 'Nothing was started and nothing is charged. Start the training again.' },
	broken_off: { what: 'n8n stopped before the version was made', remedy: 'No provider was asked and nothing is charged. Start the training again.' },
	too_few_examples: { what: 'there is too little to learn from', remedy: 'Check Readiness says what is missing.' },
	refused: { what: 'the provider refused to start it', remedy: 'Check the base model and the account, or use Example Memory, which needs no training.' },
	invalid_key: { what: 'the provider refused the API key', remedy: 'Enter a valid key in the model credential, then start again.' },
	quota: { what: 'the provider account has no credit left', remedy: 'Top it up, then start again.' },
};

/** A failed training in one line: what happened, what to do, what the provider said. */
export function trainingFailure(version: string, code: string, said?: string): string {
	const { what, remedy } = ownEntry(FAILURES, code) ?? { what: `the provider gave the reason "${code.slice(0, 60)}"`, remedy: "Look at the job in the provider's account, then start again." };
	return `The training of ${version} failed: ${what}. ${remedy}${said === undefined ? '' : ` It was said: ${said}`}`;
}
