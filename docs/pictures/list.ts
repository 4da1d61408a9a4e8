/** The pictures of the documentation, in the order they are shown. */

export interface CanvasPicture {
	file: string;
	workflow: string;
	width: number;
	height: number;
	caption: string;
}

export const CANVASES: readonly CanvasPicture[] = [
	{ file: 'canvas-00-quick-start', workflow: '00', width: 1600, height: 500, caption: '00 · Quick start: a form, three nodes, a result. No key, no credential.' },
	{ file: 'canvas-01-intake-leads', workflow: '01', width: 1600, height: 800, caption: '01 · Intake of leads: webhook, form, CSV file, Google Sheet.' },
	{ file: 'canvas-02-intake-messages', workflow: '02', width: 1600, height: 1000, caption: '02 · Intake of messages: one trigger a channel.' },
	{ file: 'canvas-03-autopilot', workflow: '03', width: 2400, height: 760, caption: '03 · Autopilot: from a message to a planned or reviewed reply.' },
	{ file: 'canvas-04-dispatch', workflow: '04', width: 1800, height: 860, caption: '04 · Dispatch: what is due is sent once.' },
	{ file: 'canvas-05-review-desk', workflow: '05', width: 1800, height: 620, caption: '05 · Review desk: the team’s pages, who is told of changes, invitations.' },
	{ file: 'canvas-06-outcomes', workflow: '06', width: 1800, height: 900, caption: '06 · Outcomes: signed reports of other systems, tied to what was sent.' },
	{ file: 'canvas-07-weekly-training', workflow: '07', width: 2600, height: 1000, caption: '07 · Weekly training: enough to learn from, a new version, a first share of contacts, and what becomes of it.' },
	{ file: 'canvas-08-conversation-sync', workflow: '08', width: 2000, height: 760, caption: '08 · Conversation sync: old conversations read within the limits of Meta, contacts classified and placed, watched and stopped from the desk.' },
	{ file: 'canvas-09-housekeeping', workflow: '09', width: 2000, height: 1100, caption: '09 · Housekeeping: leases, reviews waiting too long, failed runs, retention, executions that still hold somebody erased.' },
	{ file: 'canvas-10-follow-up-sequence', workflow: '10', width: 2600, height: 1000, caption: '10 · Follow-up sequence: e-mail, text message, WhatsApp, until the contact answers.' },
	{ file: 'canvas-11-shadow-replay', workflow: '11', width: 1800, height: 760, caption: '11 · Shadow replay: past conversations through the settings, nothing sent.' },
	{ file: 'canvas-12-weekly-report', workflow: '12', width: 1800, height: 620, caption: '12 · Weekly report: a letter of what was sent, answered and won.' },
];

export interface PanelPicture {
	file: string;
	node: string;
	caption: string;
	/** Label of the field to scroll to. */
	scrollTo?: string;
}

/** Each decision after Execute step: the parameters in the middle, the end of the output on the right. */
export const DECISIONS: readonly PanelPicture[] = [
	{ file: 'run-record-lead', node: 'Record Lead', caption: 'Lead Autopilot, Message → Record, after a plain row.' },
	{ file: 'run-classify-lead', node: 'Classify Lead', caption: 'Classify Lead.' },
	{ file: 'run-stage-assign', node: 'Stage Assign', caption: 'Stage Assign.' },
	{ file: 'run-ab-variant', node: 'A/B Variant', caption: 'A/B Variant.' },
	{ file: 'run-generate-with-confidence', node: 'Generate With Confidence', caption: 'Generate With Confidence.' },
	{ file: 'run-quality-gate', node: 'Quality Gate', caption: 'Quality Gate.' },
	{ file: 'run-best-send-time', node: 'Best Send Time', caption: 'Best Send Time.' },
	{ file: 'run-rate-limit', node: 'Rate Limit', caption: 'Rate Limit.' },
	{ file: 'run-outcome-track', node: 'Outcome Track', caption: 'Outcome Track.' },
];

/** More fields of the decision nodes. */
export const DECISION_FIELDS: readonly PanelPicture[] = [
	{ file: 'panel-classify-lead-more', node: 'Classify Lead', scrollTo: 'Reuse Earlier Answers', caption: 'Classify Lead, further down.' },
	{ file: 'panel-generate-more', node: 'Generate With Confidence', scrollTo: 'Tone', caption: 'Generate With Confidence: style, facts and template.' },
	{ file: 'panel-generate-threshold', node: 'Generate With Confidence', scrollTo: 'Audit Share', caption: 'Generate With Confidence: what leaves by itself.' },
];

export const OPERATIONS: readonly PanelPicture[] = [
	{ file: 'panel-message-record', node: 'Record Message', scrollTo: 'Options', caption: 'Lead Autopilot: Message → Record, further down.' },
	{ file: 'panel-message-payload', node: 'Record Provider Payload', caption: 'Lead Autopilot: Message → Record Provider Payload.' },
	{ file: 'panel-contact-upsert', node: 'Create or Update Contact', caption: 'Lead Autopilot: Contact → Create or Update.' },
	{ file: 'panel-contact-opt-out', node: 'Opt Out', caption: 'Lead Autopilot: Contact → Opt Out.' },
	{ file: 'panel-contact-take-over', node: 'Take Over', caption: 'Lead Autopilot: Contact → Take Over.' },
	{ file: 'panel-contact-correct', node: 'Correct', scrollTo: 'Corrections', caption: 'Lead Autopilot: Contact → Correct, a label the score learns from.' },
	{ file: 'panel-certified-draft', node: 'Certified Draft', scrollTo: 'Accepted Error Share', caption: 'Generate With Confidence: a threshold certified for an error share.' },
	{ file: 'panel-learnt-time', node: 'Learnt Time', scrollTo: 'Learn From History', caption: 'Best Send Time: learnt hours, exploration, holidays.' },
	{ file: 'panel-outreach-email', node: 'Outreach Email', caption: 'Outreach Email: a mail that threads and can be left with one click.' },
	{ file: 'panel-report-deliverability', node: 'Deliverability', caption: 'Lead Autopilot: Report → Deliverability.' },
	{ file: 'panel-report-past', node: 'Past Conversations', caption: 'Lead Autopilot: Report → Past Conversations.' },
	{ file: 'panel-settings-set', node: 'Set Settings', caption: 'Lead Autopilot: Setting → Set.' },
	{ file: 'panel-settings-pipeline', node: 'Save Pipeline', caption: 'Lead Autopilot: Setting → Save Pipeline.' },
	{ file: 'panel-outbox-schedule', node: 'Schedule', caption: 'Outbox: Schedule.' },
	{ file: 'panel-outbox-review', node: 'Send to Review', caption: 'Outbox: Send to Review, with a text of one’s own.' },
	{ file: 'panel-outbox-no-reply', node: 'No Reply', caption: 'Outbox: No Reply.' },
	{ file: 'panel-outbox-claim-due', node: 'Claim Due', caption: 'Outbox: Claim Due.' },
	{ file: 'panel-outbox-list', node: 'List', caption: 'Outbox: List.' },
	{ file: 'panel-outbox-cancel', node: 'Cancel', caption: 'Outbox: Cancel.' },
	{ file: 'panel-experiment-create', node: 'Create Experiment', caption: 'A/B Variant: Create.' },
	{ file: 'panel-experiment-report', node: 'Report', caption: 'A/B Variant: Report.' },
	{ file: 'panel-gate-inbound', node: 'Check Inbound', caption: 'Quality Gate: what a lead wrote.' },
	{ file: 'panel-limit-rules', node: 'Own Rules', scrollTo: 'Purpose', caption: 'Rate Limit: rule sets, limits and own rules.' },
	{ file: 'panel-stages-inline', node: 'Stages Here', caption: 'Stage Assign: stages written into the node.' },
	{ file: 'panel-outcome-payload', node: 'Record Status', caption: 'Outcome Track: Record Provider Payload.' },
	{ file: 'panel-outcome-sent', node: 'Record Sent', caption: 'Outcome Track: Record Sent.' },
];

/** Operations run by hand, with what comes out. */
export const RUN_OPERATIONS: readonly PanelPicture[] = [
	{ file: 'run-knowledge-add', node: 'Add Knowledge', caption: 'Lead Autopilot: Knowledge → Add.' },
	{ file: 'run-knowledge-search', node: 'Search Knowledge', caption: 'Lead Autopilot: Knowledge → Search.' },
	{ file: 'run-knowledge-list', node: 'List Knowledge', caption: 'Lead Autopilot: Knowledge → List.' },
	{ file: 'run-report-bands', node: 'Conversion by Band', caption: 'Lead Autopilot: Report → Conversion by Band.' },
	{ file: 'run-report-shadow', node: 'Shadow Mode', caption: 'Lead Autopilot: Report → Shadow Mode.' },
	{ file: 'run-experiment-create', node: 'Create Experiment', caption: 'A/B Variant: Create, run.' },
	{ file: 'run-experiment-report', node: 'Report', caption: 'A/B Variant: Report, run.' },
	{ file: 'run-learnt-time', node: 'Learnt Time', caption: 'Best Send Time, run.' },
];

/** Panels of shipped workflows that need no input. */
export const SHIPPED_PANELS: readonly (PanelPicture & { workflow: string })[] = [
	{ file: 'panel-trigger-conversation', workflow: '03', node: 'Conversation Ready', caption: 'Autopilot Trigger: Conversation Ready.' },
	{ file: 'panel-trigger-send-due', workflow: '04', node: 'Send Due', caption: 'Autopilot Trigger: Send Due.' },
	{ file: 'panel-outbox-begin-send', workflow: '04', node: 'Begin Send', caption: 'Outbox: Begin Send.' },
	{ file: 'panel-outbox-mark-sent', workflow: '04', node: 'Mark Sent', caption: 'Outbox: Mark Sent.' },
	{ file: 'panel-outbox-mark-failed', workflow: '04', node: 'Mark Failed', caption: 'Outbox: Mark Failed.' },
	{ file: 'panel-trainer-readiness', workflow: '07', node: 'Check Readiness', caption: 'Model Trainer: Check Readiness.' },
	{ file: 'panel-trainer-export', workflow: '07', node: 'Export Training Set', caption: 'Model Trainer: Export Training Set.' },
	{ file: 'panel-trainer-start', workflow: '07', node: 'Start Training', caption: 'Model Trainer: Start Training.' },
	{ file: 'panel-trainer-deploy', workflow: '07', node: 'Deploy to Some', caption: 'Model Trainer: Deploy.' },
	{ file: 'panel-trainer-compare', workflow: '07', node: 'Compare', caption: 'Model Trainer: Compare.' },
	{ file: 'panel-sync-read', workflow: '08', node: 'Read Conversations', caption: 'Lead Autopilot: Sync → Read Conversations.' },
	{ file: 'panel-trigger-follow-up', workflow: '10', node: 'Follow-Up Due', caption: 'Autopilot Trigger: Follow-Up Due.' },
	{ file: 'panel-sequence-save', workflow: '10', node: 'Save Sequence', caption: 'Lead Autopilot: Sequence → Save.' },
	{ file: 'panel-privacy-retention', workflow: '09', node: 'Apply Retention', caption: 'Lead Autopilot: Privacy → Apply Retention.' },
];

export const DARK: readonly PanelPicture[] = [
	{ file: 'dark-classify-lead', node: 'Classify Lead', caption: 'Classify Lead in the dark theme.' },
	{ file: 'dark-quality-gate', node: 'Quality Gate', caption: 'Quality Gate in the dark theme.' },
];
