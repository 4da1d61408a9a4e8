/**
 * The engine outside n8n: the pure decisions, for measuring and for use in other programs. Importing this opens
 * nothing: no file, no connection, no timer.
 */
export { assignVariant, stableFraction } from './engine/experiment/assignVariant';
export { assignStage } from './engine/pipeline/assignStage';
export { blendLearned, fitLearnedScore } from './engine/classify/learnedScore';
export { calibrate, fitCalibrator } from './engine/draft/calibration';
export { certifyThreshold } from './engine/draft/certifyThreshold';
export { chooseSendTime } from './engine/sendTime/chooseSendTime';
export { conversionByBand } from './engine/classify/conversionByBand';
export { decideAllowance } from './engine/limit/decideAllowance';
export { decideRoute } from './engine/message/route';
export { detectLanguage } from './engine/message/language';
export { draftId } from './engine/message/spine';
export { editDistance } from './engine/draft/editDistance';
export { fallbackScore } from './engine/classify/fallbackScore';
export { fitLeadScore, scoreLead } from './engine/classify/leadScore';
export { fitSendTime } from './engine/sendTime/fitSendTime';
export { gateDraft } from './engine/gate/gateDraft';
export { judgeExperiment } from './engine/experiment/judgeExperiment';
export { leadFeatures } from './engine/classify/leadFeatures';
export { learnConfidence } from './engine/draft/learntConfidence';
export { readProviderEvents } from './engine/outcome/providerEvents';
export { readReply } from './engine/reply/readReply';
export { redactPii } from './engine/privacy/redactPii';
export { screenInbound } from './engine/gate/screenInbound';
export { verifierFor } from './engine/outcome/signatures/verifier';
