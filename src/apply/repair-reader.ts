import type { FileHandle } from 'node:fs/promises';
import { RowproofError } from '../core/errors.js';
import type { WriteDialect, WriteSetting } from '../engines/write.js';
import { visibleName } from '../words/visible-text.js';
import { NotUtf8, readLines } from './file-lines.js';
import { readBareStatement } from './noted-statement.js';
import {
  type FileHeader,
  type FileTable,
  readHeaderLine,
  readLeftAlone,
  readTableLine,
} from './repair-header.js';
import { type RowStatement, readRowStatement } from './row-statement.js';
import type { ToldRows } from './told-rows.js';

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
  leftAlone: number;
  /** Rows of an undo that its repair did not change. */
  readonly unchanged: Set<string>;
}

interface Reading {
  /** The path as the user wrote it. */
  readonly path: string;
  readonly file: FileHandle;
  readonly dialect: WriteDialect;
  readonly preamble: FilePreamble;
  /** Tells what the repair of the run changed; asked only for an undo that wants to know. */
  readonly askTold: (header: FileHeader) => Promise<ToldRows>;
}

const BEGINS: ReadonlySet<string> = new Set(['BEGIN;', 'START TRANSACTION;']);
const DEFER = 'SET CONSTRAINTS ALL DEFERRED;';
const END = /^-- End of the file\b/;
/**
 * A line that makes the file fail where something that was put aside is left, or that notes or prints what it changed. It
 * is not run here: each row is looked at, one that is left aside is rolled back, and the undo is written from what was done.
 */
const CHECK = /^\/\*a \d+(\.\d+)?\*\/ /;
/** A statement whose names hold characters that a line must not hold, in an engine that has no escapes for names. */
const GIVEN_AS_BYTES = /^(\/\*r \d+\.\d+\*\/) SET @rowproof_statement = 0x((?:[0-9a-f]{2})+);$/;
/** A line from which a person cannot tell what it does has no place in the file. */
const CONTROL = /\p{Cc}/u;

/** The preamble of a file of which nothing was read yet. */
export function emptyPreamble(): FilePreamble {
  return { header: null, tables: new Map(), settings: [], leftAlone: 0, unchanged: new Set() };
}

/**
 * Reads the rows of a repair file and fills in its preamble on the way. Every line must be one that Rowproof writes;
 * any other, also one behind the last row, is refused with its number.
 */
export async function* readRepair(reading: Reading): AsyncGenerator<RepairItem> {
  const { path, file, preamble } = reading;
  const reader = new LineReader(reading);
  let last = { text: '', number: 0 };
  for await (const { number, text, complete } of readCheckedLines(path, file)) {
    if (!complete) throw refusal(path, number, 'ends without a line break: the file was cut off');
    if (text === '') continue;
    last = { text, number };
    await reader.learn();
    const item = reader.read(text, number);
    if (item !== null) yield item;
  }
  if (preamble.header === null) throw notOurs(path);
  if (!reader.isOutside) throw refusal(path, last.number, 'ends in the middle of a transaction');
  if (!END.test(last.text)) throw refusal(path, last.number, 'is not the end of the file: it was cut off');
}

/** Where in a file the reader is: before the first transaction, between two, behind a begin, and in one. */
type Place = 'preamble' | 'outside' | 'begun' | 'inside';

/** Turns one line after the other into what it holds, or refuses it. */
class LineReader {
  readonly #reading: Reading;
  #place: Place = 'preamble';
  /** Lines that must come next, because they run a statement that was given as bytes. */
  #expected: readonly string[] = [];
  #told: ToldRows | null = null;

  constructor(reading: Reading) {
    this.#reading = reading;
  }

  get isOutside(): boolean {
    return (this.#place === 'preamble' || this.#place === 'outside') && this.#expected.length === 0;
  }

  read(text: string, number: number): RepairItem | null {
    const refuse = (fault: string): RowproofError => refusal(this.#reading.path, number, fault);
    const [expected, ...others] = this.#expected;
    if (expected !== undefined) {
      if (text !== expected) throw refuse('does not run the statement before it');
      this.#expected = others;
      return null;
    }
    const isInside = this.#place === 'begun' || this.#place === 'inside';
    if (text.startsWith('--')) readComment(text, this.#reading);
    else if (BEGINS.has(text)) {
      if (isInside) throw refuse('begins a transaction inside another');
      if (this.#reading.preamble.header === null) throw notOurs(this.#reading.path);
      this.#place = 'begun';
      return { kind: 'begin' };
    } else if (text === 'COMMIT;') {
      if (!isInside) throw refuse('ends a transaction that was not begun');
      this.#place = 'outside';
      return { kind: 'commit' };
    } else if (CHECK.test(text)) return null;
    else if (text === DEFER && this.#place === 'begun') this.#place = 'inside';
    else if (isInside) {
      this.#place = 'inside';
      const statement = this.#readRow(text, number);
      return statement === null ? null : { kind: 'row', statement };
    } else this.#readSetting(text, refuse);
    return null;
  }

  /** What the repair changed is asked once it is known which repair. */
  async learn(): Promise<void> {
    const { header } = this.#reading.preamble;
    if (this.#told !== null || header?.direction !== 'undo' || header.notes === undefined) return;
    this.#told = await this.#reading.askTold(header);
  }

  #readSetting(text: string, refuse: (fault: string) => RowproofError): void {
    const { dialect, preamble } = this.#reading;
    const settings = this.#place === 'preamble' ? dialect.readSettings(text) : null;
    if (settings === null) throw refuse('is no statement that Rowproof writes');
    preamble.settings.push(...settings);
  }

  #readRow(text: string, number: number): RowStatement | null {
    const [, mark, hex] = GIVEN_AS_BYTES.exec(text) ?? [];
    if (mark === undefined || hex === undefined || this.#reading.dialect.lexicon.escapeStrings)
      return this.#readBare(text, number);
    this.#expected = [
      `${mark} PREPARE rowproof_statement FROM @rowproof_statement;`,
      `${mark} EXECUTE rowproof_statement;`,
    ];
    return this.#readBare(`${mark} ${Buffer.from(hex, 'hex').toString('utf8')};`, number);
  }

  #readBare(text: string, number: number): RowStatement | null {
    const { path, dialect, preamble } = this.#reading;
    const { header } = preamble;
    if (header === null) throw notOurs(path);
    const bare = readBareStatement(text, {
      header,
      notes: dialect.notes,
      copies: dialect.copies,
      told: this.#told,
    });
    if ('fault' in bare) throw refusal(path, number, bare.fault);
    if (bare.text !== null) return readRow(bare.text, number, this.#reading);
    preamble.unchanged.add(text.slice(0, text.indexOf('*/')));
    return null;
  }
}

async function* readCheckedLines(path: string, file: FileHandle): ReturnType<typeof readLines> {
  try {
    for await (const line of readLines(file)) {
      if (CONTROL.test(line.text)) throw refusal(path, line.number, 'has a control character');
      yield line;
    }
  } catch (error) {
    if (error instanceof NotUtf8) throw notOurs(path);
    throw error;
  }
}

function readComment(text: string, { path, dialect, preamble }: Reading): void {
  preamble.header ??= readHeaderLine(text);
  const { header } = preamble;
  if (header !== null && !dialect.engines.includes(header.engine)) throw forAnother(path, header, dialect);
  const table = readTableLine(text);
  if (table !== null && !preamble.tables.has(table[0])) preamble.tables.set(...table);
  preamble.leftAlone ||= readLeftAlone(text);
}

function readRow(text: string, number: number, { path, dialect, preamble }: Reading): RowStatement {
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
  const hasKey = table.key.length > 0;
  const missing = (hasKey ? table.key : table.columns).find((column) => !named.has(column));
  const what = hasKey ? 'key column' : 'column';
  if (missing !== undefined) throw refusal(path, number, `does not find its row by ${what} ${missing}`);
  if (hasKey !== (statement.bounds === null))
    throw refusal(path, number, hasKey ? 'counts rows that have a key' : 'counts no rows that have no key');
  return statement;
}

function refusal(path: string, line: number, fault: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `Line ${line} of ${path} ${visibleName(fault)}.`,
    hint: 'rowproof apply takes only files as rowproof verify --repair wrote them. Nothing was applied.',
  });
}

/** Its statements would be read by the wrong rules. */
function forAnother(path: string, { engine, url }: FileHeader, { engines }: WriteDialect): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${path} was written for ${engine}, and the target is ${engines.join(' or ')}.`,
    hint: `It was written for ${visibleName(url)}: name that target. Nothing was applied.`,
  });
}

function notOurs(path: string): RowproofError {
  return new RowproofError({
    code: 'usage',
    message: `${path} is no repair file of this version of Rowproof.`,
    hint: 'Write one with rowproof verify --repair PATH, and apply it unchanged. Nothing was applied.',
  });
}
