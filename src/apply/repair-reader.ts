import type { FileHandle } from 'node:fs/promises';
import { RowproofError } from '../core/errors.js';
import type { WriteDialect, WriteSetting } from '../engines/write.js';
import { visibleName } from '../report/visible-text.js';
import { readLines } from './file-lines.js';
import {
  type FileHeader,
  type FileTable,
  readHeaderLine,
  readLeftAlone,
  readTableLine,
} from './repair-header.js';
import { type RowStatement, readRowStatement } from './row-statement.js';

/** What a repair file holds, in its order. */
export type RepairItem =
  | { readonly kind: 'begin' }
  | { readonly kind: 'commit' }
  | { readonly kind: 'row'; readonly statement: RowStatement };

/** What a repair file says before its first row, complete once a row was read. */
export interface FilePreamble {
  header: FileHeader | null;
  readonly tables: Map<number, FileTable>;
  readonly settings: WriteSetting[];
  /** The lines of the settings as they stand in the file. */
  readonly settingLines: string[];
  leftAlone: number;
}

interface Reading {
  /** The path as the user wrote it. */
  readonly path: string;
  readonly file: FileHandle;
  readonly dialect: WriteDialect;
  readonly preamble: FilePreamble;
}

const BEGINS: ReadonlySet<string> = new Set(['BEGIN;', 'START TRANSACTION;']);
const DEFER = 'SET CONSTRAINTS ALL DEFERRED;';
const END = /^-- End of the file\b/;
/** A line from which a person cannot tell what it does has no place in the file. */
const CONTROL = /\p{Cc}/u;

/** The preamble of a file of which nothing was read yet. */
export function emptyPreamble(): FilePreamble {
  return { header: null, tables: new Map(), settings: [], settingLines: [], leftAlone: 0 };
}

/**
 * Reads the rows of a repair file and fills in its preamble on the way. Every line must be one that Rowproof writes;
 * any other, also one behind the last row, is refused with its number.
 */
export async function* readRepair({ path, file, dialect, preamble }: Reading): AsyncGenerator<RepairItem> {
  const refuse = (number: number, fault: string): RowproofError => refusal(path, number, fault);
  let state: 'preamble' | 'outside' | 'begun' | 'inside' = 'preamble';
  let last = { text: '', number: 0 };
  for await (const { number, text, complete } of readCheckedLines(path, file)) {
    if (!complete) throw refuse(number, 'ends without a line break: the file was cut off');
    if (text === '') continue;
    last = { text, number };
    if (text.startsWith('--')) {
      readComment(text, preamble);
    } else if (BEGINS.has(text)) {
      if (state === 'inside' || state === 'begun')
        throw refuse(number, 'begins a transaction inside another');
      if (preamble.header === null) throw notOurs(path);
      state = 'begun';
      yield { kind: 'begin' };
    } else if (text === DEFER && state === 'begun') {
      state = 'inside';
    } else if (text === 'COMMIT;') {
      if (state !== 'inside' && state !== 'begun')
        throw refuse(number, 'ends a transaction that was not begun');
      state = 'outside';
      yield { kind: 'commit' };
    } else if (text.startsWith('/*r ')) {
      if (state !== 'inside' && state !== 'begun') throw refuse(number, 'is outside of a transaction');
      state = 'inside';
      yield { kind: 'row', statement: readRow(text, number, { path, dialect, preamble }) };
    } else {
      const settings = state === 'preamble' ? dialect.readSettings(text) : null;
      if (settings === null) throw refuse(number, 'is no statement that Rowproof writes');
      preamble.settings.push(...settings);
      preamble.settingLines.push(text);
    }
  }
  if (preamble.header === null) throw notOurs(path);
  if (state === 'inside' || state === 'begun')
    throw refuse(last.number, 'ends in the middle of a transaction');
  if (!END.test(last.text)) throw refuse(last.number, 'is not the end of the file: it was cut off');
}

async function* readCheckedLines(path: string, file: FileHandle): ReturnType<typeof readLines> {
  try {
    for await (const line of readLines(file)) {
      if (CONTROL.test(line.text)) throw refusal(path, line.number, 'has a control character');
      yield line;
    }
  } catch (error) {
    if (error instanceof TypeError) throw notOurs(path);
    throw error;
  }
}

function readComment(text: string, preamble: FilePreamble): void {
  preamble.header ??= readHeaderLine(text);
  const table = readTableLine(text);
  if (table !== null && !preamble.tables.has(table[0])) preamble.tables.set(...table);
  preamble.leftAlone ||= readLeftAlone(text);
}

function readRow(
  text: string,
  number: number,
  { path, dialect, preamble }: Pick<Reading, 'path' | 'dialect' | 'preamble'>,
): RowStatement {
  const statement = readRowStatement(text, number, dialect);
  if ('fault' in statement) throw refusal(path, number, statement.fault);
  const table = preamble.tables.get(statement.table);
  if (table === undefined)
    throw refusal(path, number, `names table ${statement.table}, which the header does not`);
  if (table.schema !== statement.schema || table.name !== statement.name)
    throw refusal(path, number, 'writes to another table than the header says');
  if (table.schema !== preamble.header?.schema)
    throw refusal(path, number, 'writes to another schema than the header says');
  const named = new Set(statement.key.flatMap(({ columns }) => columns));
  const missing = table.key.find((column) => !named.has(column));
  if (missing !== undefined) throw refusal(path, number, `does not find its row by key column ${missing}`);
  return statement;
}

function refusal(path: string, line: number, fault: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Line ${line} of ${path} ${visibleName(fault)}.`,
    hint: 'rowproof apply takes only files as rowproof verify --repair wrote them. Nothing was applied.',
  });
}

function notOurs(path: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${path} is no repair file of this version of Rowproof.`,
    hint: 'Write one with rowproof verify --repair PATH, and apply it unchanged. Nothing was applied.',
  });
}
