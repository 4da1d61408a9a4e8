import { defineTab } from '../tab';
import { correct, moveStage } from './correct';
import { de } from './de';
import { decide } from './decide';
import { en, type ReviewWords } from './en';
import { loadReview, type ReviewModel } from './load';
import { reviewView } from './view';

export const reviewTab = defineTab<ReviewModel, ReviewWords>({ id: 'review', words: { en, de }, load: loadReview, view: reviewView, actions: { decide, correct, moveStage } });
