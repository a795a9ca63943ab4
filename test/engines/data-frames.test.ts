import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { RowsQuery } from '../../src/engines/postgresql/wire-queries.js';
import { errorResponse, int16, int32, message, ready } from '../support/lying-postgres.js';

const ROW = message('D', int16(1), int32(4), int32(7));
const ROWS = Buffer.concat([ROW, ROW, ROW]);
const done = (tag: string): Buffer => message('C', tag);

/** What a read is of beside how its answer comes: so many statements, of which one may want no more rows than it has. */
const ONE = { statements: 1, stopsAt: -1 };

/** A read whose answer comes in pieces of so many bytes; where pg finds the end or an error, it tells the query. */
function readAnswer(answer: Buffer, pieceBytes = answer.length, { statements, stopsAt } = ONE) {
  const stream = Object.assign(new EventEmitter(), { cork() {}, uncork() {} });
  const ends: unknown[] = [];
  const seen = { rows: 0, stops: 0 };
  const rowsOf = Array.from({ length: statements }, () => 0);
  const query = new RowsQuery({
    requests: rowsOf.map((_none, statement) => ({
      text: `SELECT id FROM t${statement}`,
      onSpan: (_buffer, _start, _end, rows) => {
        seen.rows += rows;
        rowsOf[statement] = (rowsOf[statement] ?? 0) + rows;
        return statement !== stopsAt;
      },
    })),
    onStop: () => void seen.stops++,
    onEnd: (error) => void ends.push(error),
  });
  const pg = (bytes: Buffer): void => {
    if (bytes[0] === 'Z'.charCodeAt(0)) query.handleReadyForQuery();
    if (bytes[0] === 'E'.charCodeAt(0)) query.handleError(new Error('the server says no'));
  };
  stream.on('data', pg);
  const send = () => undefined;
  query.submit({ stream, parse: send, describe: send, bind: send, execute: send, sync: send } as never);
  for (let at = 0; at < answer.length; at += pieceBytes)
    stream.emit('data', answer.subarray(at, at + pieceBytes));
  return { ends, rowsOf, ...seen, listeners: stream.listeners('data'), pg };
}

const UNCONFIRMED = {
  code: 'connection-lost',
  message: 'The server ended a read without confirming its end.',
};

describe('a read from PostgreSQL', () => {
  it.each([1, 3, 7, 1000])(
    'is whole once the server says how many rows it sent, in pieces of %i',
    (pieceBytes) => {
      const { ends, rows, listeners, pg } = readAnswer(
        Buffer.concat([ROWS, done('SELECT 3'), ready()]),
        pieceBytes,
      );
      expect(ends).toEqual([null]);
      expect(rows).toBe(3);
      expect(listeners).toEqual([pg]);
    },
  );

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['that it sent fewer', done('SELECT 2')],
    ['that it sent more', done('SELECT 4')],
    ['that it did something else', done('COPY 3')],
    ['a number that is cut', done('SELECT 3 ')],
  ])('is not whole where the server says %s', (_, said) => {
    expect(readAnswer(Buffer.concat([ROWS, said, ready()])).ends).toMatchObject([UNCONFIRMED]);
  });

  it('is not whole where rows come behind the end', () => {
    const answer = Buffer.concat([ROWS, done('SELECT 3'), ROW, done('SELECT 3'), ready()]);
    expect(readAnswer(answer).ends).toMatchObject([UNCONFIRMED]);
  });

  describe('of several statements at once', () => {
    const THREE = { statements: 3, stopsAt: -1 };
    const first = Buffer.concat([ROWS, done('SELECT 3')]);
    const empty = done('SELECT 0');
    const last = Buffer.concat([ROW, done('SELECT 1')]);

    it.each([1, 3, 7, 1000])('hands each its own rows, in pieces of %i', (pieceBytes) => {
      const { ends, rowsOf } = readAnswer(Buffer.concat([first, empty, last, ready()]), pieceBytes, THREE);
      expect(ends).toEqual([null]);
      expect(rowsOf).toEqual([3, 0, 1]);
    });

    it.each([
      ['an end is missing', [first, empty, ready()]],
      ['there is one too many', [first, empty, last, empty, ready()]],
      ['rows come behind the last one', [first, empty, last, ROW]],
      ['a row of the first one is missing', [ROW, done('SELECT 3'), empty, last, ready()]],
      ['a row comes with the next one instead', [ROWS, done('SELECT 2'), last, empty, ready()]],
    ])('is not whole where %s', (_, answer) => {
      expect(readAnswer(Buffer.concat(answer), 1000, THREE).ends).toMatchObject([UNCONFIRMED]);
    });

    it('is not whole where one of them wants no more rows, since those after it were not read', () => {
      const answer = Buffer.concat([first, last, last, ready()]);
      const { ends, stops } = readAnswer(answer, answer.length, { statements: 3, stopsAt: 1 });
      expect(ends).toMatchObject([{ message: 'A read that others wait for was ended early.' }]);
      expect(stops).toBe(1);
    });
  });

  it('has no end where the server says none, and ends with its error where it says that', () => {
    expect(readAnswer(ROWS).ends).toEqual([]);
    const { ends } = readAnswer(Buffer.concat([ROWS, errorResponse('no'), ready()]));
    expect(ends).toMatchObject([{ message: 'the server says no' }]);
  });

  it('ends with an error where a message says that it is shorter than itself', () => {
    const { ends, stops } = readAnswer(Buffer.concat([ROWS, Buffer.from('D\0\0\0\u0003')]));
    expect(ends).toMatchObject([{ code: 'wire-format' }]);
    expect(stops).toBe(1);
  });
});
