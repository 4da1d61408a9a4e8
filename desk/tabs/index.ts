import { contactsTab } from './contacts';
import { outboxTab } from './outbox';
import { settingsTab } from './settings';
import { TAB_IDS, type Tab } from './tab';

/** The tabs of the desk: add yours here. */
const BUILT: readonly Tab[] = [
	outboxTab,
	contactsTab,
	settingsTab,
];

export const TABS: readonly Tab[] = TAB_IDS.flatMap((id) => BUILT.filter((tab) => tab.id === id));
