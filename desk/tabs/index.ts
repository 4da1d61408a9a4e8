import { contactsTab } from './contacts';
import { experimentsTab } from './experiments';
import { healthTab } from './health';
import { modelsTab } from './models';
import { outboxTab } from './outbox';
import { pipelineTab } from './pipeline';
import { reviewTab } from './review';
import { sendTimesTab } from './sendTimes';
import { settingsTab } from './settings';
import { syncTab } from './sync';
import { TAB_IDS, type Tab } from './tab';

/** The tabs of the desk: add yours here. */
const BUILT: readonly Tab[] = [
	reviewTab,
	outboxTab,
	contactsTab,
	experimentsTab,
	sendTimesTab,
	pipelineTab,
	modelsTab,
	syncTab,
	healthTab,
	settingsTab,
];

export const TABS: readonly Tab[] = TAB_IDS.flatMap((id) => BUILT.filter((tab) => tab.id === id));
