/** What may stand between two tags. Text is escaped when it is rendered; there is no way to give markup as text. */
export type Child = Element | Scoped | string | number | bigint | boolean | null | undefined | readonly Child[];

/** A tag with its attributes, or a component with its props; nothing is rendered yet. */
export interface Element {
	readonly type: string | Component<never>;
	readonly props: Readonly<Record<string, unknown>>;
	readonly children: readonly Child[];
}

/** Children that are rendered with more known about where they stand, e.g. the form they are in. */
export interface Scoped {
	readonly scope: Partial<Scope>;
	readonly children: Child;
}

/** What every component is given besides its props: the page it stands on. The shell says what it holds. */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- other files add to it by declaration merging
export interface Scope {}

/** A pure function of its props and of the page it stands on. */
export type Component<P> = (props: P & { readonly children?: Child }, scope: Scope) => Child;

/** The attributes the pages use. No `style`, no `on…`: the content security policy would not run them. */
export interface Attributes {
	readonly [data: `data-${string}`]: string | number | undefined;
	readonly [aria: `aria-${string}`]: string | number | boolean | undefined;
	readonly children?: Child;
	readonly id?: string; readonly class?: string; readonly title?: string; readonly lang?: string; readonly dir?: 'auto' | 'ltr' | 'rtl'; readonly role?: string; readonly hidden?: boolean; readonly tabindex?: number;
	readonly href?: string; readonly rel?: string; readonly src?: string; readonly alt?: string; readonly type?: string; readonly nonce?: string; readonly defer?: boolean; readonly media?: string; readonly name?: string; readonly content?: string; readonly charset?: string;
	readonly action?: string; readonly method?: 'get' | 'post'; readonly for?: string; readonly value?: string | number; readonly checked?: boolean; readonly selected?: boolean; readonly disabled?: boolean; readonly required?: boolean; readonly readonly?: boolean; readonly multiple?: boolean; readonly autofocus?: boolean;
	readonly placeholder?: string; readonly autocomplete?: string; readonly inputmode?: string; readonly maxlength?: number; readonly minlength?: number; readonly min?: number | string; readonly max?: number | string; readonly step?: number | string; readonly rows?: number; readonly pattern?: string; readonly form?: string; readonly formaction?: string; readonly spellcheck?: 'true' | 'false';
	readonly open?: boolean; readonly scope?: 'col' | 'row'; readonly colspan?: number; readonly rowspan?: number; readonly datetime?: string;
	readonly viewBox?: string; readonly width?: number | string; readonly height?: number | string; readonly x?: number | string; readonly y?: number | string; readonly x1?: number; readonly x2?: number; readonly y1?: number; readonly y2?: number; readonly cx?: number; readonly cy?: number; readonly r?: number; readonly rx?: number; readonly d?: string; readonly points?: string; readonly xmlns?: string; readonly preserveAspectRatio?: string; readonly 'text-anchor'?: 'start' | 'middle' | 'end'; readonly 'stroke-dasharray'?: string; readonly focusable?: 'false';
}

/** What a TSX file's tags are compiled to. */
export function h(type: string | ((props: never, scope: Scope) => Child), props: object | null, ...children: Child[]): Element {
	return { type, props: Object.fromEntries(Object.entries(props ?? {})), children };
}

/** `<>…</>`. */
export function Fragment({ children }: { readonly children?: Child }): Child {
	return children;
}

/** Renders the children with more known about where they stand. */
export function within(scope: Partial<Scope>, children: Child): Scoped {
	return { scope, children };
}

declare global {
	// The compiler looks here for what a tag may carry and what a component may return.
	// eslint-disable-next-line @typescript-eslint/no-namespace -- the compiler's own place for it
	namespace JSX {
		type Element = Child;
		type ElementType = string | ((props: never, scope: Scope) => Child);
		interface ElementChildrenAttribute {
			children: unknown;
		}
		type IntrinsicAttributes = object;
		type IntrinsicElements = Record<'a' | 'article' | 'aside' | 'b' | 'bdi' | 'body' | 'button' | 'caption' | 'circle' | 'code' | 'dd' | 'del' | 'desc' | 'details' | 'div' | 'dl' | 'dt' | 'em' | 'fieldset' | 'footer' | 'form' | 'g' | 'h1' | 'h2' | 'h3' | 'h4' | 'head' | 'header' | 'hr' | 'html' | 'input' | 'ins' | 'kbd' | 'label' | 'legend' | 'li' | 'line' | 'link' | 'main' | 'mark' | 'meta' | 'nav' | 'ol' | 'optgroup' | 'option' | 'p' | 'path' | 'polyline' | 'pre' | 'rect' | 'script' | 'section' | 'select' | 'small' | 'span' | 'strong' | 'summary' | 'svg' | 'table' | 'tbody' | 'td' | 'text' | 'textarea' | 'tfoot' | 'th' | 'thead' | 'time' | 'title' | 'tr' | 'ul' | 'br', Attributes>;
	}
}
