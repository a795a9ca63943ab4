import { z } from 'zod';
import { readDocument } from '../config/file-document.js';
import { text } from '../config/file-values.js';
import type { KeyPath, SettingsDocument } from '../config/settings-document.js';
import { CAUSE_TITLES, type CauseCode } from '../core/diagnosis.js';
import { calendarDay, daysAfter } from './expiry.js';
import {
  CAUSES_OF_WHOLE_ROWS,
  type CheckWaiver,
  MOST_CAUSE_ROWS,
  MOST_ROW_WAIVERS,
  WAIVERS_FORMAT,
  type Waiver,
} from './waiver.js';

const MOST_TEXT = 500;
const HINT = 'rowproof waive writes entries; docs/waive-differences.md says what they hold.';

const short = (expected: string) =>
  text(expected).refine((value) => value.length <= MOST_TEXT, {
    error: `expected ${expected} of at most ${MOST_TEXT} characters`,
  });

const ROW = z.strictObject(
  {
    table: text('a table of the target, as schema.table'),
    hash: z
      .string({ error: 'expected a hash that rowproof waive wrote' })
      .regex(/^[ku]1-[\w-]{43}$/, { error: 'expected a hash that this version of rowproof waive wrote' }),
    key: short('a key').optional(),
  },
  { error: 'expected table and hash' },
);

const CAUSE = z.strictObject(
  {
    table: text('a table of the target, as schema.table'),
    column: text('a column of the target'),
    code: z
      .string({ error: 'expected the code of a cause' })
      .refine((code) => Object.hasOwn(CAUSE_TITLES, code), { error: 'expected the code of a cause' })
      .refine((code) => !CAUSES_OF_WHOLE_ROWS.has(code), {
        error: 'expected a cause of changed values; whole rows are waived one by one',
      }),
    detail: text('what the rows share').optional(),
    maxRows: z
      .bigint({ error: `expected a number of rows from 1 to ${MOST_CAUSE_ROWS}` })
      .refine((rows) => rows >= 1n && rows <= BigInt(MOST_CAUSE_ROWS), {
        error: `expected a number of rows from 1 to ${MOST_CAUSE_ROWS}`,
      }),
  },
  { error: 'expected table, column, code and maxRows' },
);

const CHECK = z.strictObject(
  {
    id: text('the name of a check'),
    subject: short('what a finding is about'),
    evidence: text('what the report shows of it'),
  },
  { error: 'expected id, subject and evidence, as the report has them' },
);

const ENTRY = z
  .strictObject(
    {
      row: ROW.optional(),
      cause: CAUSE.optional(),
      check: CHECK.optional(),
      reason: short('a reason'),
      owner: short('an owner'),
      expires: z
        .string({ error: 'expected the last day on which it holds, as YYYY-MM-DD' })
        .refine((day) => calendarDay(day) !== null, {
          error: 'expected the last day on which it holds, as YYYY-MM-DD',
        }),
    },
    { error: 'expected an entry with row, cause or check, reason, owner and expires' },
  )
  .refine(({ row, cause, check }) => [row, cause, check].filter((each) => each !== undefined).length === 1, {
    error: 'expected one of row, cause and check',
  });

const FILE = z.strictObject(
  {
    format: z.literal(WAIVERS_FORMAT, { error: `expected ${WAIVERS_FORMAT}` }),
    secret: z
      .string({ error: 'expected what rowproof waive wrote' })
      .regex(/^[0-9a-f]{8}$/, { error: 'expected what rowproof waive wrote' })
      .optional(),
    waivers: z.array(ENTRY, { error: 'expected a list of entries' }),
  },
  { error: 'expected format and waivers' },
);

type FileContent = z.infer<typeof FILE>;

/** A file of waivers that says nothing wrong by itself. */
export interface WaiversFile {
  readonly path: string;
  /** What tells the secret of its hashes from others; null where they have none. */
  readonly secretCheck: string | null;
  readonly waivers: readonly Waiver[];
  /** Findings of the gate. */
  readonly checks: readonly CheckWaiver[];
}

export interface WaiversText {
  /** For messages. */
  readonly path: string;
  readonly text: string;
  /** The UTC day, `YYYY-MM-DD`. */
  readonly today: string;
}

/**
 * Reads the text of a waivers file, or throws a `usage` error with the line that is wrong. `today` is the UTC day: nothing is
 * accepted for longer than a year from it. What has expired is read as well, so that it can be named.
 */
export function parseWaivers({ path, text: yaml, today }: WaiversText): WaiversFile {
  const document = readDocument(path, yaml);
  const isEmpty = yaml.trim() === '';
  const content: FileContent = isEmpty ? { format: WAIVERS_FORMAT, waivers: [] } : check(document);
  refuseTooMany(document, content);
  const latest = daysAfter(today, 366);
  const checks: CheckWaiver[] = [];
  const waivers = content.waivers.flatMap((entry, at): Waiver[] => {
    if (entry.expires > latest)
      throw document.fault(
        ['waivers', at, 'expires'],
        `expected a day within a year, got ${entry.expires}`,
        'Nothing is accepted for longer; renew it when the day comes.',
      );
    const { check: found, reason, owner, expires } = entry;
    if (found === undefined) return [toWaiver(entry, document.placeOf(['waivers', at]))];
    const { id, subject, evidence } = found;
    checks.push({ check: id, subject, evidence, reason, owner, expires });
    return [];
  });
  return { path, secretCheck: content.secret ?? null, waivers, checks };
}

function toWaiver(
  { row, cause, reason, owner, expires }: FileContent['waivers'][number],
  place: string,
): Waiver {
  const mark = { reason, owner, expires, place };
  if (row !== undefined) return { kind: 'row', ...mark, table: row.table, hash: row.hash };
  const { table = '', column = '', code = '', detail, maxRows = 0n } = cause ?? {};
  const rows = { maxRows: Number(maxRows), detail: detail ?? null };
  return { kind: 'cause', ...mark, table, column, code: code as CauseCode, ...rows };
}

function check(document: SettingsDocument): FileContent {
  const parsed = FILE.safeParse(document.value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues;
  const unknown = issues.find((issue) => issue.code === 'unrecognized_keys');
  if (unknown?.code === 'unrecognized_keys') {
    throw document.fault([...keyPathOf(unknown), unknown.keys[0] ?? ''], 'unknown key', HINT);
  }
  const [issue] = issues;
  const path = issue === undefined ? [] : keyPathOf(issue);
  throw document.fault(path, issue?.message ?? 'expected waivers', HINT);
}

function keyPathOf({ path }: z.core.$ZodIssue): KeyPath {
  return path.map((step) => (typeof step === 'symbol' ? String(step) : step));
}

function refuseTooMany(document: SettingsDocument, { waivers }: FileContent): void {
  const rows = waivers.filter(({ row }) => row !== undefined).length;
  if (rows <= MOST_ROW_WAIVERS) return;
  throw document.fault(
    ['waivers'],
    `expected at most ${MOST_ROW_WAIVERS} rows, got ${rows}`,
    'So many rows have something in common: waive their cause, with rowproof waive --cause, or repair them.',
  );
}
