import { createHmac } from 'node:crypto';

/** Share of the contacts whose conversations are kept for testing only. Policy of this pack: the usual tenth. */
export const TEST_SHARE = 0.1;

export const SPLITS = ['train', 'test'] as const;
export type TrainingSplit = (typeof SPLITS)[number];

/**
 * On which side a contact stands: by a keyed hash of the contact, so that it is the same every week, for every version,
 * and nobody can tell it from the contact's id without the key. All of a contact's conversations stand on one side.
 * @param salt the workspace's own key (`Training.salt`)
 */
export function trainingSplit(contactId: string, salt: string, testShare = TEST_SHARE): TrainingSplit {
	const hash = createHmac('sha256', salt).update(contactId.toWellFormed()).digest();
	return hash.readUIntBE(0, 6) / 2 ** 48 < testShare ? 'test' : 'train';
}
