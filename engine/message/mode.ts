import { z } from 'zod';

/**
 * How far the autopilot may go. off: nothing is decided. shadow: everything is decided, nothing is sent or queued
 * for review. assist: every draft goes to review. one_click: as assist, with approval in one tap. auto: what passes
 * every check is sent.
 */
export const MODES = ['off', 'shadow', 'assist', 'one_click', 'auto'] as const;
export const ModeSchema = z.enum(MODES);
export type Mode = z.infer<typeof ModeSchema>;
export const DEFAULT_MODE: Mode = 'assist';

/** The narrower of two modes: an account or contact may restrict what its workspace allows, and widen nothing. */
export function narrowerMode(a: Mode, b: Mode): Mode {
	return MODES.indexOf(a) <= MODES.indexOf(b) ? a : b;
}
