import { healthTab } from './health';
import { settingsTab } from './settings';
import { TAB_IDS, type Tab } from './tab';

/** The tabs of the desk: add yours here. */
const BUILT: readonly Tab[] = [
	healthTab,
	settingsTab,
];

export const TABS: readonly Tab[] = TAB_IDS.flatMap((id) => BUILT.filter((tab) => tab.id === id));
