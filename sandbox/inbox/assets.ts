/** The page's style: light and dark, one column on a phone, two on a wide screen. */
export const STYLE = `
:root { color-scheme: light dark; --ground: #f4f5f7; --card: #fff; --ink: #1c2430; --quiet: #5b6675; --line: #dfe3e8; --ours: #e4eefc; --theirs: #f0f1f4; --person: #fdf1dc; --accent: #1f5fbf; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ground: #14181d; --card: #1d232a; --ink: #e6e9ee; --quiet: #9aa6b4; --line: #323a44; --ours: #1f3553; --theirs: #2a313a; --person: #43371f; --accent: #7fb0ff; --bad: #ff8a80; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; }
.top { display: flex; flex-wrap: wrap; gap: .75rem 2rem; align-items: center; justify-content: space-between; padding: 1rem max(1rem, calc((100vw - 76rem) / 2)); background: var(--card); border-bottom: 1px solid var(--line); }
h1 { margin: 0; font-size: 1.25rem; }
.top p { margin: 0; color: var(--quiet); font-size: .875rem; }
nav { display: flex; flex-wrap: wrap; gap: .375rem; }
nav button { border: 1px solid var(--line); background: none; color: inherit; border-radius: 2rem; padding: .25rem .875rem; font: inherit; font-size: .875rem; cursor: pointer; }
nav button[aria-pressed=true] { background: var(--ink); color: var(--card); border-color: var(--ink); }
main { max-width: 78rem; margin: 0 auto; padding: 1rem; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(min(30rem, 100%), 1fr)); align-items: start; }
.conversation { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; min-width: 0; }
.conversation > header { display: flex; flex-wrap: wrap; gap: .25rem .625rem; align-items: baseline; }
h2 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.person { color: var(--quiet); font-size: .875rem; overflow-wrap: anywhere; }
.channel { font-size: .75rem; font-weight: 600; border-radius: .25rem; padding: .125rem .5rem; color: #fff; background: #4a5563; }
.channel.whatsapp { background: #17784a; } .channel.messenger { background: #1565c0; } .channel.instagram { background: #a8326e; } .channel.sms { background: #6a4bb0; } .channel.email { background: #8a5100; }
ol { list-style: none; margin: .75rem 0; padding: 0; display: grid; gap: .625rem; max-height: 28rem; overflow-y: auto; }
.message { display: grid; justify-items: start; min-width: 0; }
.bubble { background: var(--theirs); border-radius: .75rem; padding: .5rem .75rem; max-width: 90%; min-width: 0; }
.bubble p { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.bubble .subject { font-weight: 600; margin-bottom: .25rem; }
.bubble summary { cursor: pointer; overflow-wrap: anywhere; }
.toLead, .fromPerson { justify-items: end; }
.toLead .bubble { background: var(--ours); } .fromPerson .bubble { background: var(--person); }
.about { color: var(--quiet); font-size: .75rem; margin-top: .125rem; display: flex; flex-wrap: wrap; gap: 0 .5rem; max-width: 100%; }
.toLead .about, .fromPerson .about { justify-content: flex-end; }
.writer { font-weight: 600; }
.reference { max-width: 14rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; font-family: ui-monospace, monospace; }
.state.failed { color: var(--bad); font-weight: 600; }
.empty-text { color: var(--quiet); font-style: italic; }
.answer label { font-size: .8125rem; color: var(--quiet); }
.row { display: flex; gap: .5rem; align-items: flex-end; }
textarea { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; resize: vertical; }
.answer button { font: inherit; font-size: .9375rem; white-space: nowrap; border: 0; border-radius: .5rem; padding: .4375rem .875rem; background: var(--accent); color: var(--card); cursor: pointer; }
.answer button:disabled { opacity: .5; cursor: progress; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.nothing, .problem { max-width: 78rem; margin: 1rem auto; padding: 1rem; }
.nothing { color: var(--quiet); grid-column: 1 / -1; }
.problem { color: var(--bad); background: var(--card); border: 1px solid var(--bad); border-radius: .5rem; }
.hidden { display: none; }
@media (max-width: 30rem) { .row { flex-direction: column; align-items: stretch; } .answer button { align-self: flex-end; } textarea { flex: none; } }
`;

/** Keeps the list up to date without losing what somebody is typing, filters by channel, and sends answers. */
export const BEHAVIOUR = `
const list = document.getElementById('conversations');
const problem = document.getElementById('problem');
const count = document.getElementById('count');
let filter = '';
const applyFilter = () => {
	for (const item of list.querySelectorAll('.conversation')) item.classList.toggle('hidden', filter !== '' && item.dataset.channel !== filter);
};
const scrollDown = (root) => { for (const item of root.querySelectorAll('ol')) item.scrollTop = item.scrollHeight; };
const say = (text) => { problem.textContent = text; problem.hidden = text === ''; };
const refresh = async () => {
	const answer = await fetch('/conversations');
	if (!answer.ok) return;
	count.textContent = answer.headers.get('x-sent') || '0';
	const typed = {};
	for (const area of list.querySelectorAll('textarea')) if (area.value) typed[area.id] = area.value;
	const open = [...list.querySelectorAll('details[open]')].map((item) => item.textContent);
	const focused = document.activeElement && document.activeElement.id;
	const at = document.activeElement && document.activeElement.selectionStart;
	list.innerHTML = await answer.text();
	for (const id of Object.keys(typed)) { const area = document.getElementById(id); if (area) area.value = typed[id]; }
	for (const item of list.querySelectorAll('details')) if (open.includes(item.textContent)) item.open = true;
	const area = focused && document.getElementById(focused);
	if (area && area.tagName === 'TEXTAREA') { area.focus(); area.setSelectionRange(at, at); }
	applyFilter();
	scrollDown(list);
};
let waiting;
const soon = () => { clearTimeout(waiting); waiting = setTimeout(refresh, 150); };
const events = new EventSource('/events');
events.onmessage = soon;
events.onopen = () => { say(''); soon(); };
events.onerror = () => say('The sandbox does not answer. The page goes on by itself when it is back.');
document.querySelector('nav').addEventListener('click', (event) => {
	const button = event.target.closest('button');
	if (!button) return;
	filter = button.dataset.filter;
	for (const other of document.querySelectorAll('nav button')) other.setAttribute('aria-pressed', String(other === button));
	applyFilter();
});
list.addEventListener('submit', async (event) => {
	event.preventDefault();
	const form = event.target;
	const button = form.querySelector('button');
	button.disabled = true;
	try {
		const answer = await fetch('/reply', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(new FormData(form))) });
		const result = await answer.json();
		say(answer.ok ? '' : result.error);
		if (answer.ok) form.querySelector('textarea').value = '';
		soon();
	} catch {
		say('The answer did not get through. Try again.');
	} finally {
		button.disabled = false;
	}
});
list.addEventListener('keydown', (event) => {
	if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.target.form && event.target.form.requestSubmit();
});
scrollDown(list);
`;
