import type { Finding } from '../../core/finding.js';
import { SIDES, type Side } from '../../core/pairing.js';
import type { SideSnapshotResult, SnapshotEnd, SnapshotResult } from '../../core/snapshot.js';
import type { SnapshotFacts } from '../../engines/snapshots.js';
import { formatCounted, formatDuration } from '../../words/number-text.js';

/** So many tables are named in a sentence. */
const MOST_NAMES = 5;

const WHY: Readonly<Record<SnapshotEnd, string>> = {
  waiter: 'a session waited for it',
  replay: 'the server, a standby, could not replay changes because of it',
  age: 'it had been held for as long as it may',
  cost: 'the server kept too much for it',
  fence: 'the target, a standby, had to come up to the source',
  lost: 'the session that held it was lost',
};

const HINT: Readonly<Record<SnapshotEnd, string>> = {
  waiter: 'Run again while nobody alters tables.',
  replay: 'Set hot_standby_feedback = on on the standby, or name the primary.',
  age: 'Allow it more time with --max-snapshot-age, and the account to see who waits (PROCESS, pg_read_all_stats); or compare fewer tables at a time.',
  cost: 'Run again while less is written, or compare fewer tables at a time.',
  fence: 'Run again while fewer rows move, or name the primary as the target.',
  lost: 'Run again.',
};

/** Says of each side whose snapshot ended before everything was read why, and after how long. */
export function describeEnded({ without, ...sides }: SnapshotResult): readonly Finding[] {
  return SIDES.flatMap((side) => {
    const { endedBy } = sides[side];
    return endedBy === null ? [] : [ended(side, { ...sides[side], endedBy }, without)];
  });
}

function ended(
  side: Side,
  { endedBy, heldMs }: SideSnapshotResult & { readonly endedBy: SnapshotEnd },
  without: readonly string[],
): Finding {
  const names = without.slice(0, MOST_NAMES).join(', ');
  const more = without.length > MOST_NAMES ? ' and others' : '';
  const rest =
    without.length === 0
      ? 'By then all rows had been read'
      : `Rows of ${formatCounted(without.length, 'table')} were read as they were at the time (${names}${more})`;
  return {
    code: 'snapshot-ended',
    message: `The snapshot of the ${side} was ended after ${formatDuration(heldMs)}, because ${WHY[endedBy]}. ${rest}.`,
    hint: HINT[endedBy],
  };
}

/** Says of each lock for how long it kept writers out and how many of them, or why it did not. */
export function describeLocks(result: SnapshotResult): readonly Finding[] {
  return SIDES.flatMap((side) => {
    const { lock } = result[side];
    if (lock === undefined) return [];
    const { scope, heldMs, heldUp, refusal } = lock;
    const what = scope === 'global' ? 'everything was' : 'the tables that are compared were';
    const held = `for ${heldMs} ms, and ${formatCounted(heldUp, 'session')} waited for that`;
    const message =
      refusal === null
        ? `On the ${side} ${what} locked for writers ${held}.`
        : `On the ${side} writers were not locked out${heldMs > 0 ? ` but ${held}` : ''}: ${refusal}.`;
    return [{ code: 'snapshot-lock', message, hint: '' }];
  });
}

/** Says for how long the target applied nothing, and whether both sides were read as of the same instant. */
export function describePause({ pause }: SnapshotResult): readonly Finding[] {
  if (pause === undefined) return [];
  const { pausedMs, asOf, failure } = pause;
  const what =
    asOf === null
      ? `Each side was read as of an instant of its own all the same: ${failure ?? 'the run was stopped'}`
      : `Both sides were read as of ${asOf}`;
  return [
    {
      code: 'replica-paused',
      message: `The target was told to apply nothing, and to go on after ${formatDuration(pausedMs)}. ${what}.`,
      hint:
        asOf === null
          ? 'Where a server does not say at which place its snapshot is, it takes --snapshot-lock; a target that is far behind takes a longer --pause-replica.'
          : '',
    },
  ];
}

interface Narrowed {
  readonly facts: Readonly<Record<Side, SnapshotFacts>>;
  readonly workers: number;
  readonly sessions: number;
}

/** Says why fewer workers read than there are; nothing where all do. */
export function describeNarrow({ facts, workers, sessions }: Narrowed): readonly Finding[] {
  if (sessions === workers) return [];
  const alone = SIDES.flatMap((side) => {
    const { because } = facts[side];
    return because === null ? [] : [`of the ${side} ${because}`];
  });
  const why =
    alone.length > 0 ? alone.join('; ') : 'more sessions did not come to one instant, or found no connection';
  return [
    {
      code: 'snapshot-narrow',
      message: `${formatCounted(sessions, 'worker')} of ${workers} read, so that each side is read as of one instant: ${why}.`,
      hint: 'With --snapshot-lock, which holds up writers for a moment, all workers read as of one instant.',
    },
  ];
}

interface Without {
  readonly table: string;
  readonly side: Side;
  readonly why: string;
}

/** Says of a table that no snapshot holds. */
export function describeWithout({ table, side, why }: Without): Finding {
  return {
    code: 'no-snapshot',
    about: { table, side, detail: why },
    message: `Table ${table} was read as it was at the time, not as of the instant of the snapshot: on the ${side} it ${why}.`,
    hint: '',
  };
}
