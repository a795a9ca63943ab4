import { setTimeout as delay } from 'node:timers/promises';
import type { WatchHolder } from '../../core/watch.js';
import { seeHolder, type WatchTerm } from '../../state/watch/watch-folder.js';
import { awaitTerm } from './await-term.js';
import { chooseTurn } from './choose-turn.js';
import { readAskedPass, readLastPass } from './pass-sitting.js';
import { readTurn, type TurnOutcome } from './read-turn.js';
import type { WatchEnd } from './watch-news.js';
import type { WatchRequest } from './watch-request.js';
import type { WatchRules } from './watch-rules.js';
import { Watching } from './watching.js';

/** After a pass that came to no end the next one begins so much later, or when it is due, but never at once. */
const RETRY_MS = 10_000;
const LEAST_RETRY_MS = 1000;
/** Timers cannot wait for more than some weeks, and the time of day may be set meanwhile. */
const LONGEST_WAIT_MS = 3_600_000;

/**
 * Compares the same databases again and again, until it is time or somebody stops it. Of several processes that watch the same one
 * reads, and the others stand by.
 *
 * Rejects where it is asked for what no pass could do, and where the first pass of all comes to no end.
 */
export async function watch(request: WatchRequest): Promise<WatchEnd> {
  const { rules } = request;
  const late = new AbortController();
  const timer =
    rules.untilTimeoutMs === null ? undefined : setTimeout(() => late.abort(), rules.untilTimeoutMs);
  const signal = AbortSignal.any([request.signal, late.signal]);
  const ended = (why: string): WatchEnd =>
    request.signal.aborted ? { kind: 'interrupted' } : { kind: 'late', why };
  try {
    for (;;) {
      const { onNews, place, now } = request;
      const { takeOverAfterMs } = rules;
      const onStandby = (holder: WatchHolder | null): void => onNews({ type: 'standby', holder });
      const term = await awaitTerm({ place, takeOverAfterMs, signal, now, onStandby });
      if (term === null) return ended('another process watches the same, and this one stands by');
      const end = await hold({ ...request, signal }, term);
      if (end.kind === 'stopped') return ended(end.why);
      if (end.kind !== 'replaced') return end;
      onNews({ type: 'replaced', by: seeHolder(place)?.who ?? null });
    }
  } finally {
    clearTimeout(timer);
  }
}

type HoldEnd =
  | WatchEnd
  | { readonly kind: 'replaced' }
  /** By a signal; `why` it was not ready yet. */
  | { readonly kind: 'stopped'; readonly why: string };

/** Watches until it is time, or until it is stopped or replaced. */
async function hold(request: WatchRequest, term: WatchTerm): Promise<HoldEnd> {
  const { config, rules, signal, onNews, parts } = request;
  const watching = new Watching({ term, config, rules, onWarning: parts.onWarning });
  try {
    onNews({ type: 'held', holder: term.holder, passes: watching.memory.passes });
    return await takeTurns({ ...request, signal: AbortSignal.any([signal, watching.replaced]) }, watching);
  } finally {
    watching.close();
  }
}

async function takeTurns(request: WatchRequest, watching: Watching): Promise<HoldEnd> {
  const { rules, signal } = request;
  const moment = { notBeforeMs: 0, lastEndMs: Date.now(), lastTookMs: 0, mustRead: false };
  for (;;) {
    if (!watching.isHeld) return { kind: 'replaced' };
    if (signal.aborted) return { kind: 'stopped', why: watching.notReady ?? 'it is ready' };
    const last = readLastPass(watching.term);
    const keptPass = last === null ? null : (readAskedPass(last)?.pass ?? null);
    const turn = chooseTurn(watching.memory, rules, { ...moment, nowMs: Date.now(), keptPass });
    if (turn.kind === 'wait') {
      // A stop ends the wait.
      await delay(Math.min(turn.ms, LONGEST_WAIT_MS), undefined, { signal }).catch(() => undefined);
      continue;
    }
    const begunMs = Date.now();
    // What a pass hangs on its signal goes with it.
    const outcome = await readTurn({ ...request, signal: AbortSignal.any([signal]), watching, turn, last });
    moment.lastEndMs = Date.now();
    moment.lastTookMs = moment.lastEndMs - begunMs;
    moment.mustRead = outcome.kind === 'other-comparison';
    moment.notBeforeMs = outcome.kind === 'failed' ? Date.now() + retryMs(rules) : 0;
    const end = judge(outcome, { rules, watching });
    if (end !== null) return end;
  }
}

function retryMs({ passEveryMs }: WatchRules): number {
  return Math.max(LEAST_RETRY_MS, Math.min(RETRY_MS, passEveryMs));
}

interface Judging {
  readonly rules: WatchRules;
  readonly watching: Watching;
}

/** Whether a pass ends the watch; null where it goes on. */
function judge(outcome: TurnOutcome, { rules, watching }: Judging): WatchEnd | null {
  if (outcome.kind !== 'ended') return null;
  const { missing, extra, changed } = outcome.turn.summary;
  if (rules.stopsOnDifference && missing + extra + changed > 0) return { kind: 'different' };
  return rules.isUntilReady && watching.notReady === null ? { kind: 'ready' } : null;
}
