import type { ICredentialDataDecryptedObject, ICredentialsDecrypted, INodeCredentialTestResult } from 'n8n-workflow';
import { readAccess, type DeskAccess } from '../../desk/access/reviewer';
import { fieldsOf } from '../../engine/message/intake/parsed';

/**
 * What the fields of a 'Lead Autopilot Desk API' credential say.
 * @throws Error naming the field or reviewer that does not fit.
 */
export function readDeskCredential(data: ICredentialDataDecryptedObject): DeskAccess {
	return readAccess({ secret: data.signingSecret, reviewers: fieldsOf(data.reviewers).reviewer ?? [] });
}

/** The test button: whether everybody named could be let in. */
async function testDesk({ data = {} }: ICredentialsDecrypted<ICredentialDataDecryptedObject>): Promise<INodeCredentialTestResult> {
	try {
		const { reviewers } = readDeskCredential(data);
		return await Promise.resolve({ status: 'OK', message: `Ready for ${reviewers.length} ${reviewers.length === 1 ? 'reviewer' : 'reviewers'}; invite them with Lead Autopilot → Desk → Invite` });
	} catch (error) {
		return { status: 'Error', message: error instanceof Error ? error.message : String(error) };
	}
}

/** What a node that declares the desk credential with `testedBy: 'leadAutopilotDeskTest'` carries in its `methods`. */
export const deskCredentialMethods = { credentialTest: { leadAutopilotDeskTest: testDesk } };
