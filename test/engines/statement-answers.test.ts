import { describe, expect, it } from 'vitest';
import type { Column } from '../../src/core/schema.js';
import { StatementAnswers } from '../../src/engines/mysql/statement-answers.js';
import { packet } from '../support/lying-mysql.js';

const INT = 3;
const columns = (...names: string[]): readonly Column[] =>
  names.map((name) => ({ name, wire: 'int' }) as Column);

const prepared = (id: number, count: number, parameters = 0): Buffer =>
  packet(1, Buffer.from([0, id, 0, 0, 0, count, 0, parameters, 0, 0, 0, 0]));
const definition = (type = INT): Buffer =>
  packet(2, Buffer.from([1, 2, 3, 0x0c, 0, 0, 0, 0, 0, 0, type, 0, 0, 0, 0, 0]));
const end = (status = 2): Buffer => packet(3, Buffer.from([0xfe, 0, 0, status, 0]));
const executed = (count: number): Buffer => packet(1, Buffer.from([count]));

/** The answers to two statements, of one column and of two. */
const GOOD = [
  ...[prepared(7, 1), definition(), end()],
  ...[prepared(8, 2), definition(), definition(), end()],
  ...[executed(1), definition(), end(), end()],
  ...[executed(2), definition(), definition(), end(), end()],
];

function follow(packets: readonly Buffer[]) {
  const answers = new StatementAnswers([columns('a'), columns('b', 'c')]);
  const ends: string[] = [];
  const expecting: number[] = [];
  packets.forEach((each, i) => {
    const step = answers.take(each);
    if (step !== 'nothing') ends.push(`${step} ${i}`);
    if (answers.expectsRows) expecting.push(i);
  });
  return { ids: answers.ids, executed: answers.executed, ends, expecting };
}

/** The good answers with one packet in the place of another. */
const without = (at: number, ...instead: Buffer[]): Buffer[] => GOOD.toSpliced(at, 1, ...instead);

describe('answers to statements that were sent at once', () => {
  it('are followed until each is prepared, and until each is executed', () => {
    expect(follow(GOOD)).toEqual({
      ids: [7, 8],
      executed: 2,
      ends: ['preparing 6', 'executing 15'],
      expecting: [9, 14],
    });
  });

  it.each([
    ['a statement that wants parameters', without(0, prepared(7, 1, 1))],
    ['another answer than to a statement that is prepared', without(0, end())],
    ['a definition that is missing', without(1)],
    ['an end of definitions that is missing', without(2)],
    ['an end of definitions too many', without(2, end(), end())],
    ['an answer that does not count from one', without(7, packet(2, Buffer.from([1])))],
    ['an answer that has no rows', without(7, packet(1, Buffer.from([0, 0, 0, 2, 0, 0, 0])))],
    ['an end of rows that is missing', without(10)],
    ['rows of another result behind the first', without(10, end(0x0a))],
    ['what comes behind the last', [...GOOD, executed(1)]],
  ])('are refused with %s', (_, packets) => {
    expect(() => follow(packets)).toThrow();
  });

  it.each([
    ['fewer columns', without(3, prepared(8, 1)), 'Column c'],
    ['more columns', without(3, prepared(8, 3)), 'Column c'],
    ['another number of columns than was prepared', without(11, executed(3)), 'Column c'],
    ['a column of another type', without(12, definition(253)), 'Column b'],
  ])('say that the table was altered where there are %s', (_, packets, message) => {
    expect(() => follow(packets)).toThrow(message);
  });
});
