import { describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../src/core/diagnosis.js';
import type { RowDifference } from '../../src/core/difference.js';
import { Disclosure, type HashKey } from '../../src/core/disclosure.js';

const table = { name: 'public.t', key: ['a', 'b'], shown: new Set(['status']) };
const changed: RowDifference = {
  kind: 'changed',
  key: { b: '2', a: 'google' },
  columns: ['a', 'word', 'status'],
  source: { a: 'google', word: 'one', status: 'paid' },
  target: { a: 'Google', word: 'two', status: null },
};
const hashKey: HashKey = ({ column, key, other }) => `#${JSON.stringify([column, key, other ?? null])}`;
const pseudonym = (column: string, other: string | null = null) =>
  `#${JSON.stringify([column, ['google', '2'], other])}`;

describe('what is told of a row', () => {
  it('is the row itself where nothing is hidden', () => {
    const all = new Disclosure({ hidesValues: false, hashKey: null });
    expect(all.row(table, changed)).toBe(changed);
    expect(all.describe([])).toBeNull();
  });

  it('is its key, and of its values those of the columns that are shown', () => {
    const told = new Disclosure({ hidesValues: true, hashKey: null }).row(table, changed);
    expect(told).toEqual({ ...changed, source: { status: 'paid' }, target: { status: null } });
    const none = new Disclosure({ hidesValues: true, hashKey: null }).row(
      { ...table, shown: new Set() },
      changed,
    );
    expect(none).toEqual({ ...changed, source: null, target: null });
  });

  it('is a pseudonym for each part of a key, also where values hold it, in whatever order parts come', () => {
    const told = new Disclosure({ hidesValues: false, hashKey }).row(table, changed);
    expect(told.key).toEqual({ a: pseudonym('a'), b: pseudonym('b') });
    expect(told.source).toEqual({ a: pseudonym('a'), word: 'one', status: 'paid' });
    // Equal to the key by a collation, and not in its bytes.
    expect(told.target?.a).toBe(pseudonym('a', 'Google'));
  });

  it('has columns called as objects have members', () => {
    const key = Object.fromEntries([['__proto__', 'secret']]);
    const named = { ...table, key: ['__proto__'] };
    const told = new Disclosure({ hidesValues: true, hashKey }).row(named, { ...changed, key });
    expect(JSON.stringify(told.key)).toContain('__proto__');
    expect(JSON.stringify(told)).not.toContain('"secret"');
  });

  it('has no key where rows have none', () => {
    const told = new Disclosure({ hidesValues: true, hashKey }).row(
      { ...table, key: [] },
      { ...changed, key: null },
    );
    expect(told.key).toBeNull();
  });
});

it('an example of a diagnosis is told as its row is, or not at all', () => {
  const example = { key: changed.key, column: 'word', source: 'one', target: 'two' };
  const moved = { ...example, column: 'a', source: 'google', target: 'elsewhere' };
  const diagnosis: Diagnosis = {
    cause: 'key-changed',
    confidence: 'proved',
    columns: ['word'],
    rows: 1,
    evidence: { detail: '', of: 1, examples: [example, moved, { ...example, column: 'status' }] },
  };
  const tell = (disclosure: Disclosure) => disclosure.diagnoses(table, [diagnosis])[0]?.evidence.examples;
  expect(tell(new Disclosure({ hidesValues: true, hashKey: null }))?.map(({ column }) => column)).toEqual([
    'status',
  ]);
  const hashed = tell(new Disclosure({ hidesValues: false, hashKey }));
  expect(hashed?.[0]).toMatchObject({ key: { a: pseudonym('a') }, source: 'one' });
  expect(hashed?.[1]).toMatchObject({ source: pseudonym('a'), target: pseudonym('a', 'elsewhere') });
});
