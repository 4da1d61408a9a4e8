import { healthTab } from './health';
import { modelsTab } from './models';
import { settingsTab } from './settings';
import { syncTab } from './sync';
import { TAB_IDS, type Tab } from './tab';

/** The tabs of the desk: add yours here. */
const BUILT: readonly Tab[] = [
	modelsTab,
	syncTab,
	healthTab,
	settingsTab,
];

export const TABS: readonly Tab[] = TAB_IDS.flatMap((id) => BUILT.filter((tab) => tab.id === id));
