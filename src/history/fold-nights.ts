import type { RunResult } from '../core/result.js';
import type { Night, RowTrend, TableNight } from '../core/trend.js';
import type { SavedNight, SavedTable } from './night.js';

/** A row that differed. */
interface OpenRow {
  /** How it differed. */
  readonly state: string;
  /** What the run that saw it asked: one that asks something else does not show that it is equal. */
  readonly asked: string;
}

/** What is known of a table before a night. */
interface TableMemory {
  /** The rows that differed when they were last looked at; null where not all of them are known. */
  open: ReadonlyMap<string, OpenRow> | null;
  asked: string;
  secret: string | null;
}

const UNKNOWN: RowTrend = { new: null, persisting: null, again: null, healed: null };

/**
 * Says of each night, in their order, which rows are new, persist and are healed. Only what was looked at again is healed:
 * a table that was not read in full, or asked for in another way, leaves open what it does not show.
 */
export function foldNights(saved: Iterable<SavedNight>): Night[] {
  const memories = new Map<string, TableMemory>();
  return Array.from(saved, (night) => {
    const { startedAt, verdict, source, target } = night;
    const tables = night.tables.map((table): TableNight => {
      const name = JSON.stringify([source, target, table.table]);
      const memory = memories.get(name) ?? { open: new Map(), asked: night.asked, secret: night.secret };
      const trend = foldTable(memory, night, table);
      memories.set(name, memory);
      const { differing, waived, isLeft = false } = table;
      const known = { table: table.table, verdict: table.verdict, differing, waived };
      // How many of the rows that were not read differ is not known, so that no number is the whole.
      return isLeft ? { ...known, isLeft, ...UNKNOWN } : { ...known, ...trend };
    });
    return { startedAt, verdict, source, target, tables };
  });
}

function foldTable(
  memory: TableMemory,
  { asked, secret }: SavedNight,
  { rows, isRead }: SavedTable,
): RowTrend {
  const { open } = memory;
  const isSameSecret = memory.secret === secret || open?.size === 0;
  const isSameQuestion = memory.asked === asked;
  const now = rows === null ? null : new Map(rows.map(([row, state]) => [row, { state, asked }]));
  memory.asked = asked;
  memory.secret = secret;
  if (open === null || now === null || !isSameSecret) {
    memory.open = isRead ? now : null;
    return UNKNOWN;
  }
  const kept = [...now].filter(([row]) => open.has(row));
  const gone = [...open].filter(([row]) => !now.has(row));
  const elsewhere = gone.filter(([, row]) => row.asked !== asked);
  memory.open = new Map([...(isRead ? elsewhere : gone), ...now]);
  const own = gone.length - elsewhere.length;
  const isTold = gone.length === 0 || (isRead && (elsewhere.length === 0 || isSameQuestion));
  return {
    new: now.size - kept.length,
    persisting: kept.length,
    again: kept.filter(([row, { state }]) => open.get(row)?.state !== state).length,
    healed: isTold ? own : null,
  };
}

/** Only nights of the same two databases are nights of one story. */
export function trendOf(nights: readonly Night[], { source, target }: RunResult): readonly Night[] {
  return nights.filter((night) => night.source === source.url && night.target === target.url);
}
