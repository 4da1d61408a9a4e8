import { defineTab } from '../tab';
import { promote, rollBack } from './actions';
import { de } from './de';
import { en, type ModelsWords } from './en';
import { loadModels, type ModelsModel } from './load';
import { modelsView } from './view';

export const modelsTab = defineTab<ModelsModel, ModelsWords>({ id: 'models', words: { en, de }, load: loadModels, view: modelsView, actions: { promote, rollBack } });
