// Comforts only: every page works without this script.
'use strict';
(() => {
	/** A page younger than this has not been read: keys pressed by then were meant for the one before. */
	const SETTLED_MS = 500;
	const typing = (target) => target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

	for (const hidden of document.querySelectorAll('[data-without-script]')) hidden.hidden = true;
	for (const shown of document.querySelectorAll('[data-with-script]')) shown.hidden = false;
	document.addEventListener('change', ({ target }) => {
		if (target instanceof HTMLSelectElement && target.hasAttribute('data-submit')) target.form?.requestSubmit();
	});

	// A second click while the first is on its way would decide twice; the server would refuse it, the reader would wonder.
	document.addEventListener('submit', (event) => {
		const { target } = event;
		if (!(target instanceof HTMLFormElement) || target.method !== 'post' || target.hasAttribute('data-download')) return;
		if (target.dataset.sent !== undefined) event.preventDefault();
		target.dataset.sent = '';
	});
	// A page that comes back from the browser's memory may be sent again.
	window.addEventListener('pageshow', () => {
		for (const form of document.forms) delete form.dataset.sent;
	});

	// An open sheet closes with Escape, and gives the focus back.
	const closeSheets = (except) => {
		for (const sheet of document.querySelectorAll('.top details[open]')) if (sheet !== except) sheet.open = false;
	};
	document.addEventListener('click', ({ target }) => {
		closeSheets(target instanceof Element ? target.closest('details') : null);
	});

	// What was unfolded is to be filled in.
	document.addEventListener('toggle', ({ target }) => {
		if (target instanceof HTMLDetailsElement && target.open && target.classList.contains('unfold') && target.contains(document.activeElement)) target.querySelector('textarea, select, input:not([type=hidden])')?.focus();
	}, true);

	document.addEventListener('keydown', (event) => {
		if (event.key === 'Escape') {
			const open = document.querySelector('.top details[open]');
			if (open) {
				open.open = false;
				open.querySelector('summary')?.focus();
			}
			return;
		}
		// A key held down would decide on one draft after the other; one pressed twice, on a draft nobody has read.
		if (event.repeat || performance.now() < SETTLED_MS) return;
		if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
		const items = [...document.querySelectorAll('[data-item]')];
		const step = { j: 1, k: -1 }[event.key];
		if (step !== undefined && items.length > 0) {
			const at = items.findIndex((item) => item === document.activeElement || item.contains(document.activeElement));
			items[at < 0 ? (step > 0 ? 0 : items.length - 1) : Math.min(Math.max(at + step, 0), items.length - 1)].focus();
			event.preventDefault();
			return;
		}
		for (const button of document.querySelectorAll('[data-key]')) {
			if (button.dataset.key === event.key && !button.disabled) {
				event.preventDefault();
				button.focus();
				button.click();
				return;
			}
		}
	});
})();
