import { escapeHtml } from '../mail/escapeHtml';
import type { ExperimentFigure } from './experiments';
import type { Figure } from './figure';
import type { Health } from './health';
import type { OutboxFigures } from './outbox';
import { datesOf, type Period } from './period';

/** What a client reads first, by the keys of the figures. What models cost is the agency's own matter. */
const LEADING: readonly string[] = ['sent', 'firstResponseMinutes', 'replyRate', 'meetingRate', 'dealRate', 'acceptedShare', 'failedRate', 'complaintRate', 'optOutRate', 'overdueReviews'];
/** Reasons beyond these are too rare to tell. */
const MOST_REASONS = 5;

export interface WeekLetterInput {
	/** Whose figures these are: the company of the settings, else the workspace. */
	client: string;
	period: Period;
	health: Health;
	outbox: OutboxFigures;
	experiments: readonly ExperimentFigure[];
}

/** A mail ready to be sent: both parts say the same. Nothing of the data can become markup. */
export interface WeekLetter {
	subject: string;
	text: string;
	html: string;
	sentence: string;
}

interface Section {
	heading: string;
	lines: string[];
}

const leading = ({ figures }: Health): Figure[] => LEADING.flatMap((key) => figures.find((figure) => figure.key === key) ?? []);

function channelLines({ days }: Health): string[] {
	const channels = Map.groupBy(days, ({ channel }) => channel);
	return [...channels].map(([channel, own]) => {
		const sum = (what: 'sent' | 'failed' | 'limited' | 'blocked' | 'reviewed'): number => own.reduce((total, day) => total + day[what], 0);
		return `${channel}: ${sum('sent')} sent, ${sum('reviewed')} reviewed, ${sum('blocked')} blocked, ${sum('limited')} limited, ${sum('failed')} failed.`;
	});
}

function sectionsOf({ health, outbox, experiments }: WeekLetterInput): Section[] {
	return [
		{ heading: 'At a glance', lines: leading(health).map(({ sentence }) => sentence) },
		{ heading: 'By channel', lines: channelLines(health) },
		{ heading: 'From new contact to deal', lines: health.funnel.map(({ sentence }) => sentence) },
		{ heading: 'Revenue', lines: health.revenue.map(({ sentence }) => sentence) },
		{ heading: 'Experiments', lines: experiments.filter(({ status }) => status === 'running').map(({ name, sentence }) => `${name}: ${sentence}`) },
		{ heading: 'Not sent, and why', lines: outbox.notSent.slice(0, MOST_REASONS).map(({ sentence }) => sentence) },
		{ heading: 'Planned', lines: [outbox.sentence] },
	].filter(({ lines }) => lines.length > 0);
}

/** One line: a break in a name would end the subject's header. */
function oneLine(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

/** The week of a client as a mail, in plain text and HTML. */
export function weekLetter(input: WeekLetterInput): WeekLetter {
	const dates = datesOf(input.period);
	const [first, last] = [dates[0], dates[dates.length - 1]];
	const client = oneLine(input.client);
	const title = `${client}: ${first} to ${last}`;
	const note = `Days in the time zone ${input.period.zone}. Intervals hold with 95 % certainty; a share that is too few to tell is neither good nor bad yet.`;
	const sections = sectionsOf(input);
	const text = [title, ...sections.map(({ heading, lines }) => `${heading.toUpperCase()}\n${lines.map((line) => `- ${oneLine(line)}`).join('\n')}`), note].join('\n\n');
	const html = [
		'<!doctype html><html lang="en"><body style="font-family:sans-serif;max-width:44em;line-height:1.5">',
		`<h1 style="font-size:1.3em">${escapeHtml(title)}</h1>`,
		...sections.map(({ heading, lines }) => `<h2 style="font-size:1.1em">${escapeHtml(heading)}</h2>\n<ul>\n${lines.map((line) => `<li>${escapeHtml(oneLine(line))}</li>`).join('\n')}\n</ul>`),
		`<p style="color:#555">${escapeHtml(note)}</p>`,
		'</body></html>',
	].join('\n');
	return { subject: `Your week: ${title}`, text, html, sentence: `The week of ${title}, ${sections.length} sections.` };
}
