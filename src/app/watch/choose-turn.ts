import { hasOpenRows } from '../../core/watch.js';
import type { WatchMemory } from '../../state/watch/watch-memory.js';
import { isClean, latestOf, type WatchRules } from './watch-rules.js';

/** Looks take a fifth of the time at the most, however long they last. */
const REST_PER_LOOK = 4;

/** What to do next. */
export type Turn =
  /** Read all rows; `goesOn` where the process before came not to the end of it. */
  | { readonly kind: 'pass'; readonly pass: number; readonly goesOn: boolean }
  /** Look at the rows again that differed in the last whole pass. */
  | { readonly kind: 'look'; readonly pass: number; readonly goesOn: true }
  | { readonly kind: 'wait'; readonly ms: number };

export interface Moment {
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Before then nothing is begun, after something failed. */
  readonly notBeforeMs: number;
  /** The whole pass that the journal is about; null where it is about none. */
  readonly keptPass: number | null;
  /** When the last pass or look of this process ended, and how long it took. */
  readonly lastEndMs: number;
  readonly lastTookMs: number;
  /** Whether a whole pass is due whatever the time: what was kept is about another schema. */
  readonly mustRead: boolean;
}

/** Chooses what a watch does next. */
export function chooseTurn(memory: WatchMemory, rules: WatchRules, moment: Moment): Turn {
  const { nowMs, notBeforeMs, keptPass } = moment;
  if (nowMs < notBeforeMs) return { kind: 'wait', ms: notBeforeMs - nowMs };
  const { begun, lastPass, passes } = memory;
  const next = { kind: 'pass', pass: passes + 1 } as const;
  if (moment.mustRead) return { ...next, goesOn: false };
  if (begun !== null) return { ...next, goesOn: keptPass === begun.pass };
  if (lastPass === null) return { ...next, goesOn: false };
  // A clock that was set back must not make the watch stand still.
  const passInMs = Math.min(rules.passEveryMs, Date.parse(lastPass.startedAt) + rules.passEveryMs - nowMs);
  if (passInMs <= 0) return { ...next, goesOn: false };
  if (keptPass !== passes || !hasReasonToLook(memory, rules)) return { kind: 'wait', ms: passInMs };
  const restMs = Math.max(rules.lookEveryMs, REST_PER_LOOK * moment.lastTookMs);
  const lookInMs = Math.min(restMs, moment.lastEndMs + restMs - nowMs);
  if (lookInMs <= 0) return { kind: 'look', pass: passes, goesOn: true };
  return { kind: 'wait', ms: Math.min(passInMs, lookInMs) };
}

/** Rows that differed, or a lag that alone stands in the way of being ready. */
function hasReasonToLook(memory: WatchMemory, { isUntilReady, maxLagMs }: WatchRules): boolean {
  const latest = latestOf(memory);
  const waitsForLag = isUntilReady && maxLagMs !== null;
  return latest !== null && (hasOpenRows(latest) || (waitsForLag && isClean(latest)));
}
