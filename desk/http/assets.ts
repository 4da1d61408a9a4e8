import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeskRequest, DeskResponse } from './request';

const TYPES = { 'desk.css': 'text/css; charset=utf-8', 'desk.js': 'text/javascript; charset=utf-8', 'icon.svg': 'image/svg+xml; charset=utf-8' } as const;
export type AssetName = keyof typeof TYPES;

interface Asset {
	body: string;
	type: string;
	hash: string;
}

const assets = new Map<string, Asset>(
	Object.entries(TYPES).map(([name, type]) => {
		const body = readFileSync(join(__dirname, '../assets', name), 'utf8');
		return [name, { body, type, hash: createHash('sha256').update(body).digest('base64url').slice(0, 16) }];
	}),
);

/** The asset's address below the desk's. Its hash is part of it, so that it may be kept for good. */
export function assetLink(name: AssetName): string {
	return `?${new URLSearchParams({ asset: name, v: assets.get(name)?.hash ?? '' }).toString()}`;
}

const HEADERS = { 'X-Content-Type-Options': 'nosniff', 'Cross-Origin-Resource-Policy': 'same-origin', 'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'" };

/** Stylesheet, script and icon: the same for everybody, so no sign-in is asked for. */
export function serveAsset(name: string, { headers, query }: DeskRequest): DeskResponse {
	const asset = assets.get(name);
	if (!asset) return { status: 404, headers: { ...HEADERS, 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }, body: 'Not found', decided: [] };
	const tag = `"${asset.hash}"`;
	const caching = { ETag: tag, 'Cache-Control': query.get('v') === asset.hash ? 'public, max-age=31536000, immutable' : 'no-cache' };
	if (headers['if-none-match'] === tag) return { status: 304, headers: { ...HEADERS, ...caching }, body: '', decided: [] };
	return { status: 200, headers: { ...HEADERS, ...caching, 'Content-Type': asset.type }, body: asset.body, decided: [] };
}
