import { z } from 'zod';

export const BASELINE_FORMAT = 'rowproof/baseline@1';
/** More rows of a table are no known exceptions any more. */
export const MOST_BASELINE_ROWS = 10_000;

const moved = {
  acceptedAt: z.iso.datetime(),
  because: z.string(),
  /** Differences that were accepted with it. */
  differences: z.number().int().nonnegative(),
};

const FILE = z.object({
  format: z.literal(BASELINE_FORMAT),
  ...moved,
  run: z.object({ startedAt: z.string(), source: z.string(), target: z.string(), verdict: z.string() }),
  secret: z.string().nullable(),
  /** How it was moved before. */
  earlier: z.array(z.object(moved)),
  /** Hashes of rows by the target's name of their table. */
  tables: z.record(z.string(), z.array(z.string()).max(MOST_BASELINE_ROWS)),
  /** Hashes of differences that are no rows, such as a table without a partner. */
  schema: z.array(z.string()),
});

/** The differences that somebody accepted as known, with the reasons for which that was done. */
export type Baseline = z.infer<typeof FILE>;

/** Reads the text of a baseline; null where it is none, so that all is new. */
export function parseBaseline(text: string): Baseline | null {
  try {
    const parsed = FILE.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // What is no JSON is no baseline, and whoever reads it says so.
    return null;
  }
}

/** The text of a baseline, one hash a line, so that its changes can be read where it is kept under version control. */
export function formatBaseline(baseline: Baseline): string {
  return `${JSON.stringify(baseline, null, 1)}\n`;
}
