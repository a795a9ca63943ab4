import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { WAIVE_OPTIONS } from '../config/options/waive-options.js';
import { optionError, type RawFlags, readText } from '../config/raw-flags.js';
import { readNumber } from '../config/read-option.js';
import { EXIT_CODES } from '../core/verdict.js';
import type { WaiverMark } from '../core/waiver.js';
import { readSecret } from '../secrets/read-secret.js';
import { RowDigester } from '../secrets/row-digest.js';
import { addWaivers, type NewWaiver } from '../waivers/add-waivers.js';
import { calendarDay, daysAfter } from '../waivers/expiry.js';
import { DEFAULT_WAIVERS_PATH } from '../waivers/waiver.js';
import { waiversError } from '../waivers/waivers-error.js';
import type { WaiversFile } from '../waivers/waivers-file.js';
import { formatCounted } from '../words/number-text.js';
import type { GuardedIo } from './cli-io.js';
import { whileLocked } from './file-lock.js';
import { openOutputFile } from './output-file.js';
import { readSavedRun } from './saved-run.js';
import { chooseCauses } from './waive-causes.js';
import { chooseRows } from './waive-rows.js';
import { readWaiversFile, readWaiversText } from './waivers-place.js';

interface WaiveCommand {
  readonly path: string;
  readonly flags: RawFlags;
  readonly io: GuardedIo;
}

/** Does what `rowproof waive` was asked to: adds entries to a waivers file, for rows or causes of a saved run. */
export async function runWaive({ path, flags, io }: WaiveCommand): Promise<number> {
  const today = new Date().toISOString().slice(0, 10);
  const mark = readMark(flags, today);
  const waiversPath = readText(flags, 'waivers') ?? DEFAULT_WAIVERS_PATH;
  return whileLocked(waiversPath, () => addTo(waiversPath, { path, flags, io, mark, today }));
}

interface Adding extends WaiveCommand {
  readonly mark: WaiverMark;
  readonly today: string;
}

async function addTo(waiversPath: string, { path, flags, io, mark, today }: Adding): Promise<number> {
  const file = existsSync(waiversPath) ? readWaiversFile(waiversPath, today) : null;
  const result = readSavedRun(path);
  const digester = openDigester({ flags, io, waiversPath });
  refuseOtherSecret(file, digester);
  const asked = readAsked(flags);
  const choice = { flags, result, mark, today, known: file?.waivers ?? [], digester };
  const added = asked === 'cause' ? chooseCauses(choice) : await chooseRows(choice);
  const isKeyed = asked === 'rows' && digester.isKeyed;
  await write({ path: waiversPath, file, added, secretCheck: isKeyed ? digester.check : null });
  io.stdout.write(`Wrote ${describe(added, asked)} to ${waiversPath}, good until ${mark.expires}.\n`);
  if (asked === 'rows' && !digester.isKeyed) io.stderr.write(IN_CLEAR);
  return EXIT_CODES.clean;
}

const IN_CLEAR =
  'No secret is given: keys stand in the file in clear, and what rows hold can be guessed from their hashes. Set ROWPROOF_KEY, or --key-file PATH.\n';

function describe(added: readonly NewWaiver[], asked: 'rows' | 'cause'): string {
  return formatCounted(added.length, asked === 'rows' ? 'waiver of a row' : 'waiver of a cause').replace(
    /waiver of (a \w+)s$/,
    'waivers of $1',
  );
}

interface Digesting extends Omit<WaiveCommand, 'path'> {
  readonly waiversPath: string;
}

function openDigester({ flags, io, waiversPath }: Digesting): RowDigester {
  const secret = readSecret({
    variables: io.env,
    keyFile: readText(flags, 'key-file') ?? null,
    protects: { besides: [dirname(waiversPath)], inside: [] },
  });
  return new RowDigester(secret, 'waivers');
}

/** Hashes of two secrets in one file would leave one half of them without effect. */
function refuseOtherSecret(file: WaiversFile | null, { check }: RowDigester): void {
  if (file === null || file.secretCheck === null || check === null || file.secretCheck === check) return;
  throw waiversError(
    `The hashes of ${file.path} were made with another secret than the one that is given.`,
    'Give the secret with which they were written, or name another file with --waivers.',
  );
}

function readAsked(flags: RawFlags): 'rows' | 'cause' {
  const rows = readText(flags, 'rows');
  const cause = readText(flags, 'cause');
  if ((rows === undefined) === (cause === undefined)) {
    throw optionError({
      option: '--rows',
      message: `Expected --rows all or --cause CODE, got ${rows === undefined ? 'none' : 'both'}.`,
      hint: 'Waive rows one by one, or the cause that the run proved for them.',
    });
  }
  if (rows !== undefined && rows !== 'all') {
    throw optionError({
      option: '--rows',
      message: `Expected --rows to be one of all, got ${rows}.`,
      hint: 'Name tables with --table to waive only their rows.',
    });
  }
  if (rows !== undefined) refuseCauseFlags(flags);
  return rows === undefined ? 'cause' : 'rows';
}

function refuseCauseFlags(flags: RawFlags): void {
  const stray = readText(flags, 'column') === undefined ? null : '--column';
  const other = readNumber(flags, WAIVE_OPTIONS.maxRows) === null ? stray : '--max-rows';
  if (other === null) return;
  throw optionError({
    option: other,
    message: `Expected ${other} only with --cause, got it with --rows.`,
    hint: 'Leave it out.',
  });
}

/** Who accepts what, why and until when: without one of the three it is no waiver. */
function readMark(flags: RawFlags, today: string): WaiverMark {
  const [owner, reason, expires] = ['owner', 'reason', 'expires'].map((name) => required(flags, name));
  const mark = { owner: owner ?? '', reason: reason ?? '', expires: expires ?? '' };
  const isDay = calendarDay(mark.expires) !== null;
  if (isDay && mark.expires >= today && mark.expires <= daysAfter(today, 366)) return mark;
  throw optionError({
    option: '--expires',
    message: `Expected --expires to be a day from today to a year from now, got ${mark.expires}.`,
    hint: `Write it as YYYY-MM-DD, for example --expires ${daysAfter(today, 30)}.`,
  });
}

function required(flags: RawFlags, name: string): string {
  const value = readText(flags, name);
  if (value !== undefined) return value;
  throw optionError({
    option: `--${name}`,
    message: `Expected --${name}, got none.`,
    hint: 'A waiver has an owner, a reason and the last day on which it holds.',
  });
}

interface Writing {
  readonly path: string;
  readonly file: WaiversFile | null;
  readonly added: readonly NewWaiver[];
  readonly secretCheck: string | null;
}

/** The file appears complete, or stays as it was. */
async function write({ path, file, added, secretCheck }: Writing): Promise<void> {
  const text = addWaivers({ path, text: file === null ? null : readWaiversText(path), added, secretCheck });
  const output = openOutputFile({ flag: '--waivers', path, access: 'readable' });
  try {
    await output.write([text]);
  } finally {
    output.discard();
  }
}
