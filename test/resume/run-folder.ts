import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listKeptRuns } from '../../src/app/saved-runs.js';
import type { TableResult } from '../../src/core/result.js';
import { formatLine, parseLine } from '../../src/state/journal/journal-line.js';
import type { TestDatabase } from '../support/database.js';

/** So long after its last word nobody takes a run to be at work. */
const LONG_AGO_MS = 120_000;

/** Where a run of a test keeps its journal, and where its outputs go. */
export interface RunFolder {
  readonly path: string;
  readonly journal: string;
  /** The flags that name both. */
  readonly flags: readonly string[];
  readonly remove: () => void;
}

/** Makes such a folder; a run that only counts lists no rows. */
export function makeRunFolder({ listsRows = true }: { readonly listsRows?: boolean } = {}): RunFolder {
  const path = mkdtempSync(join(tmpdir(), 'rowproof-sittings-'));
  const journal = join(path, 'journal');
  const outputs = [
    ...['--report', `json=${join(path, 'run.json')}`],
    ...(listsRows ? ['--differences', join(path, 'rows.ndjson'), '--repair', join(path, 'repair.sql')] : []),
  ];
  return {
    path,
    journal,
    flags: [...outputs, '--journal', journal, '--quiet'],
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** The flags that say where the sides are, with their passwords. */
export function sideFlags(
  source: Pick<TestDatabase, 'url'>,
  target: Pick<TestDatabase, 'url'>,
): readonly string[] {
  return ['--source', source.url, '--target', target.url];
}

/** What another process must have at the end: all that the outputs say, but for when and where they were written. */
export function readOutputs({ path }: RunFolder): Readonly<Record<string, unknown>> {
  const read = (name: string): string =>
    existsSync(join(path, name)) ? readFileSync(join(path, name), 'utf8') : '';
  const { run, startedAt, elapsedMs, command, sittings, tables, ...result } = JSON.parse(read('run.json'));
  const notes = startedAt.replaceAll(/\D/g, '');
  const withoutOrigin = (text: string): string =>
    text.replaceAll(path, 'FOLDER').replaceAll(startedAt, 'BEGIN').replaceAll(notes, 'BEGIN');
  return {
    result: {
      ...result,
      tables: tables.map(({ elapsedMs: _, writeMarks: __, coverage, ...table }: TableResult) => {
        // How many chunks there are hangs on how fast servers answer.
        return { ...table, coverage: { ...coverage, chunks: null } };
      }),
    },
    rows: read('rows.ndjson').split('\n'),
    repair: withoutOrigin(read('repair.sql')),
    undo: withoutOrigin(read('repair.undo.sql')),
  };
}

/** The only run of a folder: its name, and the lines of its last sitting. */
export function readOnlyRun({ journal }: Pick<RunFolder, 'journal'>): {
  readonly run: string;
  readonly path: string;
  readonly lines: readonly string[];
} {
  const [run = '', ...others] = readdirSync(journal);
  if (others.length > 0) throw new Error(`There are other runs in ${journal}: ${others.join(', ')}`);
  const sitting = readdirSync(join(journal, run)).sort().at(-1) ?? '';
  const path = join(journal, run, sitting);
  return { run, path, lines: readFileSync(path, 'utf8').split('\n').slice(0, -1) };
}

/** Puts a journal of these lines into another folder, as a process leaves it that was killed after the last of them. */
export function plantRun(
  { journal }: Pick<RunFolder, 'journal'>,
  { run, lines }: { readonly run: string; readonly lines: readonly string[] },
): string {
  mkdirSync(join(journal, run), { recursive: true, mode: 0o700 });
  const path = join(journal, run, 'sitting-0001.journal');
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''), { mode: 0o600 });
  // The process that it names is the one of the test, which lives on.
  const before = new Date(Date.now() - LONG_AGO_MS);
  utimesSync(path, before, before);
  return path;
}

/** The record of a line. */
export function readRecord<Kind>(line: string): Kind {
  return parseLine(line) as Kind;
}

/** A line whose record says something else, with the checksum that belongs to it. */
export function changeLine<Kind extends object>(line: string, change: (record: Kind) => object): string {
  return formatLine(change(readRecord<Kind>(line))).trimEnd();
}

/** The names of the runs that wait to go on; others are kept so that what differed can be read again. */
export function waitingRuns({ journal }: Pick<RunFolder, 'journal'>): readonly string[] {
  return listKeptRuns(journal)
    .filter(({ ended }) => ended === null)
    .map(({ run }) => run);
}

/** The names of the runs that are kept. */
export function keptRuns({ journal }: Pick<RunFolder, 'journal'>): readonly string[] {
  return readdirSync(journal).filter((name) => !name.startsWith('.'));
}
