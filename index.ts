/**
 * The engine outside n8n: the pure decisions, for measuring and for use in other programs. Importing this opens
 * nothing: no file, no connection, no timer.
 */
export { assignVariant, stableFraction } from './engine/experiment/assignVariant';
export { assignStage } from './engine/pipeline/assignStage';
export { calibrate, fitCalibrator } from './engine/draft/calibration';
export { certifyThreshold } from './engine/draft/certifyThreshold';
export { chooseSendTime } from './engine/sendTime/chooseSendTime';
export { decideAllowance } from './engine/limit/decideAllowance';
export { decideRoute } from './engine/message/route';
export { detectLanguage } from './engine/message/language';
export { draftId } from './engine/message/spine';
export { fallbackScore } from './engine/classify/fallbackScore';
export { fitLeadScore, scoreLead } from './engine/classify/leadScore';
export { fitSendTime } from './engine/sendTime/fitSendTime';
export { gateDraft } from './engine/gate/gateDraft';
export { judgeExperiment } from './engine/experiment/judgeExperiment';
export { readProviderEvents } from './engine/outcome/providerEvents';
export { readReply } from './engine/reply/readReply';
export { redactPii } from './engine/privacy/redactPii';
export { screenInbound } from './engine/gate/screenInbound';
