import { defineTab } from '../tab';
import { cancelSend } from './actions';
import { de } from './de';
import { en, type OutboxWords } from './en';
import { loadOutbox, type OutboxModel } from './load';
import { outboxView } from './view';

export const outboxTab = defineTab<OutboxModel, OutboxWords>({ id: 'outbox', words: { en, de }, load: loadOutbox, view: outboxView, actions: { cancelSend } });
