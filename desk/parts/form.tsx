import { h, within, type Child, type Scope } from '../html/element';
import { address } from '../shell/scope';

interface FormProps {
	/** Name of the tab's action. */
	action: string;
	/** Tells several forms of one action on a page apart, e.g. the id of what they are about. */
	of?: string;
	/** Fields the reviewer does not see, e.g. ids. Hostile when they come back. */
	hidden?: Readonly<Record<string, string>>;
	class?: string;
	label?: string;
	/** Answered with a file: the page stays, so the form may be sent again. */
	download?: boolean;
}

/** A form that changes something: POST, with the session's token. What was typed comes back when it is refused. */
export function Form({ action, of = '', hidden = {}, class: name = 'form', label, download = false, children }: FormProps & { children?: Child }, scope: Scope): Child {
	return (
		<form method="post" action={scope.here} class={name} aria-label={label} data-download={download ? '' : undefined}>
			<input type="hidden" name="action" value={action} />
			{of === '' ? null : <input type="hidden" name="of" value={of} />}
			{scope.csrf === undefined ? null : <input type="hidden" name="csrf" value={scope.csrf} />}
			{Object.entries(hidden).map(([field, value]) => <input type="hidden" name={field} value={value} />)}
			{within({ form: { action, key: of } }, children)}
		</form>
	);
}

/** What was typed into this form before it was refused. */
function typedHere({ typed, form }: Scope) {
	return typed && form && typed.action === form.action && typed.key === form.key ? typed : undefined;
}

const fieldId = ({ form }: Scope, name: string): string => ['field', form?.action, form?.key, name].filter(Boolean).join('-').replace(/[^\w-]/g, '_');

interface FieldProps {
	name: string;
	label: string;
	value?: string | number;
	type?: 'text' | 'email' | 'password' | 'number' | 'search' | 'date' | 'time';
	hint?: string;
	required?: boolean;
	/** A text of several lines. */
	rows?: number;
	autocomplete?: string;
	maxlength?: number;
	min?: number;
	max?: number;
	step?: number | 'any';
	autofocus?: boolean;
	/** Said to screen readers only, where the place says it to the eye. */
	hideLabel?: boolean;
}

/** A labelled field with hint and error, tied together for screen readers. */
export function Field(props: FieldProps, scope: Scope): Child {
	const { name, label, value = '', type = 'text', hint, required = false, rows, hideLabel = false, ...rest } = props;
	const typed = typedHere(scope);
	const error = typed?.fields[name];
	const id = fieldId(scope, name);
	const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
	const before = typed?.values[name];
	// A password is never sent back to the browser.
	const current = type === 'password' ? '' : typeof before === 'string' ? before : value;
	const shared = { id, name, required, 'aria-describedby': described, 'aria-invalid': error ? 'true' : undefined, ...rest };
	return (
		<div class={error ? 'field wrong' : 'field'}>
			<label for={id} class={hideLabel ? 'unseen' : undefined}>{label}</label>
			{rows === undefined ? <input type={type} value={current} {...shared} /> : <textarea rows={rows} {...shared}>{String(current)}</textarea>}
			{hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
			{error ? <p class="error" id={`${id}-error`}>{error}</p> : null}
		</div>
	);
}

interface SelectProps {
	name: string;
	label: string;
	value?: string;
	options: readonly { value: string; label: string }[];
	hint?: string;
	hideLabel?: boolean;
}

export function Select({ name, label, value, options, hint, hideLabel = false }: SelectProps, scope: Scope): Child {
	const typed = typedHere(scope);
	const error = typed?.fields[name];
	const id = fieldId(scope, name);
	const described = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined;
	const before = typed?.values[name];
	const current = typeof before === 'string' ? before : value;
	return (
		<div class={error ? 'field wrong' : 'field'}>
			<label for={id} class={hideLabel ? 'unseen' : undefined}>{label}</label>
			<select id={id} name={name} aria-describedby={described} aria-invalid={error ? 'true' : undefined}>
				{options.map((option) => <option value={option.value} selected={option.value === current}>{option.label}</option>)}
			</select>
			{hint ? <p class="hint" id={`${id}-hint`}>{hint}</p> : null}
			{error ? <p class="error" id={`${id}-error`}>{error}</p> : null}
		</div>
	);
}

export function Checkbox({ name, label, checked = false, value = 'yes' }: { name: string; label: string; checked?: boolean; value?: string }, scope: Scope): Child {
	const id = `${fieldId(scope, name)}-${value.replace(/[^\w-]/g, '_')}`;
	return (
		<div class="field check">
			<input type="checkbox" id={id} name={name} value={value} checked={checked} />
			<label for={id}>{label}</label>
		</div>
	);
}

/** Sends its form. `name`/`value` tell several buttons of a form apart; `shortcut` is a key that presses it. */
export function Button({ kind = 'plain', name, value, shortcut, label, children }: { kind?: 'plain' | 'main' | 'danger' | 'quiet'; name?: string; value?: string; shortcut?: string; label?: string; children?: Child }): Child {
	return <button type="submit" class={`button ${kind}`} name={name} value={value} data-key={shortcut} aria-label={label}>{children}</button>;
}

/** Fields that choose what a page shows: a GET form, so the choice is in the address and can be shared. */
export function Filters({ children }: { children?: Child }, { always, tab, words }: Scope): Child {
	return (
		<form method="get" action={address(always, { tab })} class="filters" role="search" aria-label={words.filter}>
			{Object.entries({ ...always, ...(tab ? { tab } : {}) }).map(([name, value]) => <input type="hidden" name={name} value={value} />)}
			{children}
			<button type="submit" class="button plain">{words.show}</button>
		</form>
	);
}
