import { defineTab } from '../tab';
import { complete, pause, resume } from './actions';
import { de } from './de';
import { en, type ExperimentsWords } from './en';
import { loadExperiments, type ExperimentsModel } from './load';
import { experimentsView } from './view';

export const experimentsTab = defineTab<ExperimentsModel, ExperimentsWords>({ id: 'experiments', words: { en, de }, load: loadExperiments, view: experimentsView, actions: { pause, resume, complete } });
