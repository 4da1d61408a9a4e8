import { h, type Child } from '../../html/element';
import { Card, Link } from '../../parts';
import type { DeskContext } from '../tab';
import { Detail } from './detailView';
import type { ReviewWords } from './en';
import type { ReviewModel } from './load';
import { Queue } from './queueView';

/** The queue, and beside it (on a phone in its place) the review that is open. */
export function reviewView(model: ReviewModel, words: ReviewWords, context: DeskContext): Child {
	const { open, query } = model;
	if (open === undefined) return <div class="review"><Queue model={model} words={words} /></div>;
	return (
		<div class="review open">
			<Queue model={model} openId={open === 'unknown' ? undefined : open.review.id} words={words} />
			{open === 'unknown' ? (
				<Card title={words.noReview}><p>{words.noReviewHint}</p><Link to={query} class="button plain">{words.back}</Link></Card>
			) : (
				<Detail open={open} query={query} words={words} context={context} />
			)}
		</div>
	);
}
