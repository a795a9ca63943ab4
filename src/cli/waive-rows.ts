import { optionError, type RawFlags, readText } from '../config/raw-flags.js';
import type { RowDifference } from '../core/difference.js';
import type { RunResult } from '../core/result.js';
import type { WaiverMark } from '../core/waiver.js';
import { parseSavedDifferences } from '../report/saved-differences.js';
import type { RowDigester } from '../secrets/row-digest.js';
import type { NewWaiver } from '../waivers/add-waivers.js';
import { MOST_ROW_WAIVERS, type Waiver } from '../waivers/waiver.js';
import { waiversError } from '../waivers/waivers-error.js';
import { chooseTables } from './chosen-tables.js';
import { readLines } from './read-lines.js';
import { hashesOfHidden } from './saved-hashes.js';

/** What entries are made of. */
export interface WaiveChoice {
  readonly flags: RawFlags;
  readonly result: RunResult;
  readonly mark: WaiverMark;
  /** The UTC day, `YYYY-MM-DD`. */
  readonly today: string;
  /** The entries that are there. */
  readonly known: readonly Waiver[];
  readonly digester: RowDigester;
}

/** A key in clear is for people, who do not read longer ones. */
const MOST_KEY = 200;

/** Makes an entry of each differing row of a saved run that nobody has waived, of some tables or of all. */
export async function chooseRows(choice: WaiveChoice): Promise<NewWaiver[]> {
  const { flags, result, mark, known, digester, today } = choice;
  const tables = chooseTables(flags, result);
  const holds = new Set(
    known.flatMap((entry) => (entry.kind === 'row' && entry.expires >= today ? [entry.hash] : [])),
  );
  const added: NewWaiver[] = [];
  for await (const { table, difference } of readRows(flags, result)) {
    if (!tables.has(table) || difference.waived !== undefined) continue;
    const hidden = hashesOfHidden(difference, digester.check);
    const hash = hidden?.waiver ?? digester.waiverHash(table, difference);
    if (holds.has(hash)) continue;
    const row = { table, hash, ...(digester.isKeyed ? {} : keyInClear(difference)) };
    added.push({ about: { row }, ...mark });
    if (added.length > MOST_ROW_WAIVERS) throw tooMany();
  }
  if (added.length > 0) return added;
  throw waiversError(
    'No row is left to waive: none differs, or each is waived already.',
    'See the report of the run, and --table.',
  );
}

function readRows(
  flags: RawFlags,
  result: RunResult,
): AsyncIterable<{ readonly table: string; readonly difference: RowDifference }> {
  const path = readText(flags, 'differences');
  if (path !== undefined) return parseSavedDifferences({ lines: readLines(path), path, result });
  throw optionError({
    option: '--differences',
    message: 'Expected --differences PATH with --rows, got none.',
    hint: 'Name the file that verify --differences wrote in the run of the saved result.',
  });
}

function keyInClear({ key }: RowDifference): { readonly key?: string } {
  if (key === null) return {};
  const text = JSON.stringify(key);
  return { key: text.length > MOST_KEY ? `${text.slice(0, MOST_KEY)}…` : text };
}

function tooMany(): Error {
  return waiversError(
    `More than ${MOST_ROW_WAIVERS} rows differ, and so many cannot be waived one by one.`,
    'They have something in common: waive their cause, with --cause CODE, or repair them.',
  );
}
