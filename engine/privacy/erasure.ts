/** everything: as if the person had never written. ai: only what the autopilot concluded about them; profiling is switched off. */
export const ERASURE_SCOPES = ['everything', 'ai'] as const;
export type ErasureScope = (typeof ERASURE_SCOPES)[number];
