import { z } from 'zod';
import { ACCESS } from './policy';

/** viewer: reads. reviewer: decides as well. admin: settings and kill switch as well. */
export const ROLES = ['viewer', 'reviewer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

export function mayAct(role: Role, needed: Role): boolean {
	return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}

export interface Reviewer {
	/** Lower case. */
	email: string;
	role: Role;
	/** Names of the workspaces they see; never empty. The first is shown first. */
	workspaces: readonly [string, ...string[]];
}

/** Who may come in, and what sessions and invitations are signed with. */
export interface DeskAccess {
	secret: string;
	reviewers: readonly Reviewer[];
}

const workspaceList = z
	.string()
	.transform((text) => [...new Set(text.split(',').map((name) => name.trim()).filter((name) => name !== ''))])
	.refine((names) => names.length > 0, 'no workspace is named');

export const normalEmail = (text: string): string => text.trim().toLowerCase();

const ReviewerSchema = z
	.object({ email: z.string().transform(normalEmail).pipe(z.email()).pipe(z.string().max(254)), role: z.enum(ROLES), workspaces: workspaceList })
	.transform(({ email, role, workspaces: [first, ...others] }): Reviewer => ({ email, role, workspaces: [first, ...others] }));

const AccessSchema = z.object({ secret: z.string().min(ACCESS.secretMin, `the Signing Secret is shorter than ${ACCESS.secretMin} characters`), reviewers: z.array(ReviewerSchema).min(1, 'no reviewer is named') });

/**
 * The desk's credential, read.
 * @throws Error saying which reviewer or field does not fit; never quotes the secret.
 */
export function readAccess(data: { secret: unknown; reviewers: unknown }): DeskAccess {
	const parsed = AccessSchema.safeParse(data);
	if (!parsed.success) {
		const [{ path, message }] = parsed.error.issues;
		const place = typeof path[1] === 'number' ? `Reviewer ${path[1] + 1}: ` : '';
		throw new Error(`The desk's credential does not fit: ${place}${message}`);
	}
	const emails = parsed.data.reviewers.map(({ email }) => email);
	const twice = emails.findIndex((email, at) => emails.indexOf(email) !== at);
	if (twice >= 0) throw new Error(`The desk's credential does not fit: Reviewer ${twice + 1} has the same e-mail address as an earlier one; name all workspaces in one entry`);
	return parsed.data;
}
