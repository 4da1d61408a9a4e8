import { defineTab } from '../tab';
import { de } from './de';
import { en, type ModelsWords } from './en';
import { loadModels, type ModelsModel } from './load';
import { modelsView } from './view';

export const modelsTab = defineTab<ModelsModel, ModelsWords>({ id: 'models', words: { en, de }, load: loadModels, view: modelsView, actions: {} });
