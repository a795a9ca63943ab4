import { RowproofError } from '../../core/errors.js';
import type { Column } from '../../core/schema.js';
import { unexpectedRow } from '../field-format.js';
import { unreadableData } from '../unreadable-data.js';
import { isExpectedWireType } from './wire-types.js';

/** Where a packet's body begins, and in its header its number, which counts from one for each answer. */
const HEADER_BYTES = 4;
const SEQUENCE_BYTE = 3;

const OK = 0x00;
const END = 0xfe;
const END_BYTES = 5;
/** In the status of a packet that ends rows. */
const STATUS_AT = 3;
const MORE_RESULTS = 0x08;
/** Where a column's type stands, counted from the end of its definition. */
const TYPE_FROM_END = 6;
const SHORT_COUNT = 0xfb;
const TWO_BYTE_COUNT = 0xfc;

/** What came to an end with a packet. */
export type AnswerStep = 'nothing' | 'preparing' | 'executing';

/**
 * Follows the answers to statements that are first all prepared and then all executed, packet by packet and rows left out. Whatever
 * is not the next packet of the answer that is due is refused.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_stmt_prepare.html
 */
export class StatementAnswers {
  /** By what the server knows the statements that are prepared. */
  readonly ids: number[] = [];
  /** Of how many statements all rows have come. */
  executed = 0;
  /** Whether what begins with a zero is a row of the statement after those. */
  expectsRows = false;
  readonly #columns: readonly (readonly Column[])[];
  #step: (body: Buffer) => AnswerStep = this.#readPrepared;
  #definitions = 0;

  constructor(columns: readonly (readonly Column[])[]) {
    this.#columns = columns;
  }

  /** Takes the next packet that is no row. */
  take(packet: Buffer): AnswerStep {
    const begins = this.#step === this.#readPrepared || this.#step === this.#readExecuted;
    if (begins && packet[SEQUENCE_BYTE] !== 1) throw outOfTurn();
    return this.#step(packet.subarray(HEADER_BYTES));
  }

  #readPrepared(body: Buffer): AnswerStep {
    if (body[0] !== OK || body.length < 9) throw outOfTurn();
    const parameters = body.readUInt16LE(7);
    if (parameters !== 0) throw outOfTurn();
    const columns = this.#columns[this.ids.length] ?? [];
    this.#assertCount(body.readUInt16LE(5), columns);
    this.ids.push(body.readUInt32LE(1));
    this.#step = this.#passDefinition;
    return 'nothing';
  }

  #passDefinition(): AnswerStep {
    this.#definitions++;
    if (this.#definitions === this.#columns[this.ids.length - 1]?.length) this.#step = this.#endPrepared;
    return 'nothing';
  }

  #endPrepared(body: Buffer): AnswerStep {
    assertEnd(body);
    const isLast = this.ids.length === this.#columns.length;
    this.#definitions = 0;
    this.#step = isLast ? this.#readExecuted : this.#readPrepared;
    return isLast ? 'preparing' : 'nothing';
  }

  #readExecuted(body: Buffer): AnswerStep {
    const columns = this.#columns[this.executed];
    if (columns === undefined) throw outOfTurn();
    this.#assertCount(readCount(body), columns);
    this.#step = this.#readDefinition;
    return 'nothing';
  }

  #readDefinition(body: Buffer): AnswerStep {
    const columns = this.#columns[this.executed] ?? [];
    const column = columns[this.#definitions];
    if (!isExpectedWireType(column?.wire ?? '', body[body.length - TYPE_FROM_END] ?? -1))
      throw alteredColumn(column?.name ?? '');
    this.#definitions++;
    if (this.#definitions === columns.length) this.#step = this.#beginRows;
    return 'nothing';
  }

  #beginRows(body: Buffer): AnswerStep {
    assertEnd(body);
    this.#definitions = 0;
    this.expectsRows = true;
    this.#step = this.#endRows;
    return 'nothing';
  }

  #endRows(body: Buffer): AnswerStep {
    if (!isEnd(body)) throw unexpectedRow();
    if ((body.readUInt16LE(STATUS_AT) & MORE_RESULTS) !== 0) throw outOfTurn();
    this.expectsRows = false;
    this.executed++;
    this.#step = this.#readExecuted;
    return this.executed === this.#columns.length ? 'executing' : 'nothing';
  }

  #assertCount(count: number, columns: readonly Column[]): void {
    if (count !== columns.length || count === 0)
      throw alteredColumn((columns[count] ?? columns.at(-1))?.name ?? '');
  }
}

function readCount(body: Buffer): number {
  const first = body[0] ?? END;
  if (first < SHORT_COUNT) return first;
  if (first === TWO_BYTE_COUNT && body.length >= 3) return body.readUInt16LE(1);
  throw outOfTurn();
}

function isEnd(body: Buffer): boolean {
  return body[0] === END && body.length === END_BYTES;
}

function assertEnd(body: Buffer): void {
  if (!isEnd(body)) throw outOfTurn();
}

function outOfTurn(): RowproofError {
  return unreadableData(new Error('a packet out of turn'));
}

/** What is wrong with a result that is not of the columns that were asked for. */
export function alteredColumn(name: string): RowproofError {
  return new RowproofError({
    code: 'wire-format',
    message: `Column ${name} arrived in another type than the catalog says.`,
    hint: 'Run again: the table was probably altered meanwhile.',
  });
}
