import { defineTab } from '../tab';
import { resumeSender } from './actions';
import { de } from './de';
import { en, type HealthWords } from './en';
import { loadHealth, type HealthModel } from './load';
import { healthView } from './view';

export const healthTab = defineTab<HealthModel, HealthWords>({ id: 'health', words: { en, de }, load: loadHealth, view: healthView, actions: { resumeSender } });
