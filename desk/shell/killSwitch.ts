import type { Role } from '../access/reviewer';
import type { FormValues } from '../http/form';
import type { ActionResult, DeskContext } from '../tabs/tab';
import type { ShellWords } from './en';

export interface ShellAction {
	role: Role;
	run(context: DeskContext, form: FormValues, words: ShellWords): Promise<ActionResult>;
}

const REASON_LIMIT = 500;

/** What the frame of every page does: the kill switch of the workspace. */
export const shellActions: Readonly<Record<string, ShellAction>> = {
	killSwitchOn: {
		role: 'admin',
		async run({ store, workspace, reviewer }, form, { kill }) {
			const reason = (form.get('reason') ?? '').trim();
			if (reason === '' || reason.length > REASON_LIMIT) return { refused: kill.reasonMissing, fields: { reason: kill.reasonMissing } };
			await store.settings.set(workspace, { kind: 'workspace' }, { killSwitch: true, killSwitchReason: reason }, reviewer.email);
			const sentence = `${reviewer.email} switched the kill switch of workspace '${workspace}' on: ${reason}`;
			return { notice: kill.stopped, decided: [{ kind: 'kill_switch_on', workspace, facts: { reason }, sentence }] };
		},
	},
	killSwitchOff: {
		role: 'admin',
		async run({ store, workspace, reviewer }, _form, { kill }) {
			await store.settings.set(workspace, { kind: 'workspace' }, { killSwitch: false, killSwitchReason: undefined }, reviewer.email);
			return { notice: kill.goesOn, decided: [{ kind: 'kill_switch_off', workspace, facts: {}, sentence: `${reviewer.email} switched the kill switch of workspace '${workspace}' off.` }] };
		},
	},
};
