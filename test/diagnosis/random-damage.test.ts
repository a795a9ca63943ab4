import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import type { CauseCode } from '../../src/core/diagnosis.js';
import type { RowDifference, Value } from '../../src/core/difference.js';
import { diagnoseChanges as diagnoseRows } from '../../src/diagnosis/column-causes.js';
import { propertySeed } from '../support/property-seed.js';
import { type Change, pairOf } from './diagnose-values.js';

const UNRELATED_RUNS = Number(process.env.ROWPROOF_PROPERTY_CASES ?? '500');
const RUNS = { numRuns: 200, ...propertySeed() };

const word = fc.string({
  unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCD 0123456789'),
  minLength: 3,
  maxLength: 20,
});
const wide = fc.string({ unit: fc.constantFrom(...'éüñßøŁжЯ日本語€™“'), minLength: 1, maxLength: 4 });
const accented = fc.tuple(word, wide, word).map((parts) => parts.join(''));
const whole = fc.bigInt({ min: 2n ** 33n, max: 2n ** 62n });
const micros = fc.integer({ min: 0, max: 4_000_000_000 }).map((n) => 946_684_800_000 + n * 300 + (n % 997));

/** A date and time of the years 2000 to 2038, with microseconds. */
const moment = fc
  .tuple(micros, fc.integer({ min: 1, max: 999_998 }))
  .map(([ms, fraction]) => momentText(ms, fraction));

function momentText(ms: number, fraction: number): string {
  const text = new Date(ms).toISOString().replace('T', ' ').slice(0, 19);
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(6, '0')}`;
}

interface Damage {
  readonly canonical: CanonicalType;
  readonly values: fc.Arbitrary<string>;
  readonly damage: (value: string) => Value;
  /** The causes that are right: where two make the same of a value, either. */
  readonly causes: readonly CauseCode[];
}

const text = (damage: (value: string) => Value, causes: readonly CauseCode[], values = accented): Damage => ({
  ...{ canonical: 'text', values, damage, causes },
});

const DAMAGES: readonly (readonly [string, Damage])[] = [
  ['encoded twice', text((value) => Buffer.from(value).toString('latin1'), ['double-encoded'])],
  ['replaced', text((value) => value.replace(/\P{ASCII}/gu, '?'), ['characters-replaced'])],
  ['replaced by U+FFFD', text((value) => value.replace(/\P{ASCII}/gu, '\ufffd'), ['characters-replaced'])],
  [
    'cut at an emoji',
    text(
      (value) => value.slice(0, value.indexOf('😀')),
      ['cut-at-four-byte-character'],
      accented.map((value) => `${value}😀 and more`),
    ),
  ],
  ['cut at three characters', text((value) => [...value].slice(0, 3).join(''), ['truncated'])],
  [
    'trailing spaces lost',
    text(
      (value) => value.trimEnd(),
      ['edge-spaces'],
      accented.map((value) => `${value.trim()}  `),
    ),
  ],
  [
    'upper-cased',
    text(
      (value) => value.toUpperCase(),
      ['letter-case'],
      word.map((value) => `${value}e`),
    ),
  ],
  [
    'decomposed',
    text(
      (value) => value.normalize('NFD'),
      ['unicode-normalization'],
      accented.map((value) => `${value}é`),
    ),
  ],
  [
    'NUL removed',
    text(
      (value) => value.replaceAll('\0', ''),
      ['nul-lost'],
      accented.map((value) => `${value}\0x`),
    ),
  ],
  [
    'line ends changed',
    text(
      (value) => value.replaceAll('\r\n', '\n'),
      ['line-ends'],
      word.map((value) => `${value}\r\nx`),
    ),
  ],
  ['spelled as hex', text((value) => Buffer.from(value).toString('hex'), ['spelled-bytes'])],
  ['emptied to NULL', text(() => null, ['null-against-empty'], fc.constant(''))],
  [
    'through a double',
    {
      canonical: 'int',
      values: whole.map((n) => `${n + 2n ** 60n}`),
      damage: (value) => `${BigInt(Number(value))}`,
      causes: ['double-rounding'],
    },
  ],
  [
    'wrapped at 32 bits',
    {
      canonical: 'int',
      values: whole.map(String),
      damage: (value) => `${BigInt.asIntN(32, BigInt(value))}`,
      causes: ['integer-wrapped'],
    },
  ],
  [
    'clamped to 32 bits',
    { canonical: 'int', values: whole.map(String), damage: () => '2147483647', causes: ['number-clamped'] },
  ],
  [
    'printed with 6 digits',
    {
      ...{
        canonical: 'float',
        values: fc.integer({ min: 1_000_000_000, max: 9_999_999_999 }).map((n) => `${n / 1e7}`),
      },
      ...{
        damage: (value) => `${Number(Number(value).toPrecision(6))}`,
        causes: ['float-digits', 'decimal-scale'],
      },
    },
  ],
  [
    'fractions cut to 2 digits',
    {
      ...{
        canonical: 'decimal',
        values: fc
          .integer({ min: 100_000, max: 999_999 })
          .chain((n) => fc.integer({ min: 1, max: 99 }).map((rest) => ((n * 100 + rest) / 1e4).toFixed(4))),
      },
      ...{ damage: (value) => value.slice(0, -2), causes: ['decimal-scale', 'float-digits'] },
    },
  ],
  [
    'an hour late',
    {
      canonical: 'datetime',
      values: moment,
      damage: (value) => shift(value, 3_600_000),
      causes: ['time-shift'],
    },
  ],
  [
    'without fractions',
    {
      canonical: 'datetime',
      values: moment,
      damage: (value) => value.slice(0, 19),
      causes: ['time-precision'],
    },
  ],
];

function shift(value: string, byMs: number): string {
  const [clock = '', fraction = ''] = value.split('.');
  return `${momentText(Date.parse(`${clock.replace(' ', 'T')}Z`) + byMs, 0)}.${fraction}`;
}

function diagnoseChanges(canonical: CanonicalType, changes: readonly Change[]) {
  const rows = changes.map(([source, target], i): RowDifference => {
    const values = { source: { v: source }, target: { v: target } };
    return { kind: 'changed', key: { id: `${i}` }, columns: ['v'], ...values };
  });
  return diagnoseRows([pairOf('v', canonical)], rows);
}

describe('random values that were all damaged in one way', () => {
  it.each(DAMAGES)('are diagnosed as that: %s', (_, { canonical, values, damage, causes }) => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 8, maxLength: 30 }), (sources) => {
        const changes = sources
          .map((value): Change => [value, damage(value)])
          .filter(([one, other]) => one !== other);
        fc.pre(changes.length >= 6);
        const found = diagnoseChanges(canonical, changes);
        const [first] = found;
        expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(changes.length);
        expect(causes).toContain(first?.cause);
        expect(first?.confidence).toBe('proved');
      }),
      RUNS,
    );
  });
});

describe('random values that were damaged in two ways', () => {
  const texts = DAMAGES.filter(([, { canonical }]) => canonical === 'text');
  const two = fc.tuple(fc.nat(texts.length - 1), fc.nat(texts.length - 1));

  it('are diagnosed as nothing else, and no row is counted twice', () => {
    fc.assert(
      fc.property(
        two.chain(([one, other]) => fc.tuple(changesOf(texts, one), changesOf(texts, other))),
        ([one, other]) => {
          const changes = [...one.changes, ...other.changes];
          const found = diagnoseChanges('text', changes);
          const right = new Set([...one.causes, ...other.causes]);
          expect(
            found.filter(({ cause, confidence }) => confidence === 'proved' && !right.has(cause)),
          ).toEqual([]);
          expect(found.reduce((sum, { rows }) => sum + rows, 0)).toBe(changes.length);
        },
      ),
      RUNS,
    );
  });
});

function changesOf(damages: typeof DAMAGES, index: number) {
  const [, damage] = damages[index] as (typeof DAMAGES)[number];
  return fc.array(damage.values, { minLength: 8, maxLength: 20 }).map((sources) => ({
    causes: damage.causes,
    changes: sources
      .map((value): Change => [value, damage.damage(value)])
      .filter(([before, after]) => before !== after),
  }));
}

const anyText = fc.oneof(
  word,
  accented,
  wide,
  fc.constantFrom('', 'paid', 'new', 'NULL', '0', 'n/a'),
  fc.constant(null),
);
const anyNumber = fc.oneof(
  fc.integer({ min: -3, max: 300 }).map(String),
  whole.map(String),
  fc.integer().map((n) => `${n / 100}`),
  fc.constant(null),
);

/** Values that have nothing to do with each other. */
const UNRELATED: readonly (readonly [CanonicalType, fc.Arbitrary<Value>])[] = [
  ['text', anyText],
  ['int', anyNumber.filter((value) => value?.includes('.') !== true)],
  ['decimal', anyNumber],
  ['float', anyNumber],
  ['datetime', moment],
  ['date', moment.map((value) => value.slice(0, 10))],
  ['time', moment.map((value) => value.slice(11))],
  ['uuid', fc.uuid()],
  ['bytes', fc.uint8Array({ maxLength: 6 }).map((bytes) => ({ hex: Buffer.from(bytes).toString('hex') }))],
];

describe('random changes that have no cause in common', () => {
  it.each(UNRELATED)('are never said to be proved: %s', (canonical, values) => {
    const changes = fc.array(fc.tuple(values, values), { minLength: 1, maxLength: 25 });
    fc.assert(
      fc.property(changes, (all) => {
        const unequal = all.filter(([one, other]) => JSON.stringify(one) !== JSON.stringify(other));
        const proved = diagnoseChanges(canonical, unequal).filter(
          ({ confidence }) => confidence === 'proved',
        );
        expect(proved).toEqual([]);
      }),
      { ...RUNS, numRuns: UNRELATED_RUNS },
    );
  });

  it('are never said to be proved: texts edited at a random place', () => {
    const edit = fc.tuple(accented, fc.nat(10), fc.constantFrom('x', '!', ' and', 'Q'));
    fc.assert(
      fc.property(fc.array(edit, { minLength: 1, maxLength: 25 }), (edits) => {
        const changes = edits.map(
          ([value, at, added]): Change => [value, value.slice(0, at) + added + value.slice(at + 1)],
        );
        const unequal = changes.filter(([one, other]) => one !== other);
        expect(diagnoseChanges('text', unequal).filter(({ confidence }) => confidence === 'proved')).toEqual(
          [],
        );
      }),
      { ...RUNS, numRuns: UNRELATED_RUNS },
    );
  });
});
