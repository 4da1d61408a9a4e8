import { GENUINE, header, refused, secretOf, type Verifier } from './request';
import { sameSecret } from './sameSecret';

/** Pipedrive signs nothing; it sends the HTTP Basic user and password its webhook was made with. */
export function verifyPipedrive({ user, password }: { user: string | undefined; password: string | undefined }): Verifier {
	const right = Buffer.from(`${secretOf(user, 'Pipedrive User')}:${secretOf(password, 'Pipedrive Password')}`, 'utf8').toString('base64');
	return (request) => {
		const [scheme, token, ...more] = header(request, 'authorization')?.split(' ') ?? [];
		if (scheme?.toLowerCase() !== 'basic' || token === undefined || more.length > 0) return refused('User and password are missing');
		return sameSecret(token, right) ? GENUINE : refused('User or password is wrong');
	};
}
