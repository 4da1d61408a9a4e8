import { calibrate, fitCalibrator, type Reviewed } from '../engine/draft/calibration';
import { certifiedNow, type CertifiedNow } from '../engine/draft/certifiedLooks';
import { certifyThreshold } from '../engine/draft/certifyThreshold';
import { decideAutoSend, DEFAULT_AUDIT_SHARE, DEFAULT_THRESHOLD } from '../engine/draft/decision';
import { learnConfidence, type Bar, type JudgedDraft, type LearntConfidence, type ThresholdWish } from '../engine/draft/learntConfidence';
import type { Figure } from './table';
import { uniform, type Random } from './uniform';

/** Simulated workspaces that learn as the node does: its own decisions, its samplings, its looks. */
const SEED = 20261121;
const TARGET = 0.05;
const MAKER = { modelId: 'simulated', promptVersion: '1', scoring: '1/k1' };

/** What a workspace's model is like: the scores it gives, and how often people accept such a draft. */
export interface SimulatedModel {
	score: (rng: Random) => number;
	acceptance: (raw: number) => number;
}

/** Reports 0.6 to 1, and is right far less often. */
export const OVER_CONFIDENT: SimulatedModel = {
	score: (rng) => 0.6 + 0.4 * rng(),
	acceptance: (raw) => 0.2 + 0.65 * Math.max(0, (raw - 0.6) / 0.4) ** 2,
};
/** Every draft is wrong just more often than the 5 % accepted: any certificate breaks its promise. */
const FLAT: SimulatedModel = { score: (rng) => 0.5 + rng() / 2, acceptance: () => 0.945 };
/** Wrong in 0.5 % of the surest drafts, in 40 % of the least sure. */
const GOOD: SimulatedModel = { score: (rng) => 0.5 + rng() / 2, acceptance: (raw) => 1 - (0.005 + 0.395 * (2 * (1 - raw)) ** 2) };

/** One draft, decided as the node does; judged when a person reads it. */
function draw(model: SimulatedModel, learnt: Pick<LearntConfidence, 'calibrator' | 'bar'>, readsAll: boolean, at: number, rng: Random): { judged?: JudgedDraft; sent: boolean; accepted: boolean } {
	const raw = model.score(rng);
	const decision = decideAutoSend({ confidence: calibrate(learnt.calibrator, raw), rawConfidence: raw, bar: learnt.bar, auditShare: DEFAULT_AUDIT_SHARE, reviewReasons: [], readsAll, rng });
	const accepted = rng() < model.acceptance(raw);
	if (decision.autoSend && !readsAll) return { sent: true, accepted };
	const { sampling, rawThreshold } = decision;
	return { sent: false, accepted, judged: { draftId: `d${at}`, raw, decision: accepted ? 'approved' : 'rejected', ...MAKER, ...(sampling && { sampling }), ...(rawThreshold !== undefined && { rawThreshold }), gateIssues: [], decidedAt: at } };
}

const UNLEARNT = { calibrator: fitCalibrator([]), bar: { source: 'fixed', threshold: DEFAULT_THRESHOLD } satisfies Bar };
const FIXED = { source: 'fixed', threshold: DEFAULT_THRESHOLD } satisfies ThresholdWish;
const CERTIFIED = { source: 'certified', maxErrorShare: TARGET } satisfies ThresholdWish;
const learn = (judged: readonly JudgedDraft[], wish: ThresholdWish): LearntConfidence => learnConfidence(judged, MAKER, { wish, acceptedEditDistance: 0 });

/** How the reviews came about: everything read, or only what the node did not send, learning again every 20 reviews. */
export type Reading = 'all' | 'what is not sent';

export function reviewsOf(model: SimulatedModel, reviews: number, reading: Reading, rng: Random): JudgedDraft[] {
	const judged: JudgedDraft[] = [];
	let learnt: Pick<LearntConfidence, 'calibrator' | 'bar'> = UNLEARNT;
	for (let at = 0; judged.length < reviews; at += 1) {
		const one = draw(model, learnt, reading === 'all', at, rng).judged;
		if (!one) continue;
		judged.push(one);
		if (reading !== 'all' && judged.length % 20 === 0) learnt = learn(judged, FIXED);
	}
	return judged;
}

/** The same with half of the reviews held back from the calibrator, as a certificate on calibrated scores would need. */
export type Share = 'all reviews' | 'half of them';

export interface WiredCalibration {
	reading: Reading;
	share: Share;
	workspaces: number;
	reviews: number;
	/** Mean distance between confidence and true acceptance, over the scores the model gives. */
	error: number;
}

export function wiredCalibration(reading: Reading, share: Share = 'all reviews', workspaces = 200, reviews = 300, rng = uniform(SEED)): WiredCalibration {
	const scores = Array.from({ length: 81 }, (_, i) => 0.6 + (0.4 * i) / 80);
	let sum = 0;
	for (let workspace = 0; workspace < workspaces; workspace += 1) {
		const judged = reviewsOf(OVER_CONFIDENT, reviews, reading, rng);
		const { calibrator } = learn(share === 'all reviews' ? judged : judged.slice(0, judged.length / 2), FIXED);
		sum += scores.reduce((off, raw) => off + Math.abs(calibrate(calibrator, raw) - OVER_CONFIDENT.acceptance(raw)), 0) / scores.length;
	}
	return { reading, share, workspaces, reviews, error: sum / workspaces };
}

/** Workspaces that are certified by so many reviews of everything, though none should be. */
export function certifiedOnce(workspaces = 1_000, reviews = 400, rng = uniform(SEED + 1)): Figure[] {
	const certified = (model: SimulatedModel) => Array.from({ length: workspaces }, () => learn(reviewsOf(model, reviews, 'all', rng), CERTIFIED)).filter(({ bar }) => 'rawThreshold' in bar).length;
	return [
		{ name: `learnt from ${reviews} reviews, error flat at 5.5 %: promise broken`, hits: certified(FLAT), of: workspaces, wanted: { atMost: 0.05 } },
		{ name: `learnt from ${reviews} reviews, error 40 % to 0.5 %: a threshold certified`, hits: certified(GOOD), of: workspaces },
	];
}

export interface Life {
	/** Workspaces that hold a certificate after so many drafts. */
	after: { drafts: number; certified: number }[];
	/** Workspaces that held one at any time. */
	ever: number;
	/** Drafts sent, and how many of them were wrong. */
	sent: number;
	wrong: number;
}

/** What a certificate would be without looks: the test of all reviews so far, whenever it is asked for. */
function withoutLooks(sample: readonly Reviewed[]): CertifiedNow {
	const { threshold, reviewsNeeded = 1 } = certifyThreshold(sample, CERTIFIED);
	return threshold === undefined ? { reviewsNeeded } : { rawThreshold: threshold };
}

/** Workspaces in automatic mode with a certified threshold that is learnt anew every 20 drafts, and audits at 5 %. */
export function certifiedLife(model: SimulatedModel, workspaces: number, drafts: number, rng: Random, certify: (sample: readonly Reviewed[]) => CertifiedNow = (sample) => certifiedNow(sample, CERTIFIED)): Life {
	const life: Life = { after: [500, 1_000, 2_000, 4_000].filter((size) => size <= drafts).map((size) => ({ drafts: size, certified: 0 })), ever: 0, sent: 0, wrong: 0 };
	for (let workspace = 0; workspace < workspaces; workspace += 1) {
		const sample: Reviewed[] = [];
		let held = false;
		let bar: Bar = { ...CERTIFIED, reviewsNeeded: 59 };
		for (let at = 1; at <= drafts; at += 1) {
			const { judged, sent, accepted } = draw(model, { calibrator: UNLEARNT.calibrator, bar }, false, at, rng);
			if (sent) life.sent += 1;
			if (sent && !accepted) life.wrong += 1;
			if (judged?.sampling === 'full') sample.push({ raw: judged.raw, accepted });
			if (judged?.sampling === 'audit') sample.push({ raw: judged.raw, accepted, drawnFrom: judged.rawThreshold });
			if (at % 20 === 0) {
				const { rawThreshold, reviewsNeeded } = certify(sample);
				bar = rawThreshold === undefined ? { ...CERTIFIED, reviewsNeeded } : { ...CERTIFIED, rawThreshold, threshold: rawThreshold };
				held ||= rawThreshold !== undefined;
			}
			const checked = life.after.find((point) => point.drafts === at);
			if (checked && 'rawThreshold' in bar) checked.certified += 1;
		}
		if (held) life.ever += 1;
	}
	return life;
}

/** Certificates over time: of a model that deserves none, and of a good one. */
export function lifeFigures(workspaces = 1_000, drafts = 2_000, rng = uniform(SEED + 2)): Figure[] {
	const flat = certifiedLife(FLAT, workspaces, drafts, rng);
	const good = certifiedLife(GOOD, workspaces / 5, drafts, rng);
	const impatient = certifiedLife(FLAT, workspaces / 5, drafts, rng, withoutLooks);
	return [
		...flat.after.map((point): Figure => ({ name: `in use, error flat at 5.5 %: broken promise held after ${point.drafts} drafts`, hits: point.certified, of: workspaces, wanted: { atMost: 0.05 } })),
		{ name: 'in use, error flat at 5.5 %: held at any time', hits: flat.ever, of: workspaces },
		{ name: 'in use, error flat at 5.5 %: drafts sent', hits: flat.sent, of: workspaces * drafts },
		...impatient.after.map((point): Figure => ({ name: `the same tested at every review: held after ${point.drafts} drafts`, hits: point.certified, of: workspaces / 5 })),
		{ name: 'the same tested at every review: held at any time', hits: impatient.ever, of: workspaces / 5 },
		...good.after.map((point): Figure => ({ name: `in use, error 40 % to 0.5 %: certified after ${point.drafts} drafts`, hits: point.certified, of: workspaces / 5 })),
		{ name: 'in use, error 40 % to 0.5 %: drafts sent', hits: good.sent, of: (workspaces / 5) * drafts },
		{ name: 'in use, error 40 % to 0.5 %: wrong among the sent', hits: good.wrong, of: good.sent, wanted: { atMost: TARGET } },
	];
}

export interface ReliabilityPoint {
	/** Mean stated confidence of the drafts in the bin. */
	stated: number;
	/** Share of them that people accept. */
	accepted: number;
	drafts: number;
}

const BINS = 10;

/** Stated confidence against acceptance, on drafts nobody has learnt from: raw scores, and calibrated after so many reviews. */
export function reliability(workspaces = 200, reviews = 300, fresh = 200, rng = uniform(SEED + 3)): { raw: ReliabilityPoint[]; calibrated: ReliabilityPoint[] } {
	const bins = () => Array.from({ length: BINS }, () => ({ stated: 0, accepted: 0, drafts: 0 }));
	const [raw, calibrated] = [bins(), bins()];
	const note = (into: typeof raw, stated: number, accepted: boolean) => {
		const bin = into[Math.min(BINS - 1, Math.floor(stated * BINS))];
		bin.stated += stated;
		bin.accepted += accepted ? 1 : 0;
		bin.drafts += 1;
	};
	for (let workspace = 0; workspace < workspaces; workspace += 1) {
		const { calibrator } = learn(reviewsOf(OVER_CONFIDENT, reviews, 'all', rng), FIXED);
		for (let at = 0; at < fresh; at += 1) {
			const score = OVER_CONFIDENT.score(rng);
			const accepted = rng() < OVER_CONFIDENT.acceptance(score);
			note(raw, score, accepted);
			note(calibrated, calibrate(calibrator, score), accepted);
		}
	}
	const shares = (some: typeof raw) => some.filter(({ drafts }) => drafts > 0).map(({ stated, accepted, drafts }) => ({ stated: stated / drafts, accepted: accepted / drafts, drafts }));
	return { raw: shares(raw), calibrated: shares(calibrated) };
}
