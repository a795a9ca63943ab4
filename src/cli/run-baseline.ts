import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { optionError, type RawFlags, readText, usageError } from '../config/raw-flags.js';
import type { RunResult } from '../core/result.js';
import { EXIT_CODES } from '../core/verdict.js';
import {
  BASELINE_FORMAT,
  type Baseline,
  formatBaseline,
  MOST_BASELINE_ROWS,
  parseBaseline,
} from '../history/baseline.js';
import { listSchemaDifferences } from '../history/known-differences.js';
import { parseSavedDifferences } from '../report/saved-differences.js';
import { listUnread } from '../report/unread-text.js';
import { readSecret } from '../secrets/read-secret.js';
import { RowDigester } from '../secrets/row-digest.js';
import type { Secret } from '../secrets/secret.js';
import { formatCounted } from '../words/number-text.js';
import type { GuardedIo } from './cli-io.js';
import { whileLocked } from './file-lock.js';
import { openOutputFile } from './output-file.js';
import { readLines } from './read-lines.js';
import { readTextFile } from './read-text-file.js';
import { hashesOfHidden } from './saved-hashes.js';
import { readSavedRun } from './saved-run.js';

interface BaselineCommand {
  readonly action: string;
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

const MOST_BASELINE_BYTES = 64 << 20;
const MOST_NAMED = 5;

/** Does what `rowproof baseline accept` was asked to: the differences of a saved run are known from now on. */
export async function runBaseline({ action, path, flags, io }: BaselineCommand): Promise<number> {
  if (action !== 'accept')
    throw usageError(`Expected accept, got ${action}.`, 'Write rowproof baseline accept RUN.json.');
  const [place, because, rowsPath] = [
    required(flags, 'baseline', 'Name the file that verify --baseline reads.'),
    required(flags, 'because', 'Say in a sentence why these differences are accepted as known.'),
    required(
      flags,
      'differences',
      'Name the file that verify --differences wrote in the run of the saved result.',
    ),
  ];
  const result = readSavedRun(path);
  const secret = openSecret({ flags, io, place });
  const digester = new RowDigester(secret, 'history');
  const { check: secretCheck } = new RowDigester(secret, 'waivers');
  const tables = await hashRows({ rowsPath, result, digester, secretCheck });
  const schema = listSchemaDifferences(result, digester);
  const differences = countHashes(tables) + schema.length;
  const acceptedAt = new Date().toISOString();
  const { startedAt, verdict, source, target } = result;
  await whileLocked(place, () =>
    write(place, {
      format: BASELINE_FORMAT,
      ...{ acceptedAt, because, differences },
      run: { startedAt, verdict, source: source.url, target: target.url },
      secret: digester.check,
      earlier: readEarlier(place),
      ...{ tables, schema },
    }),
  );
  io.stdout.write(`${place} knows ${formatCounted(differences, 'difference')} from now on.\n`);
  const unread = listUnread(result);
  if (unread.length > 0) io.stderr.write(`${sayUnread(unread)}\n`);
  if (!digester.isKeyed) io.stderr.write(GUESSABLE);
  return EXIT_CODES.clean;
}

const GUESSABLE =
  'No secret is given: what rows hold can be guessed from the hashes of the baseline. Set ROWPROOF_KEY, or --key-file PATH.\n';

/** Whoever takes a baseline for all that differs would take the rest for new damage. */
function sayUnread(unread: readonly string[]): string {
  const named = unread.slice(0, MOST_NAMED).join(', ');
  const more = unread.length > MOST_NAMED ? ` and ${unread.length - MOST_NAMED} more` : '';
  return `The run did not compare everything: ${named}${more}. What differs there is not in the baseline, and is new once it is found.`;
}

function required(flags: RawFlags, name: string, hint: string): string {
  const value = readText(flags, name);
  if (value !== undefined) return value;
  throw optionError({ option: `--${name}`, message: `Expected --${name}, got none.`, hint });
}

interface Secretive extends Pick<BaselineCommand, 'flags' | 'io'> {
  readonly place: string;
}

function openSecret({ flags, io, place }: Secretive): Secret | null {
  const keyFile = readText(flags, 'key-file') ?? null;
  const protects = { besides: [dirname(place)], inside: [] };
  return readSecret({ variables: io.env, keyFile, protects });
}

interface Hashing {
  readonly rowsPath: string;
  readonly result: RunResult;
  readonly digester: RowDigester;
  /** What tells the secret from others in saved rows; null without one. */
  readonly secretCheck: string | null;
}

/** Rows that are waived have a file of their own, which says until when. */
async function hashRows({
  rowsPath,
  result,
  digester,
  secretCheck,
}: Hashing): Promise<Record<string, string[]>> {
  const tables = new Map<string, string[]>();
  const rows = parseSavedDifferences({ lines: readLines(rowsPath), path: rowsPath, result });
  for await (const { table, difference } of rows) {
    if (difference.waived !== undefined) continue;
    const hidden = hashesOfHidden(difference, secretCheck);
    const hashes = tables.get(table) ?? [];
    hashes.push(hidden?.state ?? digester.digest(table, difference).state);
    if (hashes.length > MOST_BASELINE_ROWS) throw tooMany(table);
    tables.set(table, hashes);
  }
  return Object.fromEntries(tables);
}

function tooMany(table: string): Error {
  return usageError(
    `More than ${MOST_BASELINE_ROWS} rows of ${table} differ, and so many are no known exceptions.`,
    'Repair them, or waive their cause with rowproof waive --cause.',
  );
}

function countHashes(tables: Readonly<Record<string, readonly string[]>>): number {
  return Object.values(tables).reduce((sum, hashes) => sum + hashes.length, 0);
}

/** How the baseline was moved before; one that cannot be read is refused, since its reasons would be lost. */
function readEarlier(path: string): Baseline['earlier'] {
  if (!existsSync(path)) return [];
  const known = parseBaseline(readTextFile(path, MOST_BASELINE_BYTES));
  if (known === null) {
    throw optionError({
      option: '--baseline',
      message: `Cannot move the baseline ${path}: it is not what rowproof baseline accept writes.`,
      hint: 'Name another file, or remove it.',
    });
  }
  const { acceptedAt, because, differences, earlier } = known;
  return [...earlier, { acceptedAt, because, differences }];
}

async function write(path: string, baseline: Baseline): Promise<void> {
  const output = openOutputFile({ flag: '--baseline', path, access: 'readable' });
  try {
    await output.write([formatBaseline(baseline)]);
  } finally {
    output.discard();
  }
}
