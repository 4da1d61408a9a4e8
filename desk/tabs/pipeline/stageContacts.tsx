import { Fragment, h, type Child } from '../../html/element';
import { Button, Card, Empty, Form, Link, Named, Select, Sentence, Table, When } from '../../parts';
import { formatNumber } from '../../parts/figures';
import type { Language } from '../../shell/language';
import type { PipelineWords } from './en';
import type { OpenStage, StandingContact } from './load';
import { placeValue, type Place } from './places';

interface Props {
	stage: OpenStage;
	places: readonly Place[];
	words: PipelineWords;
	language: Language;
	period: string;
	may: boolean;
}

function Move({ contact, stage, places, words }: Pick<Props, 'stage' | 'places' | 'words'> & { contact: StandingContact }): Child {
	const here = placeValue(stage.pipelineId, stage.stageId);
	const several = new Set(places.map(({ pipeline }) => pipeline.id)).size > 1;
	const options = places.map(({ pipeline, stage: to }) => ({ value: placeValue(pipeline.id, to.id), label: several ? `${pipeline.name} · ${to.name}` : to.name }));
	return (
		<Form action="move" of={contact.id} hidden={{ contact: contact.id, from: here }} class="inline move" label={words.moveContact(contact.called)}>
			<Select name="to" label={words.move} hideLabel value={here} options={options} />
			<Button>{words.save}</Button>
		</Form>
	);
}

/** Who stands in the stage, why, and where a person may put them. */
export function StageContacts({ stage, places, words, language, period, may }: Props): Child {
	const here = { pipeline: stage.pipelineId, stage: stage.stageId, period };
	const columns = [{ title: words.contact, main: true }, { title: words.score, numeric: true }, { title: words.since }, { title: words.why }, ...(may ? [{ title: words.move }] : [])];
	const rows = stage.contacts.map((contact) => [
		<><Link to={{ tab: 'contacts', contact: contact.id }} item><Named>{contact.called}</Named></Link>{contact.company === undefined ? null : <> <span class="quiet"><Named>{contact.company}</Named></span></>}</>,
		contact.score === undefined ? '–' : formatNumber(contact.score, language),
		contact.since === undefined ? '–' : <When at={contact.since} dateOnly />,
		<Sentence>{contact.why}</Sentence>,
		...(may ? [<Move contact={contact} stage={stage} places={places} words={words} />] : []),
	]);
	return (
		<Card title={words.inStage(stage.stage, stage.pipeline)} aside={<Link to={{ period }}>{words.close}</Link>}>
			<Table caption={words.inStage(stage.stage, stage.pipeline)} columns={columns} rows={rows} empty={<Empty title={words.nobody}>{words.nobodyHint}</Empty>} />
			{stage.contacts.length === 0 ? null : <p class="hint">{words.order}{may ? ` ${words.moveHint}` : ''}</p>}
			{stage.after === undefined && stage.next === undefined ? null : (
				<p class="pager">
					{stage.after === undefined ? null : <Link to={here} class="button plain">{words.first}</Link>}
					{stage.next === undefined ? null : <Link to={{ ...here, after: stage.next }} class="button plain">{words.next}</Link>}
				</p>
			)}
		</Card>
	);
}
