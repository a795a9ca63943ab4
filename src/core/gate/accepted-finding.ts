import type { Acceptance } from './gate-result.js';

/** A finding that somebody accepts, by its check and subject. */
export interface AcceptedFinding extends Acceptance {
  readonly check: string;
  readonly subject: string;
  /** What was seen when it was accepted: another thing is not accepted with it. Null accepts whatever is there now. */
  readonly evidence: string | null;
}
