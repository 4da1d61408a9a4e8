import type { Child, Component, Element, Scope, Scoped } from './element';

const VOID = new Set(['br', 'hr', 'input', 'link', 'meta']);
/** Tags whose text is not read as text: nothing of ours or a lead's ever stands in them. */
const RAW = new Set(['script', 'style', 'iframe', 'noscript', 'template', 'plaintext', 'xmp', 'object', 'embed']);
const ADDRESS = new Set(['href', 'src', 'action', 'formaction']);
/** The desk's own pages and files, and what a person may be reached by. Never `javascript:` or `data:`. */
const SAFE_ADDRESS = /^(?:\?|#|https?:\/\/|mailto:|tel:)/i;
const NAME = /^[a-zA-Z][a-zA-Z0-9:-]*$/;
// Control characters but tab and line feed mean nothing in HTML, and some tools read them as something else.
// eslint-disable-next-line no-control-regex -- these are the characters that are taken out
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as it may stand between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
	return text.toWellFormed().replace(/\r\n?/g, '\n').replace(CONTROL, '').replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
}

function attribute(name: string, value: unknown): string {
	if (value === undefined || value === null || value === false) {
		return value === false && name.startsWith('aria-') ? ` ${name}="false"` : '';
	}
	if (!NAME.test(name) || /^(?:on|style$|srcdoc$)/i.test(name)) throw new TypeError(`The attribute '${name}' is not allowed on a page of the desk`);
	if (value === true) return name.startsWith('aria-') ? ` ${name}="true"` : ` ${name}`;
	const text = String(value);
	// What a lead wrote may end up in a link: a foreign scheme is left out, the rest of the page stands.
	if (ADDRESS.has(name.toLowerCase()) && !SAFE_ADDRESS.test(text)) return '';
	return ` ${name}="${escapeHtml(text)}"`;
}

function renderTag(type: string, { props, children }: Element, scope: Scope): string {
	const attributes = Object.entries(props).map(([name, value]) => attribute(name, value)).join('');
	if (VOID.has(type)) return `<${type}${attributes}>`;
	if (!NAME.test(type) || (RAW.has(type) && (type !== 'script' || children.length > 0))) throw new TypeError(`The tag '${type}' is not allowed on a page of the desk`);
	// The parser swallows a line feed that comes first in these two; a second one keeps the text as it was written.
	const first = type === 'textarea' || type === 'pre' ? '\n' : '';
	return `<${type}${attributes}>${first}${render(children, scope)}</${type}>`;
}

const isScoped = (child: Element | Scoped): child is Scoped => 'scope' in child;

/** The markup of a tree, everything in it escaped. Pure: the same tree and scope give the same text. */
export function render(child: Child, scope: Scope): string {
	if (child === null || child === undefined || typeof child === 'boolean') return '';
	if (typeof child === 'string') return escapeHtml(child);
	if (typeof child === 'number' || typeof child === 'bigint') return String(child);
	if (isList(child)) return child.map((one) => render(one, scope)).join('');
	if (isScoped(child)) return render(child.children, { ...scope, ...child.scope });
	if (typeof child.type === 'string') return renderTag(child.type, child, scope);
	// `h` was given the props together with the component that takes them.
	const component: Component<object> = child.type as Component<object>;
	const { children } = child;
	return render(component({ ...child.props, ...(children.length === 0 ? {} : { children: children.length === 1 ? children[0] : children }) }, scope), scope);
}

function isList(child: Element | Scoped | readonly Child[]): child is readonly Child[] {
	return Array.isArray(child);
}
