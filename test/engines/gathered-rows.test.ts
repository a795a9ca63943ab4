import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/schema.js';
import { GatheredRowsCommand } from '../../src/engines/mysql/gathered-rows-driver.js';
import { packet } from '../support/lying-mysql.js';

const INT = 3;
const COLUMNS = [{ name: 'id', wire: 'int' } as Column];

const definition = packet(2, Buffer.from([1, 2, 3, 0x0c, 0, 0, 0, 0, 0, 0, INT, 0, 0, 0, 0, 0]));
const end = packet(3, Buffer.from([0xfe, 0, 0, 2, 0]));
const row = packet(4, Buffer.from([0, 0, 7, 0, 0, 0]));
const denied = packet(1, Buffer.from('\xff\x76\x04#42000SELECT denied', 'latin1'));

const prepared = (...ids: number[]): Buffer[] =>
  ids.flatMap((id) => [packet(1, Buffer.from([0, id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])), definition, end]);
const executed = (rows: number): Buffer[] => [
  ...[packet(1, Buffer.from([1])), definition, end],
  ...Array.from({ length: rows }, () => row),
  end,
];

/** Three statements whose answer comes in pieces of so many bytes, of which one may want no more rows than it has. */
function read(answer: readonly Buffer[], { pieceBytes = 1 << 20, stopsAt = -1 } = {}) {
  const ends: unknown[] = [];
  const rowsOf = [0, 0, 0];
  const passedOn: Buffer[] = [];
  const written: Buffer[] = [];
  let isDestroyed = false;
  const parser = { execute: (chunk: Buffer) => void passedOn.push(chunk) };
  const connection = {
    stream: { destroy: () => (isDestroyed = true) } as never,
    packetParser: parser,
    sequenceId: 0,
    write: (bytes: Buffer) => void written.push(bytes),
  };
  const requests = rowsOf.map((_none, at) => ({
    sql: `SELECT ${at}`,
    columns: COLUMNS,
    onSpan: (_bytes: Buffer, _start: number, _end: number, rows: number) => {
      rowsOf[at] = (rowsOf[at] ?? 0) + rows;
      return at !== stopsAt;
    },
  }));
  new GatheredRowsCommand(requests, (error) => void ends.push(error)).start(undefined, connection);
  const ours = connection.packetParser;
  const bytes = Buffer.concat(answer);
  for (let at = 0; at < bytes.length; at += pieceBytes) ours.execute(bytes.subarray(at, at + pieceBytes));
  const isGivenBack = connection.packetParser === parser;
  return { ends, rowsOf, passedOn, written, isGivenBack, isDestroyed };
}

const PREPARED = prepared(7, 8, 9);
const GOOD = [...PREPARED, ...executed(2), ...executed(0), ...executed(1)];

describe('rows of several statements from MariaDB', () => {
  it.each([1, 3, 7, 1000])('go each to who asked for them, in pieces of %i', (pieceBytes) => {
    const { ends, rowsOf, passedOn, isGivenBack } = read(GOOD, { pieceBytes });
    expect(ends).toEqual([null]);
    expect(rowsOf).toEqual([2, 0, 1]);
    expect(passedOn).toEqual([end]);
    expect(isGivenBack).toBe(true);
  });

  it('are asked for in two messages', () => {
    const { written } = read(GOOD);
    expect(written).toHaveLength(2);
    const text = written[0]?.toString('latin1') ?? '';
    expect([0, 1, 2].every((at) => text.includes(`\x16SELECT ${at}`))).toBe(true);
    expect(written[1]?.subarray(0, 14)).toEqual(Buffer.from([10, 0, 0, 0, 0x17, 7, 0, 0, 0, 0, 1, 0, 0, 0]));
    expect(written[1]?.subarray(14, 23)).toEqual(Buffer.from([5, 0, 0, 0, 0x19, 7, 0, 0, 0]));
  });

  it.each([
    ['a statement is refused when it is prepared', [...prepared(7), denied]],
    ['a statement is refused when it is executed', [...PREPARED, ...executed(2), denied]],
  ])('fail with the words of the server where %s', (_, answer) => {
    const { ends, passedOn } = read(answer);
    expect(ends).toMatchObject([{ errno: 1142, sqlState: '42000', message: 'SELECT denied' }]);
    expect(passedOn).toEqual([]);
  });

  it('fail where one of them is wanted no further, and have no end where the last answer is missing', () => {
    expect(read(GOOD, { stopsAt: 0 }).ends).toMatchObject([{ code: 'read' }]);
    expect(read(GOOD.slice(0, -1)).ends).toEqual([]);
  });

  it('end the connection where something comes behind them', () => {
    const { ends, isDestroyed } = read([...GOOD, end]);
    expect(ends).toEqual([null]);
    expect(isDestroyed).toBe(true);
  });
});
