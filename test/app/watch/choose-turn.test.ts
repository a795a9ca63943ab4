import { describe, expect, it } from 'vitest';
import { chooseTurn, type Moment } from '../../../src/app/watch/choose-turn.js';
import { type WatchRules, whyNotReady } from '../../../src/app/watch/watch-rules.js';
import type { PassSummary } from '../../../src/core/watch.js';
import { NOTHING_KNOWN, type WatchMemory } from '../../../src/state/watch/watch-memory.js';

const START = Date.parse('2026-11-29T02:00:00Z');
const MINUTE = 60_000;

const RULES: WatchRules = {
  passEveryMs: 10 * MINUTE,
  lookEveryMs: 30_000,
  isUntilReady: false,
  untilTimeoutMs: null,
  stopsOnDifference: false,
  maxLagMs: null,
  takeOverAfterMs: 30_000,
  statePath: null,
};

const CLEAN: PassSummary = {
  pass: 3,
  verdict: 'verified',
  startedAt: new Date(START).toISOString(),
  endedAt: new Date(START + MINUTE).toISOString(),
  oldestReadAt: new Date(START).toISOString(),
  oldestPosition: '0-1-7',
  lagMs: 20,
  lagAtLeastMs: null,
  tables: 1,
  unverifiedTables: 0,
  sourceRows: 10,
  targetRows: 10,
  missing: 0,
  extra: 0,
  changed: 0,
  inFlight: 0,
  unsettled: 0,
};
const DIFFERENT: PassSummary = { ...CLEAN, verdict: 'different', changed: 2 };

const known = (lastPass: PassSummary, more: Partial<WatchMemory> = {}): WatchMemory => ({
  ...NOTHING_KNOWN,
  passes: 3,
  lastPass,
  ...more,
});

const at = (minutes: number, more: Partial<Moment> = {}): Moment => ({
  nowMs: START + minutes * MINUTE,
  notBeforeMs: 0,
  keptPass: 3,
  lastEndMs: START + MINUTE,
  lastTookMs: MINUTE / 60,
  mustRead: false,
  ...more,
});

describe('what a watch does next', () => {
  it.each<[string, WatchMemory, Moment, Partial<WatchRules>, object]>([
    [
      'reads all where nothing was read yet',
      NOTHING_KNOWN,
      at(0, { keptPass: null }),
      {},
      { kind: 'pass', pass: 1, goesOn: false },
    ],
    [
      'waits for the next whole pass where all is equal',
      known(CLEAN),
      at(2),
      {},
      { kind: 'wait', ms: 8 * MINUTE },
    ],
    ['reads all when it is time', known(CLEAN), at(10), {}, { kind: 'pass', pass: 4, goesOn: false }],
    [
      'reads all at once where a pass took longer',
      known(CLEAN),
      at(25),
      {},
      { kind: 'pass', pass: 4, goesOn: false },
    ],
    ['looks at rows that differed', known(DIFFERENT), at(2), {}, { kind: 'look', pass: 3, goesOn: true }],
    ['rests between two looks', known(DIFFERENT), at(1), {}, { kind: 'wait', ms: 30_000 }],
    [
      'rests longer after a long look',
      known(DIFFERENT),
      at(2, { lastTookMs: MINUTE }),
      {},
      { kind: 'wait', ms: 3 * MINUTE },
    ],
    [
      'looks no more once all rows healed',
      known(DIFFERENT, { lastLook: CLEAN }),
      at(2),
      {},
      { kind: 'wait', ms: 8 * MINUTE },
    ],
    [
      'cannot look where nothing was kept',
      known(DIFFERENT),
      at(2, { keptPass: null }),
      {},
      { kind: 'wait', ms: 8 * MINUTE },
    ],
    [
      'measures the lag again where only that is missing',
      known({ ...CLEAN, lagMs: 9000 }),
      at(2),
      { isUntilReady: true, maxLagMs: 5000 },
      { kind: 'look', pass: 3, goesOn: true },
    ],
    [
      'goes on with a pass that was cut',
      known(CLEAN, { begun: { pass: 4, startedAt: '', position: null } }),
      at(2, { keptPass: 4 }),
      {},
      { kind: 'pass', pass: 4, goesOn: true },
    ],
    [
      'begins a pass anew of which nothing was kept',
      known(CLEAN, { begun: { pass: 4, startedAt: '', position: null } }),
      at(2),
      {},
      { kind: 'pass', pass: 4, goesOn: false },
    ],
    [
      'reads all where the schema is another',
      known(DIFFERENT),
      at(2, { mustRead: true }),
      {},
      { kind: 'pass', pass: 4, goesOn: false },
    ],
    [
      'pauses after a failure',
      known(CLEAN),
      at(25, { notBeforeMs: START + 26 * MINUTE }),
      {},
      { kind: 'wait', ms: MINUTE },
    ],
    [
      'does not stand still where the clock was set back',
      known(CLEAN),
      at(-600),
      {},
      { kind: 'wait', ms: 10 * MINUTE },
    ],
  ])('%s', (_title, memory, moment, rules, turn) => {
    expect(chooseTurn(memory, { ...RULES, ...rules }, moment)).toEqual(turn);
  });
});

describe('why it is not time to switch', () => {
  const why = (
    lastPass: PassSummary | null,
    maxLagMs: number | null = null,
    lastLook: PassSummary | null = null,
  ) => whyNotReady({ lastPass, lastLook }, { maxLagMs });

  it('is that no pass, or a pass that was not clean, came to its end', () => {
    expect(why(null)).toContain('no whole pass');
    expect(why(DIFFERENT)).toContain('was different');
    expect(why({ ...CLEAN, verdict: 'unverified' })).toContain('was unverified');
    expect(why({ ...CLEAN, unsettled: 1 })).not.toBeNull();
    // Rows that healed since are no whole pass that was clean.
    expect(why(DIFFERENT, null, CLEAN)).toContain('was different');
    expect(why(CLEAN)).toBeNull();
  });

  it('is the lag, as it was measured last', () => {
    expect(why({ ...CLEAN, lagMs: 9000 }, 5000)).toContain('9.0 s behind');
    expect(why({ ...CLEAN, lagMs: null, lagAtLeastMs: 10_000 }, 5000)).toContain('more than 10.0 s');
    expect(why({ ...CLEAN, lagMs: null }, 5000)).toContain('no table has a fence');
    expect(why({ ...CLEAN, lagMs: 9000 }, 5000, CLEAN)).toBeNull();
    expect(why({ ...CLEAN, lagMs: null })).toBeNull();
  });
});
