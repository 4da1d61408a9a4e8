import { defineTab } from '../tab';
import { move } from './actions';
import { de } from './de';
import { en, type PipelineWords } from './en';
import { loadPipeline, type PipelineModel } from './load';
import { pipelineView } from './view';

export const pipelineTab = defineTab<PipelineModel, PipelineWords>({ id: 'pipeline', words: { en, de }, load: loadPipeline, view: pipelineView, actions: { move } });
