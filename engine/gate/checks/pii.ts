import { findPersonalData } from '../../privacy/personalData';
import { spanIn, type Check, type GateInput, type Severity } from '../check';
import type { GateIssue } from '../gate';

const SECRETS: readonly { what: string; pattern: RegExp }[] = [
	{ what: 'an API key', pattern: /(?<![\w-])(?:sk-(?:ant-|proj-)?[\w-]{16,200}|AKIA[0-9A-Z]{16}|gh[pousr]_\w{20,80}|github_pat_\w{20,100}|xox[abprs]-[\w-]{10,100}|AIza[\w-]{30,45}|SG\.[\w-]{16,32}\.[\w-]{16,64}|EAA[A-Za-z0-9]{40,250}|[rs]k_live_\w{16,60})/ },
	{ what: 'a private key', pattern: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----/ },
	{ what: 'a token', pattern: /(?<![\w-])eyJ[\w-]{10,400}\.eyJ[\w-]{10,400}\.[\w-]{5,400}/ },
	{ what: 'a password', pattern: /(?<!\p{L})(?:password|passwort|kennwort|contraseña|mot de passe|senha|wachtwoord|hasło|parola|şifre|passwd|pwd)(?: (?:is|lautet|ist|es|est|è|é))? ?[:=] ?[^\s,;]{4,80}/iu },
	{ what: 'a login in a link', pattern: /:\/\/[^\s/:@]{1,60}:[^\s/:@]{1,60}@/ },
];

const NAMES = { iban: 'a bank account number', card: 'a payment card number' } as const;

function known({ facts, policy }: GateInput): string {
	return [...(facts ?? []), ...(policy.known ?? [])].join('\n').replace(/[\s.-]/g, '').toUpperCase();
}

/** Payment cards (Luhn), bank accounts (IBAN checksum) that are not in the facts, keys, passwords. The reason never repeats them. */
export function piiCheck({ severity }: { severity: Severity }): Check {
	return (input) => {
		const issues: GateIssue[] = [];
		for (const { type, start, end } of findPersonalData(input.whole, { types: ['iban', 'card'] })) {
			const plain = input.whole.slice(start, end).replace(/[\s.-]/g, '').toUpperCase();
			if (type === 'iban' && known(input).includes(plain)) continue;
			if ((type === 'iban' || type === 'card') && issues.length < 10) issues.push({ check: 'pii', severity, reason: `The text holds ${NAMES[type]}.`, ...spanIn(input, start, end) });
		}
		for (const { what, pattern } of SECRETS) {
			const match = pattern.exec(input.whole);
			if (match) issues.push({ check: 'pii', severity, reason: `The text holds ${what}.`, ...spanIn(input, match.index, match.index + match[0].length) });
		}
		return issues;
	};
}
