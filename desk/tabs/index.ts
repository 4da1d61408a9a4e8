import { contactsTab } from './contacts';
import { experimentsTab } from './experiments';
import { outboxTab } from './outbox';
import { pipelineTab } from './pipeline';
import { reviewTab } from './review';
import { sendTimesTab } from './sendTimes';
import { settingsTab } from './settings';
import { TAB_IDS, type Tab } from './tab';

/** The tabs of the desk: add yours here. */
const BUILT: readonly Tab[] = [
	reviewTab,
	outboxTab,
	contactsTab,
	experimentsTab,
	sendTimesTab,
	pipelineTab,
	settingsTab,
];

export const TABS: readonly Tab[] = TAB_IDS.flatMap((id) => BUILT.filter((tab) => tab.id === id));
