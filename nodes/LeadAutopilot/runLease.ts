import { MINUTE } from '../../engine/time';

/** A run whose workflow says nothing for this long is handed out again. */
export const RUN_LEASE_MS = 10 * MINUTE;
