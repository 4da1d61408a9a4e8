import { quote, spanIn, type Check, type GateInput, type Severity } from '../check';
import type { GateIssue } from '../gate';
import { amountsIn } from '../statedAmounts';
import { datesIn, isKnownDate } from '../statedDates';
import { hostOf, linksIn, samePage } from '../statedLinks';

/** The last this many characters of what we may rely on are read. */
const SOURCE_LENGTH = 60_000;
const MOST_ISSUES = 10;

function sources({ facts, conversation, policy }: GateInput): string | undefined {
	if (facts === undefined && !conversation && !policy.known) return undefined;
	return [...(conversation ?? []).map((turn) => turn.text), ...(policy.known ?? []), ...(facts ?? [])].join('\n').slice(-SOURCE_LENGTH);
}

function allowedHost(link: string, domains: readonly string[]): boolean {
	const host = hostOf(link).replace(/^www\./, '');
	return domains.some((domain) => host === domain.toLowerCase() || host.endsWith(`.${domain.toLowerCase()}`));
}

/** The page of the contact's own company may be named. */
function ownDomain(email: string | undefined): string[] {
	const domain = email?.split('@')[1];
	return domain === undefined || domain === '' ? [] : [domain];
}

/** Prices, percentages, dates and links must come from the facts or the conversation. */
export function factsCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const amounts = amountsIn(input.whole).filter(({ unit }) => unit !== 'none');
		const dates = datesIn(input.whole).filter(({ start, end }) => !amounts.some((amount) => amount.start < end && start < amount.end));
		const links = linksIn(input.whole);
		if (amounts.length + dates.length + links.length === 0) return [];
		const source = sources(input);
		if (source === undefined) return 'skipped';
		const issues: GateIssue[] = [];
		const add = (kind: string, { start, end }: { start: number; end: number }) => {
			if (issues.length < MOST_ISSUES) issues.push({ check: 'facts', severity, reason: `The ${kind} '${quote(input, start, end)}' is neither in the facts nor in the conversation.`, ...spanIn(input, start, end) });
		};
		if (amounts.length > 0) {
			const known = amountsIn(source);
			const shares = new Set(known.filter(({ unit }) => unit === 'percent').map(({ value }) => value));
			const prices = new Set(known.filter(({ unit }) => unit !== 'percent').map(({ value }) => value));
			for (const amount of amounts) if (!(amount.unit === 'percent' ? shares : prices).has(amount.value)) add(amount.unit === 'percent' ? 'percentage' : 'price', amount);
		}
		if (dates.length > 0) {
			const known = datesIn(source);
			for (const date of dates) if (!isKnownDate(date, known)) add('date', date);
		}
		if (links.length > 0) {
			const known = new Set(linksIn(source).map(({ url }) => samePage(url)));
			const domains = [...(input.policy.allowedDomains ?? []), ...ownDomain(input.contact?.email)];
			for (const link of links) if (!known.has(samePage(link.url)) && !allowedHost(link.url, domains)) add('link', link);
		}
		return issues;
	};
}
