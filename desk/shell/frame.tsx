import type { EpochMs } from '../../engine/time';
import { mayAct, type Reviewer } from '../access/reviewer';
import { Fragment, h, type Child, type Scope } from '../html/element';
import { Button, Field, Form } from '../parts/form';
import { Link, Named, When } from '../parts/show';
import type { Tab } from '../tabs/tab';
import { LanguageSwitch } from './document';
import { Notice, type Message } from './signInPage';

export interface KillState {
	on: boolean;
	reason?: string;
	by?: string;
	at?: EpochMs;
}

function KillSwitch({ kill, reviewer }: { kill: KillState; reviewer: Reviewer }, { words, typed }: Scope): Child {
	const may = mayAct(reviewer.role, 'admin');
	if (kill.on) {
		return (
			<section class="kill on" aria-label={words.kill.on}>
				<p><strong>{words.kill.on}</strong>{kill.reason ? <> · {words.kill.why}: <Named>{kill.reason}</Named></> : null}{kill.by && kill.at ? <> · {words.kill.since} <Named>{kill.by}</Named>, <When at={kill.at} /></> : null}</p>
				{may ? <Form action="killSwitchOff" class="inline"><Button kind="plain">{words.kill.goOn}</Button></Form> : null}
			</section>
		);
	}
	if (!may) return <p class="kill off"><span class="dot" aria-hidden="true" />{words.kill.off}</p>;
	return (
		<details class="kill off" open={typed?.action === 'killSwitchOn'}>
			<summary><span class="dot" aria-hidden="true" /><span class="kill-state">{words.kill.off}</span> <span class="kill-stop">{words.kill.stop}</span></summary>
			<div class="sheet">
				<p>{words.kill.stopHint}</p>
				<Form action="killSwitchOn">
					<Field name="reason" label={words.kill.why} required maxlength={500} autocomplete="off" />
					<Button kind="danger">{words.kill.stopNow}</Button>
				</Form>
			</div>
		</details>
	);
}

function WorkspaceSwitch({ workspace, reviewer }: { workspace: string; reviewer: Reviewer }, { words, tab }: Scope): Child {
	if (reviewer.workspaces.length < 2) return <p class="workspace"><span class="unseen">{words.workspace}: </span><Named>{workspace}</Named></p>;
	return (
		<form method="get" action="?" class="workspace">
			{tab ? <input type="hidden" name="tab" value={tab} /> : null}
			<label for="workspace" class="unseen">{words.workspace}</label>
			<select id="workspace" name="workspace" data-submit="">{reviewer.workspaces.map((name) => <option value={name} selected={name === workspace}>{name}</option>)}</select>
			<button type="submit" class="button quiet" data-without-script="">{words.show}</button>
		</form>
	);
}

export interface FrameProps {
	tabs: readonly Tab[];
	workspace: string;
	reviewer: Reviewer;
	kill: KillState;
	title: string;
	message?: Message;
}

/** What surrounds every page of somebody who is signed in. */
export function Frame({ tabs, workspace, reviewer, kill, title, message, children }: FrameProps & { children?: Child }, { words, tab, language }: Scope): Child {
	return (
		<>
			<header class="top">
				<div class="top-row">
					<span class="product">{words.product}</span>
					<WorkspaceSwitch workspace={workspace} reviewer={reviewer} />
					{kill.on ? null : <KillSwitch kill={kill} reviewer={reviewer} />}
					<details class="account">
						<summary>{words.account}</summary>
						<div class="sheet">
							<p><span>{words.signedInAs(reviewer.email)}</span> · {words.roles[reviewer.role]}</p>
							<LanguageSwitch />
							<Form action="signOut" class="inline"><Button>{words.signOut}</Button></Form>
							<Form action="signOutEverywhere" class="inline"><Button kind="quiet">{words.signOutEverywhere}</Button></Form>
						</div>
					</details>
				</div>
				{kill.on ? <KillSwitch kill={kill} reviewer={reviewer} /> : null}
				<nav class="tabs" aria-label={words.tabs}>
					<ul>{tabs.map((one) => <li><Link to={{ tab: one.id }} current={one.id === tab}>{one.title(language)}</Link></li>)}</ul>
				</nav>
			</header>
			<main id="content" tabindex={-1}>
				<h1>{title}</h1>
				<Notice message={message} />
				{children}
			</main>
		</>
	);
}
