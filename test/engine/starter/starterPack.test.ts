import { renderForChannel } from '../../../engine/draft/render';
import { draftFromTemplate } from '../../../engine/draft/intentTemplates';
import { renderTemplate, templateFields } from '../../../engine/draft/template';
import { isFilledIn, UNFILLED } from '../../../engine/draft/unfilled';
import { gateDraft } from '../../../engine/gate/gateDraft';
import { detectLanguage } from '../../../engine/message/language';
import { REPLY_INTENTS } from '../../../engine/reply/reply';
import { SEQUENCE_CHANNELS } from '../../../engine/sequence/sequence';
import { pageId, STARTER_LANGUAGES, STARTER_PACKS, starterPack, StarterPackSchema, TRADES } from '../../../engine/starter/starterPack';

const NOW = '2026-03-02T12:00:00Z';
const SENDER = { senderName: 'Robin Reed', companyName: 'Acme' };
const basis = { basis: 'opt_in' as const };
const CONTACT = { id: 'c1', name: 'Anna Alt', email: 'anna@mail.example', phone: '+4915112345678', country: 'DE', optOutChannels: [], consent: { email: basis, sms: basis, whatsapp: basis } };
const POLICY = { suppressed: null, mode: 'auto' as const, killSwitch: false, autoSend: true, confidence: 0.95, lastInboundAt: NOW, known: [SENDER.senderName, SENDER.companyName] };
/** A contact of whom nothing but the address is known. */
const BARE = { email: 'anna@mail.example' };

it('there is one pack for each trade in each language, and no other', () => {
	expect(STARTER_PACKS.map(({ id, language }) => `${id}.${language}`).sort()).toEqual(TRADES.flatMap((trade) => STARTER_LANGUAGES.map((language) => `${trade}.${language}`)).sort());
	for (const trade of TRADES) for (const language of STARTER_LANGUAGES) expect(starterPack(trade, language)).toMatchObject({ id: trade, language });
});

it('a pack that misses a part, or sends WhatsApp without a template, is none', () => {
	const good = structuredClone(STARTER_PACKS[0]);
	expect(StarterPackSchema.safeParse({ ...good, knowledge: [] }).success).toBe(false);
	expect(StarterPackSchema.safeParse({ ...good, replies: { question: 'Hm?' } }).success).toBe(false);
	const steps = good.sequence.steps.map((step) => ({ ...step, waTemplate: undefined }));
	expect(StarterPackSchema.safeParse({ ...good, sequence: { ...good.sequence, steps } }).success).toBe(false);
});

describe.each(STARTER_PACKS)('$id in $language', (pack) => {
	it('has stages whose ranges meet without gap or overlap, and an end for both outcomes', () => {
		const ranged = pack.pipeline.stages.filter(({ min }) => min !== undefined).toSorted((a, b) => (a.min ?? 0) - (b.min ?? 0));
		expect(ranged[0].min).toBe(0);
		expect(ranged.at(-1)?.max).toBe(80);
		for (const [place, stage] of ranged.slice(1).entries()) expect(stage.min).toBe((ranged[place].max ?? 0) + 1);
		expect(pack.pipeline.stages.map(({ type }) => type).slice(-2)).toEqual(['WON', 'LOST']);
		expect(pack.pipeline.stages.every(({ description }) => (description ?? '').length > 5)).toBe(true);
		expect(new Set(pack.pipeline.stages.map(({ id }) => id)).size).toBe(pack.pipeline.stages.length);
		expect(pack.pipeline.instructions?.length).toBeGreaterThan(100);
	});

	it.each(REPLY_INTENTS)('answers %s so that the gate lets it pass, on every channel, whoever writes', (intent) => {
		for (const channel of ['email', 'sms', 'whatsapp'] as const) {
			for (const contact of [CONTACT, BARE]) {
				const { text, subject } = draftFromTemplate({ intent, language: pack.language, channel, fields: templateFields(contact, SENDER), ownBody: pack.replies[intent] });
				expect(renderForChannel(text, channel)).toEqual({ text, changed: [] });
				const { issues } = gateDraft({ text, subject, channel, language: pack.language, facts: [], contact: { ...CONTACT, ...contact }, now: NOW, policy: { ...POLICY, purpose: 'reply' } });
				expect([channel, issues]).toEqual([channel, []]);
			}
		}
	});

	it('has a sequence by e-mail, text message and WhatsApp, each message fit for its channel and passed by the gate', () => {
		expect(pack.sequence.steps.map(({ channel }) => channel)).toEqual([...SEQUENCE_CHANNELS]);
		for (const step of pack.sequence.steps) {
			for (const contact of [CONTACT, BARE]) {
				const rendered = renderTemplate(step.template ?? '', templateFields(contact, SENDER));
				expect(rendered.missing).toEqual([]);
				expect(renderForChannel(rendered.text, step.channel)).toEqual({ text: rendered.text, changed: [] });
				const { issues } = gateDraft({ text: rendered.text, subject: step.subject, channel: step.channel, language: pack.language, facts: [], contact: { ...CONTACT, ...contact }, now: NOW, policy: { ...POLICY, purpose: 'outreach', isTemplate: step.waTemplate !== undefined } });
				expect([step.id, issues]).toEqual([step.id, []]);
			}
			// Two parts of a text message are paid for; more nobody reads.
			if (step.channel === 'sms') expect((step.template ?? '').length).toBeLessThanOrEqual(220);
		}
	});

	it('fills the approved template with the same fields its words have', () => {
		for (const { template, waTemplate } of pack.sequence.steps.filter(({ waTemplate: one }) => one !== undefined)) {
			expect(waTemplate?.parameters).toEqual((template ?? '').match(/\{[^}]*\}/g));
			expect(waTemplate?.language).toBe(pack.language);
		}
	});

	it('leaves gaps in knowledge pages alone, and whatever leaks out of one is caught', () => {
		const texts = [...Object.values(pack.replies), ...pack.sequence.steps.flatMap(({ template, subject }) => [template ?? '', subject ?? ''])];
		expect(texts.filter((text) => !isFilledIn(text))).toEqual([]);
		const gaps = pack.knowledge.flatMap(({ text }) => text.match(UNFILLED) ?? []);
		expect(gaps.length).toBeGreaterThanOrEqual(5);
		for (const gap of gaps) {
			const { verdict, issues } = gateDraft({ text: `Hello Anna, ${gap}.`, channel: 'email', contact: CONTACT, now: NOW, policy: POLICY });
			expect([gap, verdict, issues.some(({ check }) => check === 'placeholder')]).toEqual([gap, 'review', true]);
		}
	});

	it('names no price, share or link anywhere', () => {
		const texts = [...Object.values(pack.replies), ...pack.sequence.steps.map(({ template }) => template ?? ''), ...pack.knowledge.map(({ text }) => text)];
		expect(texts.filter((text) => /[€$£%]|https?:|www\./.test(text))).toEqual([]);
	});

	it('is in its language, and tells what the law asks for and how sure that is', () => {
		const { language } = detectLanguage(Object.values(pack.replies).join('\n'));
		expect(language).toBe(pack.language);
		expect(pack.compliance.every(({ basis: law, confidence }) => law.length > 3 && confidence.length > 0)).toBe(true);
		expect(new Set(pack.knowledge.map(({ id }) => pageId(pack, id))).size).toBe(pack.knowledge.length);
	});
});
