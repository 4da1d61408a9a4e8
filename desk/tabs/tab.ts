import type { ZodType } from 'zod';
import type { EpochMs } from '../../engine/time';
import type { Reviewer, Role } from '../access/reviewer';
import type { WorkspaceStore } from '../access/workspaceStore';
import type { Child } from '../html/element';
import type { FormValues } from '../http/form';
import type { DeskDecision } from '../http/request';
import type { Language } from '../shell/language';

/** Every tab there is to be, in the order of the navigation. One that is not registered is not shown. */
export const TAB_IDS = ['review', 'outbox', 'contacts', 'experiments', 'sendTimes', 'pipeline', 'models', 'sync', 'health', 'settings'] as const;
export type TabId = (typeof TAB_IDS)[number];

/** What a tab's code knows: one workspace, and a store that serves no other. Made in one place, before any tab runs. */
export interface DeskContext {
	workspace: string;
	reviewer: Reviewer;
	/** E-mail addresses of those who may decide in this workspace, in their order; the reviewer may be among them. */
	colleagues: readonly string[];
	language: Language;
	/** IANA zone of the workspace, UTC when none is set. */
	timezone: string;
	now: EpochMs;
	store: WorkspaceStore;
}

/** Parameters of a page's address besides tab and workspace. */
export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Done {
	/** Shown once on the next page, in the reviewer's language. */
	notice: string;
	/** Where to go: another tab, other parameters. Left out: the page the form was on. */
	go?: Query & { tab?: TabId };
	/** Told to the workflow, after commit. */
	decided?: readonly DeskDecision[];
}

/** Nothing was changed; the page is shown again with what was typed. */
export interface Refused {
	refused: string;
	/** What is wrong with single fields, by field name. */
	fields?: Readonly<Record<string, string>>;
}

/** A file for the reviewer to keep; nothing was changed. By POST, so that no link can make it and roles hold. */
export interface Download {
	file: { name: string; type: 'application/json'; body: string };
}
export type ActionResult = Done | Refused | Download;

/** Something a form on a tab does. `role` is the least that may. */
export interface Action<Words> {
	readonly role: Role;
	run(context: DeskContext, form: FormValues, words: Words): Promise<ActionResult>;
}

/**
 * An action whose form is checked by a schema before `run` sees it. Issues of the schema become sentences beside the
 * fields; give the schema messages in the dictionary's keys, or none: `invalid` says what stands there then.
 */
export function defineAction<Words, Values>(action: {
	role: Role;
	schema: ZodType<Values>;
	invalid(words: Words, field: string): string;
	run(context: DeskContext, values: Values, words: Words): Promise<ActionResult>;
}): Action<Words> {
	return {
		role: action.role,
		async run(context, form, words) {
			const parsed = action.schema.safeParse(form.toObject());
			if (parsed.success) return await action.run(context, parsed.data, words);
			const fields = Object.fromEntries(parsed.error.issues.map(({ path }) => [String(path[0] ?? ''), action.invalid(words, String(path[0] ?? ''))]));
			return { refused: Object.values(fields)[0], fields };
		},
	};
}

export interface TabDefinition<Model, Words> {
	id: TabId;
	/** One dictionary a language, of one type: a missing key does not compile. `title` is the name in the navigation. */
	words: Readonly<Record<Language, Words>>;
	/** Reads only. Parameters of the address are hostile: read them with care, ignore what makes no sense. */
	load(context: DeskContext, query: URLSearchParams): Promise<Model>;
	view(model: Model, words: Words, context: DeskContext): Child;
	actions: Readonly<Record<string, Action<Words>>>;
}

/** A tab as the shell knows it, whatever its model and words are. */
export interface Tab {
	readonly id: TabId;
	title(language: Language): string;
	page(context: DeskContext, query: URLSearchParams): Promise<Child>;
	/** Least role of an action; undefined when there is none of the name. */
	roleOf(action: string): Role | undefined;
	act(action: string, context: DeskContext, form: FormValues): Promise<ActionResult>;
}

export function defineTab<Model, Words extends { title: string }>({ id, words, load, view, actions }: TabDefinition<Model, Words>): Tab {
	const find = (name: string): Action<Words> | undefined => (Object.hasOwn(actions, name) ? actions[name] : undefined);
	return {
		id,
		title: (language) => words[language].title,
		page: async (context, query) => view(await load(context, query), words[context.language], context),
		roleOf: (name) => find(name)?.role,
		async act(name, context, form) {
			const action = find(name);
			if (!action) throw new RangeError(`The tab '${id}' has no action '${name}'`);
			return await action.run(context, form, words[context.language]);
		},
	};
}
