import { z } from 'zod';
import type { Verdict } from '../core/verdict.js';

export const HISTORY_FORMAT = 'rowproof/history@1';
/** Rows of a table, and of a night, that are remembered one by one; of more only the number is. */
export const MOST_TABLE_ROWS = 10_000;
export const MOST_NIGHT_ROWS = 100_000;

const VERDICTS: readonly Verdict[] = ['verified', 'different', 'unverified', 'sampled', 'counted', 'waived'];
const verdict = z.enum(VERDICTS as [Verdict, ...Verdict[]]);
const amount = z.number().int().nonnegative();

const TABLE = z.object({
  table: z.string(),
  verdict,
  differing: amount,
  waived: amount,
  /** Whether all of its rows were compared, so that one that is not among `rows` is equal. */
  isRead: z.boolean(),
  /** Whether it was left once enough of its rows differed, so that more may. */
  isLeft: z.literal(true).optional(),
  /** For each differing row what it is called, and a hash of how it differs; null where there were too many. */
  rows: z
    .array(z.tuple([z.string(), z.string()]))
    .max(MOST_TABLE_ROWS)
    .nullable(),
});

const FILE = z.object({
  format: z.literal(HISTORY_FORMAT),
  startedAt: z.iso.datetime(),
  verdict,
  source: z.string(),
  target: z.string(),
  asked: z.string(),
  /** What tells the secret of the hashes from others; null where keys stand in clear. */
  secret: z.string().nullable(),
  tables: z.array(TABLE),
});

/** A run as a history remembers it. */
export type SavedNight = z.infer<typeof FILE>;
export type SavedTable = z.infer<typeof TABLE>;

/** Reads the text of a night; null where it is none. */
export function parseNight(text: string): SavedNight | null {
  try {
    const parsed = FILE.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // What is no JSON is no night, and whoever reads it says so.
    return null;
  }
}

/** The text of a night. */
export function formatNight(night: SavedNight): string {
  return `${JSON.stringify(night)}\n`;
}
