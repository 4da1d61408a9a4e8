import { MODES, type Mode } from '../../../engine/message/mode';
import { mayAct } from '../../access/reviewer';
import { Fragment, h, type Child } from '../../html/element';
import { Badge, Button, Card, Empty, Field, Form, Named, Select, Table, When, type Tone } from '../../parts';
import type { DeskContext } from '../tab';
import type { SettingsWords } from './en';
import { ConfirmAuto, ReadinessCard } from './readinessView';
import { SCOPES_SHOWN, type ScopeRow, type SettingsModel } from './load';

const TONES: Readonly<Record<Mode, Tone>> = { off: 'bad', shadow: 'neutral', assist: 'info', one_click: 'info', auto: 'good' };

function ModeBadge({ mode, words }: { mode: Mode; words: SettingsWords }): Child {
	return <Badge tone={TONES[mode]}>{words.modes[mode]}</Badge>;
}

function SetAt({ row, words }: { row: ScopeRow; words: SettingsWords }): Child {
	return row.set ? <><When at={row.set.at} /> {words.by} <Named>{row.set.by}</Named></> : <span class="quiet">{row.kind === 'workspace' ? words.notSet : words.asWorkspace}</span>;
}

function ModeForm({ row, words }: { row: ScopeRow; words: SettingsWords }): Child {
	const options = MODES.map((mode) => ({ value: mode, label: words.modes[mode] }));
	const inherit = { value: 'inherit', label: words.asWorkspace };
	const hidden = { kind: row.kind, ...(row.kind === 'workspace' ? {} : { id: row.id }) };
	return (
		<Form action="setMode" of={`${row.kind} ${row.id}`} hidden={hidden} class="inline" label={words.modeFor(row.name)}>
			<Select name="mode" label={words.modeFor(row.name)} hideLabel value={row.own ?? (row.kind === 'workspace' ? row.inForce : 'inherit')} options={row.kind === 'workspace' ? options : [inherit, ...options]} />
			<Button>{words.save}</Button>
		</Form>
	);
}

function Scopes({ caption, column, rows, words, may, empty }: { caption: string; column: string; rows: readonly ScopeRow[]; words: SettingsWords; may: boolean; empty: Child }): Child {
	const columns = [{ title: column, main: true }, { title: words.inForce }, { title: words.set }, ...(may ? [{ title: words.change }] : [])];
	const cells = rows.map((row) => [
		<><Named>{row.name}</Named>{row.disabled ? <> <Badge>{words.disabled}</Badge></> : null}</>,
		<ModeBadge mode={row.inForce} words={words} />,
		<SetAt row={row} words={words} />,
		...(may ? [<ModeForm row={row} words={words} />] : []),
	]);
	return <Table caption={caption} columns={columns} rows={cells} empty={empty} />;
}

/** The modes of a workspace, its accounts and single contacts. */
export function settingsView(model: SettingsModel, words: SettingsWords, { reviewer }: DeskContext): Child {
	const may = mayAct(reviewer.role, 'admin');
	const { workspace } = model;
	return (
		<>
			<p class="intro">{words.intro}</p>
			<Card title={words.workspace} aside={<ModeBadge mode={workspace.inForce} words={words} />}>
				<p>{words.modeMeans[workspace.inForce]}</p>
				<p class="quiet">{words.set}: <SetAt row={workspace} words={words} /></p>
				{may ? <ModeForm row={workspace} words={words} /> : null}
				{may ? <ConfirmAuto readiness={model.readiness} words={words} /> : null}
				<dl class="means">{MODES.map((mode) => <div><dt><ModeBadge mode={mode} words={words} /></dt><dd>{words.modeMeans[mode]}</dd></div>)}</dl>
			</Card>
			<ReadinessCard readiness={model.readiness} words={words} />
			<Card title={words.accounts}>
				<Scopes caption={words.accounts} column={words.account} rows={model.accounts} words={words} may={may} empty={<Empty title={words.noAccounts}>{words.noAccountsHint}</Empty>} />
			</Card>
			<Card title={words.contacts}>
				<Scopes caption={words.contacts} column={words.contact} rows={model.contacts} words={words} may={may} empty={<Empty title={words.noContacts}>{may ? words.noContactsHint : null}</Empty>} />
				{model.cut ? <p class="quiet">{words.more(SCOPES_SHOWN)}</p> : null}
				{may ? (
					<Form action="setMode" of="contact" hidden={{ kind: 'contact' }} class="inline" label={words.contacts}>
						<Field name="id" label={words.contactField} required maxlength={320} autocomplete="off" />
						<Select name="mode" label={words.mode} value="assist" options={MODES.map((mode) => ({ value: mode, label: words.modes[mode] }))} />
						<Button>{words.save}</Button>
					</Form>
				) : null}
			</Card>
		</>
	);
}
