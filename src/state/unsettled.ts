import { formatKeyParts } from '../core/encoding/key-bytes.js';
import type { Finding } from '../core/finding.js';
import { formatCounted } from '../words/number-text.js';
import type { UnsettledRows } from './table-record.js';

/** Keys that a sentence names. */
const MOST_EXAMPLES = 5;

const WHY: Readonly<Record<UnsettledRows['why'], { readonly is: string; readonly hint: string }>> = {
  moving: {
    is: 'still changing',
    hint: 'Look at them for longer with --recheck-for, or run again when fewer rows are written.',
  },
  'fence-late': {
    is: 'not decided, because the target did not come up to a position of the source in time',
    hint: 'See whether the target still follows, wait longer with --max-lag-wait, or run again once it has caught up.',
  },
  stopped: {
    is: 'not decided, because the run was stopped while they were looked at',
    hint: 'Run again, or go on with rowproof resume where the run was kept.',
  },
  'fence-broken': {
    is: 'not decided, because rows became equal that the target should have had long before: its position says nothing',
    hint: 'See whether somebody repairs the target meanwhile; else whether it applies in order, and name another fence with --fence-table.',
  },
};

/** What is unsettled of a table: the fold over its records. */
export class Unsettled {
  #known: UnsettledRows | null = null;

  get rows(): number {
    return this.#known?.rows ?? 0;
  }

  add(more: UnsettledRows): void {
    const known = this.#known;
    this.#known = known === null ? more : join(known, more);
  }

  /** What is said of them; `table` is the name of the table, `key` are its key columns, null where no key may be told. */
  describe(table: string, key: readonly string[] | null): readonly Finding[] {
    const known = this.#known;
    if (known === null) return [];
    const { rows, why, because, examples } = known;
    const such =
      key === null || examples.length === 0
        ? ''
        : `, such as ${examples.map((parts) => `${key.join(', ')} = ${formatKeyParts(parts)}`).join('; ')}`;
    return [
      {
        code: why === 'fence-broken' ? 'fence-broken' : 'unsettled',
        about: { table, detail: `${rows} ${why}` },
        message: `${formatCounted(rows, 'row')} of ${table} ${rows === 1 ? 'is' : 'are'} ${WHY[why].is}${because === undefined ? '' : ` (${because})`}${such}${describeLooks(known)}.`,
        hint: WHY[why].hint,
      },
    ];
  }
}

/** What proved that no fence is one outweighs that rows were moving. */
function join(one: UnsettledRows, other: UnsettledRows): UnsettledRows {
  const both = [one.why, other.why];
  return {
    rows: one.rows + other.rows,
    why: (['fence-broken', 'fence-late', 'stopped'] as const).find((why) => both.includes(why)) ?? 'moving',
    looks: {
      least: Math.min(one.looks.least, other.looks.least),
      most: Math.max(one.looks.most, other.looks.most),
    },
    firstMs: Math.min(one.firstMs, other.firstMs),
    lastMs: Math.max(one.lastMs, other.lastMs),
    ...((one.because ?? other.because) !== undefined && { because: one.because ?? other.because }),
    examples: [...one.examples, ...other.examples].slice(0, MOST_EXAMPLES),
  };
}

function describeLooks({ looks, firstMs, lastMs }: UnsettledRows): string {
  if (looks.most === 0) return '';
  const times = looks.least === looks.most ? `${looks.most}` : `${looks.least} to ${looks.most}`;
  const counted = looks.most === 1 ? 'once' : `${times} times`;
  return `: looked at ${counted}, first at ${timeOf(firstMs)} and last at ${timeOf(lastMs)}`;
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString();
}
