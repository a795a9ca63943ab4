import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { RowproofError } from '../../core/errors.js';
import type { TableId } from '../../core/pairing.js';
import { TableProgress } from '../table-progress.js';
import { listSittings, sittingPath } from './journal-folder.js';
import { JOURNAL_FORMAT, type SittingHead, type SittingRecord } from './journal-format.js';
import { parseLine } from './journal-line.js';

/** What the journal of a run says. */
export interface SavedRun {
  readonly head: SittingHead;
  /** Bytes of the sitting that are whole. */
  readonly bytes: number;
  /** What of each table needs not be read again. */
  readonly progress: ReadonlyMap<TableId, TableProgress>;
  /** What the run's result says, where it came to one. */
  readonly result: Extract<SittingRecord, { kind: 'result' }> | null;
}

const READ_BYTES = 1 << 20;
/** More than the record of a result takes. */
const LAST_BYTES = 4096;

/** Reads the last sitting of a run that took over all of the one before; null where no sitting got so far. */
export function readRun(folder: string, run: string): SavedRun | null {
  for (const sitting of listSittings(folder, run).toReversed()) {
    const saved = readSitting(sittingPath(folder, run, sitting));
    if (saved !== null) return saved;
  }
  return null;
}

/** Reads the head of a run's last sitting alone, for a list; null where no sitting has one that this version can read. */
export function readHead(folder: string, run: string): SittingHead | null {
  for (const sitting of listSittings(folder, run).toReversed()) {
    for (const { record } of readLines(sittingPath(folder, run, sitting))) {
      if (formatOf(record) === JOURNAL_FORMAT) return record as SittingHead;
      break;
    }
  }
  return null;
}

/** What the result of a run was, where its last sitting came to one. */
export function readResult(folder: string, run: string): SavedRun['result'] {
  const last = listSittings(folder, run).at(-1);
  if (last === undefined) return null;
  const handle = openSync(sittingPath(folder, run, last), 'r');
  try {
    const { size } = fstatSync(handle);
    const buffer = Buffer.alloc(Math.min(size, LAST_BYTES));
    readSync(handle, buffer, 0, buffer.length, size - buffer.length);
    const line = buffer.toString('utf8').split('\n').at(-2) ?? '';
    const record = parseLine(line) as SittingRecord | undefined;
    return record?.kind === 'result' ? record : null;
  } finally {
    closeSync(handle);
  }
}

function readSitting(path: string): SavedRun | null {
  const progress = new Map<TableId, TableProgress>();
  let head: SittingHead | null = null;
  let result: SavedRun['result'] = null;
  let isReady = false;
  let bytes = 0;
  for (const { record, end } of readLines(path)) {
    bytes = end;
    if (head === null) {
      if (!isHead(record)) return null;
      head = record;
      continue;
    }
    const { kind } = record as SittingRecord;
    if (kind === 'ready') isReady = true;
    if (kind === 'result') result = record as SavedRun['result'];
    if (kind === 'learned') addLearned(progress, record as Extract<SittingRecord, { kind: 'learned' }>);
  }
  return head === null || !isReady ? null : { head, bytes, progress, result };
}

function addLearned(
  progress: Map<TableId, TableProgress>,
  { table, record, sitting, atMs }: Extract<SittingRecord, { kind: 'learned' }>,
): void {
  const known = progress.get(table) ?? new TableProgress();
  progress.set(table, known);
  known.add({ record, sitting, atMs });
}

function formatOf(record: unknown): unknown {
  return typeof record === 'object' && record !== null && 'format' in record ? record.format : null;
}

function isHead(record: unknown): record is SittingHead {
  const format = formatOf(record);
  if (format === null || format === JOURNAL_FORMAT) return format !== null;
  throw new RowproofError({
    code: 'usage',
    message: `The journal has the format ${String(format)}, and this version reads ${JOURNAL_FORMAT}.`,
    hint: 'Go on with the version that began the run, or run again.',
  });
}

/** The records of a file up to the first that was not written whole, each with where its line ends. */
function* readLines(path: string): Generator<{ readonly record: unknown; readonly end: number }> {
  const handle = openSync(path, 'r');
  try {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    let end = 0;
    for (let read = readSync(handle, buffer); read > 0; read = readSync(handle, buffer)) {
      const lines = (rest + decoder.write(buffer.subarray(0, read))).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const record = parseLine(line);
        if (record === undefined) return;
        end += Buffer.byteLength(line) + 1;
        yield { record, end };
      }
    }
  } finally {
    closeSync(handle);
  }
}
