import { h, type Child, type Scope } from '../html/element';
import { render } from '../html/render';
import { assetLink } from '../http/assets';
import { Form } from '../parts/form';
import { LANGUAGES } from './language';
import { de } from './de';
import { en } from './en';

export const SHELL_WORDS = { en, de } as const;

/** Sends the language that is read from now on; works signed in or out. */
export function LanguageSwitch(_: object, { language, words }: Scope): Child {
	return (
		<Form action="language" class="languages" label={words.switchLanguage}>
			{LANGUAGES.map((one) => (one === language ? <span class="button quiet" aria-current="true" lang={one}>{SHELL_WORDS[one].languageName}</span> : <button type="submit" class="button quiet" name="language" value={one} lang={one}>{SHELL_WORDS[one].languageName}</button>))}
		</Form>
	);
}

/** A whole page as text. `nonce` lets the desk's own stylesheet and script through its policy, and nothing else. */
export function htmlDocument(title: string, body: Child, scope: Scope, nonce: string): string {
	return `<!doctype html>${render(
		<html lang={scope.language}>
			<head>
				<meta charset="utf-8" />
				<meta name="viewport" content="width=device-width, initial-scale=1" />
				<meta name="robots" content="noindex, nofollow" />
				<title>{`${title} · ${scope.words.product}`}</title>
				<link rel="icon" href={assetLink('icon.svg')} type="image/svg+xml" />
				<link rel="stylesheet" href={assetLink('desk.css')} nonce={nonce} />
				<script src={assetLink('desk.js')} nonce={nonce} defer />
			</head>
			<body>
				<a class="skip" href="#content">{scope.words.skip}</a>
				{body}
			</body>
		</html>,
		scope,
	)}`;
}

/** A page of somebody who is not signed in, or of a request that cannot be answered. */
export function PlainPage({ title, children }: { title: string; children?: Child }, { words }: Scope): Child {
	return (
		<div class="plain-page">
			<header class="plain-head"><span class="product">{words.product}</span><LanguageSwitch /></header>
			<main id="content" tabindex={-1}><h1>{title}</h1>{children}</main>
		</div>
	);
}

