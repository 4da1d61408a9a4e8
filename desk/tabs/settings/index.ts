import { defineTab } from '../tab';
import { setMode } from './actions';
import { de } from './de';
import { en, type SettingsWords } from './en';
import { loadSettings, type SettingsModel } from './load';
import { settingsView } from './view';

export const settingsTab = defineTab<SettingsModel, SettingsWords>({ id: 'settings', words: { en, de }, load: loadSettings, view: settingsView, actions: { setMode } });
