import { h, type Child, type Scope } from '../html/element';
import { ACCESS } from '../access/policy';
import { Button, Field, Form } from '../parts/form';
import { PlainPage } from './document';

export interface Message {
	tone: 'good' | 'bad';
	text: string;
}

/** Said once at the top of a page, and read out at once. */
export function Notice({ message }: { message?: Message }): Child {
	return message ? <p class={`notice ${message.tone}`} role={message.tone === 'bad' ? 'alert' : 'status'}>{message.text}</p> : null;
}

export function SignInPage({ message }: { message?: Message }, { words }: Scope): Child {
	return (
		<PlainPage title={words.signIn.title}>
			<Notice message={message} />
			<Form action="signIn">
				<Field name="email" label={words.signIn.email} type="email" autocomplete="username" required maxlength={254} />
				<Field name="password" label={words.signIn.password} type="password" autocomplete="current-password" required maxlength={ACCESS.passwordMax} />
				<Button kind="main">{words.signIn.button}</Button>
			</Form>
			<p class="hint">{words.signIn.noPassword}</p>
		</PlainPage>
	);
}

export function InvitationPage({ email, message }: { email: string; message?: Message }, { words }: Scope): Child {
	const { invitation } = words;
	return (
		<PlainPage title={invitation.title}>
			<p>{invitation.for(email)}</p>
			<Notice message={message} />
			<Form action="choosePassword" hidden={{ username: email }}>
				<Field name="password" label={invitation.password} type="password" autocomplete="new-password" hint={invitation.hint(ACCESS.passwordMin)} required maxlength={ACCESS.passwordMax} />
				<Field name="again" label={invitation.again} type="password" autocomplete="new-password" required maxlength={ACCESS.passwordMax} />
				<Button kind="main">{invitation.button}</Button>
			</Form>
		</PlainPage>
	);
}

export function ErrorPage({ text }: { text: string }, { words, always }: Scope): Child {
	return (
		<PlainPage title={words.errors.title}>
			<p>{text}</p>
			<p><a href={`?${new URLSearchParams(always).toString()}`}>{words.errors.back}</a></p>
		</PlainPage>
	);
}

/** For faults, where nothing is known but what to say. */
export const faultPage = (text: string): Child => <ErrorPage text={text} />;
