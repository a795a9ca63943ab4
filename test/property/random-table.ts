import fc from 'fast-check';
import { COLUMN_KINDS, type ColumnKind } from './column-kinds.js';

export interface RandomColumn {
  readonly name: string;
  readonly kind: ColumnKind;
}

/** A value is in the words of its column's kind; null is NULL. */
export type RandomRow = readonly (string | null)[];

/** A table whose first `keyCount` columns are its key, with the rows of each side by their key. */
export interface RandomCase {
  readonly table: string;
  readonly columns: readonly RandomColumn[];
  readonly keyCount: number;
  /** A primary key is walked; a descending index makes a key that is not; without one rows have no key. */
  readonly index: 'primary' | 'descending' | 'none';
  readonly source: ReadonlyMap<string, RandomRow>;
  readonly target: ReadonlyMap<string, RandomRow>;
  readonly chunkRows: number;
  readonly workers: number;
  /** Only tables of types that servers may hash are; all others are read. */
  readonly checksumOn: 'client' | 'server';
}

const HOSTILE = [
  'select',
  'a b',
  'A',
  "it's",
  'q"uote',
  'b`tick',
  '😀',
  'naïve',
  'a.b',
  '$1',
  '%s',
  '-- x',
  'x;y',
  'ID',
];

/** MySQL refuses names that end in a blank and, as identifiers, characters beyond the basic plane. */
const nameArbitrary = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: fc.constantFrom(...'aB_ "`\'.é中-'), minLength: 1, maxLength: 9 }),
  )
  .map((name) => name.replace(/[\u{10000}-\u{10ffff}]/gu, 'é').trim() || 'blank');

const KEY_KINDS = COLUMN_KINDS.filter((kind) => kind.isKey);
const MOST_ROWS = 300;

const shapeArbitrary = fc
  .record({
    table: nameArbitrary,
    key: fc.array(fc.constantFrom(...KEY_KINDS), { minLength: 1, maxLength: 3 }),
    values: fc.array(fc.constantFrom(...COLUMN_KINDS), { minLength: 1, maxLength: 8 }),
    names: fc.array(nameArbitrary, { minLength: 11, maxLength: 11 }),
  })
  .map(({ table, key, values, names }) => ({
    table,
    keyCount: key.length,
    columns: [...key, ...values].map((kind, i) => ({ kind, name: distinctName(names, i) })),
  }));

/** MySQL takes names that differ in case or accents only for the same. */
function distinctName(names: readonly string[], at: number): string {
  return `${names[at]}${at}`;
}

type Damage = 'insert' | 'delete' | 'update';

/** A random table, its rows, and a source and target that were damaged apart from each other. */
export const caseArbitrary: fc.Arbitrary<RandomCase> = shapeArbitrary.chain(
  ({ table, keyCount, columns }) => {
    const row: fc.Arbitrary<RandomRow> = fc.tuple(
      ...columns.map(({ kind }, i) => (i < keyCount ? kind.value : fc.option(kind.value, { freq: 6 }))),
    );
    return fc
      .record({
        rows: fc.oneof(
          fc.array(row, { maxLength: 12, size: 'max' }),
          fc.array(row, { maxLength: MOST_ROWS, size: 'max' }),
        ),
        damages: fc.array(
          fc.record({
            side: fc.constantFrom('source' as const, 'target' as const),
            damage: fc.constantFrom<Damage[]>('insert', 'delete', 'update'),
            at: fc.nat(),
            row,
            column: fc.nat(),
          }),
          { maxLength: 12, size: 'max' },
        ),
        emptied: fc.option(fc.constantFrom('source' as const, 'target' as const), { freq: 12 }),
        index: fc.constantFrom(
          'primary' as const,
          'primary' as const,
          'descending' as const,
          'none' as const,
        ),
        chunkRows: fc.integer({ min: 1, max: 50 }),
        workers: fc.integer({ min: 1, max: 3 }),
        checksumOn: fc.constantFrom('client' as const, 'server' as const),
      })
      .map(({ rows, damages, emptied, index, ...settings }) => {
        const keyOf = (values: RandomRow): string => JSON.stringify(values.slice(0, keyCount));
        const original = rows.map((values) => [keyOf(values), values] as const);
        const sides = { source: new Map(original), target: new Map(original) };
        for (const { side, damage, at, row: random, column } of damages) {
          const rowsOfSide = sides[side];
          const key = [...rowsOfSide.keys()][at % Math.max(rowsOfSide.size, 1)];
          const old = key === undefined ? undefined : rowsOfSide.get(key);
          if (damage === 'insert') rowsOfSide.set(keyOf(random), random);
          else if (key !== undefined && old !== undefined) {
            const changed = keyCount + (column % (columns.length - keyCount));
            if (damage === 'delete') rowsOfSide.delete(key);
            else
              rowsOfSide.set(
                key,
                old.map((value, i) => (i === changed ? (random[i] ?? null) : value)),
              );
          }
        }
        if (emptied !== null) sides[emptied].clear();
        return { table, columns, keyCount, index, ...sides, ...settings };
      });
  },
);

/** What a run must report of a case: the key's values and the changed columns, by the kind of difference. */
export interface ExpectedDifference {
  readonly kind: 'missing' | 'extra' | 'changed';
  readonly columns: readonly string[];
}

/** The differences of a case by key. */
export function expectedDifferences({
  columns,
  source,
  target,
}: RandomCase): Map<string, ExpectedDifference> {
  const names = columns.map(({ name }) => name);
  const expected = new Map<string, ExpectedDifference>();
  for (const [key, row] of source) {
    const other = target.get(key);
    const changed = names.filter((_, i) => row[i] !== other?.[i]);
    if (other === undefined) expected.set(key, { kind: 'missing', columns: names });
    else if (changed.length > 0) expected.set(key, { kind: 'changed', columns: changed });
  }
  for (const key of target.keys()) if (!source.has(key)) expected.set(key, { kind: 'extra', columns: names });
  return expected;
}
