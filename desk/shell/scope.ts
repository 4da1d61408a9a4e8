import type { EpochMs } from '../../engine/time';
import type { Query, TabId } from '../tabs/tab';
import type { Language } from './language';
import type { ShellWords } from './en';

/** What was typed into a form that was refused, and why. */
export interface Typed {
	action: string;
	key: string;
	values: Readonly<Record<string, string | readonly string[]>>;
	fields: Readonly<Record<string, string>>;
}

declare module '../html/element' {
	interface Scope {
		readonly language: Language;
		readonly words: ShellWords;
		readonly timezone: string;
		readonly now: EpochMs;
		/** The query of this page, beginning with `?`: where its forms are sent. */
		readonly here: string;
		/** Parameters every address of this session carries. */
		readonly always: Readonly<Record<string, string>>;
		readonly tab?: TabId;
		/** The session's token; without one there is no session, and only forms that need none. */
		readonly csrf?: string;
		readonly typed?: Typed;
		/** The form the component stands in. */
		readonly form?: { readonly action: string; readonly key: string };
	}
}

/** An address of the desk. Relative, so that it holds behind any prefix, in test and production alike. */
export function address(always: Readonly<Record<string, string>>, query: Query & { tab?: TabId }): string {
	const given = Object.entries({ ...always, ...query }).flatMap<[string, string]>(([name, value]) => (value === undefined || value === '' ? [] : [[name, String(value)]]));
	return `?${new URLSearchParams(given).toString()}`;
}
