import { describe, expect, it } from 'vitest';
import { findOtherRules } from '../../src/checks/schema/column-rules.js';
import { type ColumnEnd, findNarrower } from '../../src/checks/schema/column-types.js';
import type { ColumnFacts } from '../../src/core/gate/column-facts.js';
import type { Column, TextType, ValueType } from '../../src/core/schema.js';

const TEXT: TextType = { kind: 'text', charset: 'utf8', padded: false, order: 'other', uuidOrder: 'unknown' };
const varchar = (mostCharacters: number): TextType => ({ ...TEXT, mostCharacters });
const blob = (mostBytes: number): TextType => ({ ...TEXT, mostBytes });
const int = (bits: 8 | 16 | 24 | 32 | 64, unsigned = false): ValueType => ({ kind: 'int', bits, unsigned });
const decimal = (precision: number, scale: number): ValueType => ({ kind: 'decimal', precision, scale });

function end(type: ValueType, facts: Partial<ColumnFacts> = {}, column: Partial<Column> = {}): ColumnEnd {
  const common = {
    name: 'c',
    declared: type.kind,
    wire: '',
    nullable: true,
    generated: false,
    invisible: false,
  };
  return {
    column: { ...common, identity: 'none', collation: null, type, ...column },
    facts: {
      ...{ table: 't', column: 'c', default: { kind: 'none' }, isTouched: false, labels: null },
      ...{ repertoire: null, folds: null, isUnsigned: false },
      ...facts,
    },
  };
}

/** The levels and consequences of what a column of the target cannot hold. */
function told(source: ColumnEnd, target: ColumnEnd): string[] {
  return findNarrower(source, target).map(({ level, consequence }) => `${level}: ${consequence}`);
}

describe('a column of numbers', () => {
  it.each<[string, ValueType, ValueType, string[]]>([
    ['an integer in a larger one', int(32), int(64), []],
    ['an integer in a smaller one', int(64), int(32), ['failed: values above 2,147,483,647 fail']],
    ['one without a sign in one with', int(32, true), int(32), ['failed: values above 2,147,483,647 fail']],
    ['one without a sign in the next larger one', int(32, true), int(64), []],
    ['the largest without a sign in the largest with one', int(64, true), int(64), ['note: ']],
    ['one with a sign in one without', int(32), int(64, true), ['failed: values below zero fail']],
    ['an integer in enough digits', int(64, true), decimal(20, 0), []],
    ['an integer in too few digits', int(32), decimal(9, 0), ['failed: values above 999,999,999 fail']],
    ['digits in fewer', decimal(12, 2), decimal(10, 2), ['failed: values above 99,999,999.99 fail']],
    ['digits in as many with more behind the point', decimal(12, 2), decimal(14, 4), []],
    [
      'digits behind the point in fewer',
      decimal(12, 4),
      decimal(12, 2),
      ['failed: values are rounded, or fail'],
    ],
    [
      'digits without an end in some',
      { kind: 'decimal' },
      decimal(5, 2),
      ['warning: values above 999 fail, and digits after 2 behind the point are lost'],
    ],
    ['digits in digits without an end', decimal(65, 30), { kind: 'decimal' }, []],
    [
      'a double in a float',
      { kind: 'float', bits: 64 },
      { kind: 'float', bits: 32 },
      ['failed: values are rounded to about 7 digits'],
    ],
    ['a float in a double', { kind: 'float', bits: 32 }, { kind: 'float', bits: 64 }, []],
    ['an integer that a double holds', int(32), { kind: 'float', bits: 64 }, []],
    [
      'one that it does not',
      int(64),
      { kind: 'float', bits: 64 },
      ['warning: values are rounded to about 15 digits'],
    ],
    ['a truth value in a truth value', { kind: 'boolean' }, { kind: 'boolean' }, []],
    [
      'a number for truth in a truth value',
      { kind: 'int', bits: 8, unsigned: false, truth: true },
      { kind: 'boolean' },
      [],
    ],
    ['any number in a truth value', int(8), { kind: 'boolean' }, ['failed: values other than 0 and 1 fail']],
    ['a truth value in a number', { kind: 'boolean' }, int(8), []],
  ])('says of %s what fails', (_, source, target, expected) => {
    expect(told(end(source), end(target))).toEqual(expected);
  });
});

describe('a column of text, bytes or time', () => {
  it.each<[string, ValueType, ValueType, string[]]>([
    ['a shorter text', varchar(50), varchar(40), ['failed: longer values fail, or are cut']],
    ['a text in one without an end', blob(65_535), TEXT, []],
    [
      'a text without an end in one that has one',
      TEXT,
      varchar(255),
      ['warning: longer values fail, or are cut'],
    ],
    ['a text without an end in one of 16 MB', TEXT, blob(16_777_215), []],
    ['characters in bytes that hold them all', varchar(100), blob(65_535), []],
    ['characters in bytes that hold them if they are small', varchar(100), blob(255), ['note: ']],
    ['any text in numbers', TEXT, int(64), ['failed: texts that are no such value fail']],
    ['any text in JSON', TEXT, { kind: 'json' }, ['warning: texts that are no such value fail']],
    ['JSON in text', { kind: 'json' }, TEXT, []],
    [
      'fewer bytes',
      { kind: 'bytes', length: 64, fixed: false },
      { kind: 'bytes', length: 16, fixed: true },
      ['failed: longer values fail, or are cut'],
    ],
    ['a UUID as text', { kind: 'uuid', byteOrder: true }, varchar(36), []],
    [
      'microseconds in milliseconds',
      { kind: 'datetime', fraction: { digits: 6, halves: 'later' } },
      { kind: 'datetime', fraction: { digits: 3, halves: 'later' } },
      ['failed: times are rounded'],
    ],
    [
      'seconds in microseconds',
      { kind: 'datetime', fraction: { digits: 0, halves: 'later' } },
      { kind: 'instant', fraction: { digits: 6, halves: 'outward' } },
      [],
    ],
    ['a time in a day', { kind: 'datetime' }, { kind: 'date' }, ['failed: the time of day is lost']],
  ])('says of %s what fails', (_, source, target, expected) => {
    expect(told(end(source), end(target))).toEqual(expected);
  });

  it.each([
    ['gbk', 'all', []],
    ['gbk', 'basic', []],
    ['basic', 'all', []],
    ['ascii', 'latin1', []],
    ['all', 'basic', ['failed: emoji and rare characters fail, or are lost']],
    ['all', 'gbk', ['failed: other characters fail, or are lost']],
    ['latin1', 'gbk', ['failed: other characters fail, or are lost']],
  ])('compares the characters of %s with those of %s', (source, target, expected) => {
    expect(told(end(TEXT, { repertoire: source }), end(TEXT, { repertoire: target }))).toEqual(expected);
  });

  it('names the labels that an enumeration lacks', () => {
    const enumeration: ValueType = { kind: 'enum', text: TEXT };
    const some = end(enumeration, { labels: ['a', "b'c"] });
    expect(findNarrower(end(enumeration, { labels: ['a', "b'c", 'd'] }), some)).toMatchObject([
      { level: 'failed', evidence: "the target has no label 'd'" },
    ]);
    expect(told(some, some)).toEqual([]);
    expect(told(some, end(TEXT))).toEqual([]);
    expect(told(end(TEXT), some)).toEqual(['warning: other texts fail']);
  });
});

describe('what a column does with a row', () => {
  const rules = { isSameEngine: false, hasTrigger: false };
  const value = (text: string): Partial<ColumnFacts> => ({ default: { kind: 'value', value: text } });
  const say = (source: ColumnEnd, target: ColumnEnd, context = rules): string[] =>
    findOtherRules(source, target, context).map(({ level, evidence }) => `${level}: ${evidence}`);

  it.each([
    ['0', 'false'],
    ['1', 'true'],
    ['1.50', '1.5'],
    ['007', '7'],
    ['x', 'x'],
  ])('takes defaults %j and %j for the same', (source, target) => {
    expect(say(end(TEXT, value(source)), end(TEXT, value(target)))).toEqual([]);
  });

  it.each([
    ['1', '10'],
    ['x', 'X'],
    ['0', ''],
  ])('tells defaults %j and %j apart', (source, target) => {
    expect(say(end(TEXT, value(source)), end(TEXT, value(target)))).toHaveLength(1);
  });

  it('fails where inserts that leave it out fail, and only then', () => {
    const now = end(TEXT, { default: { kind: 'now' } });
    expect(say(now, now)).toEqual([]);
    expect(say(now, end(TEXT, {}, { nullable: false }))).toContain(
      'failed: the time of the insert on the source, no default on the target',
    );
    expect(say(now, end(TEXT))).toEqual([
      'warning: the time of the insert on the source, no default on the target',
    ]);
    expect(say(now, end(TEXT), { ...rules, hasTrigger: true })[0]).toMatch(
      /^note: .*a trigger of the target may fill it/,
    );
  });

  it('compares expressions on servers of one kind only', () => {
    const expression = (text: string) => end(TEXT, { default: { kind: 'expression', text } });
    expect(say(expression('upper(a)'), expression('ucase(a)'))[0]).toMatch(/^note/);
    expect(say(expression('upper(a)'), expression('lower(a)'), { ...rules, isSameEngine: true })[0]).toMatch(
      /^warning/,
    );
    expect(
      say(expression("(upper('a'::text))"), expression("upper('a')"), { ...rules, isSameEngine: true }),
    ).toEqual([]);
  });

  it('misses the time of a change where nothing on the target writes it', () => {
    const touched = end(TEXT, { isTouched: true });
    expect(say(touched, end(TEXT))).toEqual(['warning: ON UPDATE CURRENT_TIMESTAMP on the source alone']);
    expect(say(touched, end(TEXT), { ...rules, hasTrigger: true })[0]).toMatch(/^note/);
    expect(say(end(TEXT), touched)[0]).toMatch(/^warning/);
  });

  it('tells computed columns, and numbers that inserts may not give', () => {
    expect(say(end(TEXT, {}, { generated: true }), end(TEXT))[0]).toMatch(/^failed/);
    expect(say(end(TEXT), end(TEXT, {}, { generated: true }))[0]).toMatch(/^failed/);
    expect(say(end(int(32)), end(int(32), {}, { identity: 'always' }))[0]).toMatch(
      /^warning: GENERATED ALWAYS/,
    );
  });
});
