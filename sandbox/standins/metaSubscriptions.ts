import { createHmac, randomBytes } from 'node:crypto';
import type { Courier, DeliveryOptions } from './delivery';
import { json, type StandInAnswer, type StandInRequest } from './httpServer';
import { metaError, wrongParameter } from './metaErrors';
import { jsonOrText, textAt } from './shapes';

export type MetaObject = 'whatsapp_business_account' | 'page' | 'instagram';

export interface Subscription {
	appId: string;
	object: string;
	callbackUrl: string;
	fields: string[];
}

/** Where an event goes: to an explicit URL, to one app, or to every app that subscribed to it. */
export interface Destination extends DeliveryOptions {
	url?: string;
	appId?: string;
}

/** The webhook side of Meta's apps: who subscribed to what, and the signed calls to them. */
export interface Subscriptions {
	handle(request: StandInRequest, appId: string): Promise<StandInAnswer>;
	list(): Subscription[];
	/** Sends each account's events to one app only, as `subscribed_apps` does. */
	ownAccounts(appId: string, accountIds: string[]): void;
	setSecret(appId: string, secret: string): void;
	secretOf(appId: string): string | undefined;
	/** Signed delivery. Throws when nobody subscribed to that field, unless `optional`. */
	post(event: { object: MetaObject; field: string; accountId: string; body: unknown }, to?: Destination, optional?: boolean): Promise<number[]>;
}

function fieldsOf(value: unknown): string[] {
	const read = jsonOrText(value);
	if (Array.isArray(read)) return read.filter((field) => typeof field === 'string');
	return typeof read === 'string' ? read.split(',').map((field) => field.trim()).filter(Boolean) : [];
}

export function createSubscriptions(courier: Courier, defaultApp: { id: string; secret: string }): Subscriptions {
	const subscriptions = new Map<string, Subscription>();
	const owners = new Map<string, string>();
	const secrets = new Map([[defaultApp.id, defaultApp.secret]]);

	/** Meta makes this call before it accepts a callback URL. */
	const answersChallenge = async (url: string, verifyToken: string): Promise<boolean> => {
		const challenge = String(randomBytes(4).readUInt32BE());
		try {
			const target = new URL(url);
			target.searchParams.set('hub.mode', 'subscribe');
			target.searchParams.set('hub.challenge', challenge);
			target.searchParams.set('hub.verify_token', verifyToken);
			const response = await fetch(target, { signal: AbortSignal.timeout(10_000) });
			return response.ok && (await response.text()) === challenge;
		} catch {
			return false;
		}
	};

	const subscribe = async (appId: string, body: unknown): Promise<StandInAnswer> => {
		const object = textAt(body, 'object');
		const callbackUrl = textAt(body, 'callback_url');
		const verifyToken = textAt(body, 'verify_token');
		const fields = fieldsOf(typeof body === 'object' && body !== null && 'fields' in body ? body.fields : undefined);
		if (!object) return wrongParameter('The parameter object is required.');
		if (!callbackUrl) return wrongParameter('The parameter callback_url is required.');
		if (!verifyToken) return wrongParameter('The parameter verify_token is required.');
		if (!(await answersChallenge(callbackUrl, verifyToken))) {
			return metaError(2200, { message: '(#2200) Callback verification failed with the following errors: the callback did not answer the challenge' });
		}
		subscriptions.set(`${appId} ${object}`, { appId, object, callbackUrl, fields });
		return json(200, { success: true });
	};

	const targets = (object: string, field: string, accountId: string, appId?: string): Subscription[] => {
		const wantedApp = appId ?? owners.get(accountId);
		return [...subscriptions.values()].filter(
			(subscription) => subscription.object === object && subscription.fields.includes(field) && (wantedApp === undefined || subscription.appId === wantedApp),
		);
	};

	return {
		async handle(request, appId) {
			if (request.method === 'POST') return await subscribe(appId, request.body ?? Object.fromEntries(request.query));
			const object = textAt(request.body, 'object') ?? request.query.get('object');
			if (request.method === 'DELETE') {
				for (const key of [...subscriptions.keys()]) {
					if (object ? key === `${appId} ${object}` : key.startsWith(`${appId} `)) subscriptions.delete(key);
				}
				return json(200, { success: true });
			}
			const data = [...subscriptions.values()]
				.filter((subscription) => subscription.appId === appId)
				.map(({ object: name, callbackUrl, fields }) => ({
					object: name,
					callback_url: callbackUrl,
					active: true,
					fields: fields.map((field) => ({ name: field, version: 'v23.0' })),
				}));
			return json(200, { data });
		},
		list: () => [...subscriptions.values()],
		ownAccounts: (appId, accountIds) => accountIds.forEach((id) => owners.set(id, appId)),
		setSecret: (appId, secret) => void secrets.set(appId, secret),
		secretOf: (appId) => secrets.get(appId),
		async post({ object, field, accountId, body }, to = {}, optional = false) {
			const raw = JSON.stringify(body);
			const found = to.url
				? [{ appId: to.appId ?? owners.get(accountId) ?? defaultApp.id, callbackUrl: to.url }]
				: targets(object, field, accountId, to.appId);
			if (found.length === 0) {
				if (optional) return [];
				const known = [...subscriptions.values()].map((s) => `${s.object} (${s.fields.join(', ')}) of app ${s.appId}`).join('; ');
				throw new Error(`No webhook is subscribed to the field ${field} of ${object} for ${accountId}. Subscribed are: ${known || 'none'}.`);
			}
			const statuses: number[] = [];
			for (const { appId, callbackUrl } of found) {
				const secret = secrets.get(appId) ?? defaultApp.secret;
				const sign = (hash: string): string => createHmac(hash, secret).update(raw).digest('hex');
				const headers = {
					'content-type': 'application/json',
					'user-agent': 'facebookexternalua',
					'x-hub-signature': `sha1=${sign('sha1')}`,
					'x-hub-signature-256': `sha256=${sign('sha256')}`,
				};
				statuses.push(...(await courier.deliver({ url: callbackUrl, body: raw, headers }, to)));
			}
			return statuses;
		},
	};
}
