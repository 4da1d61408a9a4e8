import type { Readiness, ReadinessLine } from '../../../engine/report/readiness';
import { h, type Child, type Scope } from '../../html/element';
import { Badge, Button, Card, Form, Link, Table } from '../../parts';
import type { SettingsWords } from './en';
import { openLines, READINESS_DAYS } from './readiness';

const met = ({ lines }: Readiness): number => lines.filter((line) => line.met).length;

function Line({ line, words }: { line: ReadinessLine; words: SettingsWords }): Child {
	return <span class="condition"><span class={line.met ? 'mark good' : 'mark bad'} aria-hidden="true">{line.met ? '✓' : '✗'}</span> {words.readinessNames[line.key]}</span>;
}

/** What has to hold before messages leave without a person, with what was measured. */
export function ReadinessCard({ readiness, words }: { readiness: Readiness; words: SettingsWords }): Child {
	const rows = readiness.lines.map((line) => [
		<Line line={line} words={words} />,
		<Badge tone={line.met ? 'good' : 'warn'}>{line.met ? words.lineMet : words.lineOpen}</Badge>,
		<span lang="en">{line.measured}</span>,
		<span lang="en">{line.target}</span>,
		line.whatToDo ? <span>{words.whatToDo[line.key]}</span> : '',
	]);
	return (
		<Card title={words.readiness} aside={<Badge tone={readiness.ready ? 'good' : 'warn'}>{readiness.ready ? words.ready : words.notReadyYet(readiness.lines.length - met(readiness), readiness.lines.length)}</Badge>}>
			<p class="quiet">{words.readinessIntro(READINESS_DAYS)}</p>
			<Table caption={words.readiness} columns={[{ title: words.condition, main: true }, { title: words.state }, { title: words.measured }, { title: words.needed }, { title: words.todo }]} rows={rows} />
		</Card>
	);
}

/** Asked before a workspace that is not ready goes to auto: shown once the switch was refused. */
export function ConfirmAuto({ readiness, words }: { readiness: Readiness; words: SettingsWords }, { typed }: Scope): Child {
	if (typed?.action !== 'setMode' || typed.fields.confirmed === undefined || readiness.ready) return null;
	return (
		<section class="confirm" aria-label={words.confirmTitle}>
			<h3>{words.confirmTitle}</h3>
			<p>{words.confirmWhat}</p>
			<ul>{readiness.lines.filter((line) => !line.met).map((line) => <li><strong>{words.readinessNames[line.key]}</strong>: <span lang="en">{line.measured}</span>. {words.whatToDo[line.key]}</li>)}</ul>
			<Form action="setMode" of="workspace confirmed" hidden={{ kind: 'workspace', mode: 'auto', confirmed: openLines(readiness) }} class="inline" label={words.confirmTitle}>
				<Button kind="danger">{words.confirmAuto}</Button>
				<Link to={{}} class="button plain">{words.leaveMode}</Link>
			</Form>
		</section>
	);
}
