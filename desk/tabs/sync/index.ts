import { defineTab } from '../tab';
import { cancelRun, startAgain, startSync } from './actions';
import { de } from './de';
import { en, type SyncWords } from './en';
import { loadSync, type SyncModel } from './load';
import { syncView } from './view';

export const syncTab = defineTab<SyncModel, SyncWords>({ id: 'sync', words: { en, de }, load: loadSync, view: syncView, actions: { startSync, startAgain, cancelRun } });
