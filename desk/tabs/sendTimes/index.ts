import { defineTab } from '../tab';
import { de } from './de';
import { en, type SendTimesWords } from './en';
import { loadSendTimes, type SendTimesModel } from './load';
import { sendTimesView } from './view';

export const sendTimesTab = defineTab<SendTimesModel, SendTimesWords>({ id: 'sendTimes', words: { en, de }, load: loadSendTimes, view: sendTimesView, actions: {} });
