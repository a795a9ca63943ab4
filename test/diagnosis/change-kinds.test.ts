import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CanonicalType } from '../../src/core/canonical-type.js';
import { ByteSink } from '../../src/core/encoding/byte-sink.js';
import { encodeFloat, encodeInt, encodeMicros, TAG } from '../../src/core/encoding/canonical.js';
import { noteMark, unitsOf } from '../../src/core/encoding/canonical-number.js';
import { encodeDecimalText } from '../../src/core/encoding/decimal.js';
import { encodeDays, formatDays, formatMicros } from '../../src/core/encoding/temporal.js';
import type { ColumnPair } from '../../src/core/pairing.js';
import { COLUMN_RULES } from '../../src/diagnosis/explain-change.js';
import type { CauseRule, Explanation } from '../../src/diagnosis/explanation.js';
import { propertySeed } from '../support/property-seed.js';
import { pairOf } from './diagnose-values.js';

const CHANGES = 20_000;
const DAY = 86_400_000_000n;

interface Made {
  readonly text: string;
  encode(sink: ByteSink): void;
}

/** A value of each type, from a whole number: of its units, or of the smallest part that the type has. */
const MAKERS: Readonly<Record<string, (number: bigint) => Made>> = {
  int: (number) => ({
    text: `${number}`,
    encode: (sink) => encodeInt(sink, Number(number >> 32n), Number(BigInt.asIntN(32, number)), number < 0n),
  }),
  decimal: (number) => {
    const text = decimalText(number);
    return { text, encode: (sink) => encodeDecimalText(sink, Buffer.from(text), 0, text.length) };
  },
  float: (number) => {
    const double = Number(decimalText(number));
    return { text: String(double), encode: (sink) => encodeFloat(sink, double) };
  },
  date: (number) => {
    const days = Number(number % 100_000n);
    return { text: formatDays(days), encode: (sink) => encodeDays(sink, days) };
  },
  datetime: (number) => timeOf(TAG.datetime, number),
  instant: (number) => timeOf(TAG.instant, number),
};

function decimalText(number: bigint): string {
  const digits = `${number < 0n ? -number : number}`.padStart(4, '0');
  return `${number < 0n ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

function timeOf(tag: number, micros: bigint): Made {
  const [high, low] = [Number(micros >> 32n), Number(BigInt.asUintN(32, micros))];
  return { text: formatMicros(micros), encode: (sink) => encodeMicros(sink, tag, high, low) };
}

/** Numbers that rules look for, and such as they do not. */
const STARTS: readonly bigint[] = [
  ...[0n, 1n, 9n, 99n, 999n, 1000n, 99_999n, 127n, 128n, 255n, 256n, 32_767n, 65_535n, 2_147_483_647n],
  ...[127_000n, 128_000n, 255_000n, 999_999n, 9_999_990n, 123_456n, 2n ** 53n, 2n ** 31n],
  ...[DAY, 7n * DAY, 31n * DAY, 20n * 366n * DAY, DAY / 24n, 10n * DAY - 1n, DAY - 400_000n, 1_000_000n],
];
const STEPS: readonly bigint[] = [
  ...[1n, 2n, 10n, 100n, 128n, 256n, 999n, 1000n, 256_000n, 65_536n, 1_000_000n, 3_600_000_000n],
  ...[DAY, 2n * DAY, 27n * DAY, 30n * DAY, 59n * DAY, 900_000_000n, 500n, 123n, 400_000n],
];

const sign = fc.constantFrom(1n, 1n, 1n, 1n, -1n);
const start = fc
  .tuple(fc.constantFrom(...STARTS), sign, fc.constantFrom(0n, 1n, 2n), fc.bigInt(0n, 100_000n))
  .map(([near, way, times, more]) => near * way + times * more);
const step = fc
  .tuple(fc.constantFrom(...STEPS), fc.constantFrom(1n, -1n), fc.constantFrom(1n, 2n, 3n))
  .map(([size, way, times]) => size * way * times);
/** What was there, and what is there now: some steps away mostly, and elsewhere in one of eight. */
const change = fc
  .tuple(start, step, fc.nat(7), fc.constantFrom(...STARTS))
  .map(([before, moved, eighth, other]): [bigint, bigint] => [before, eighth === 0 ? other : before + moved]);

interface Change {
  readonly source: Made;
  readonly target: Made;
  readonly marks: readonly [source: number, target: number];
}

function changesOf(canonical: CanonicalType): readonly Change[] {
  const make = MAKERS[canonical] as (number: bigint) => Made;
  return fc.sample(change, { ...propertySeed(), numRuns: CHANGES }).flatMap(([before, after]) => {
    const [source, target] = [make(before), make(after)];
    const marks = [markOf(source), markOf(target)] as const;
    const isKnown = marks[0] !== marks[1] && Number.isSafeInteger(marks[1] - marks[0]);
    return isKnown ? [{ source, target, marks }] : [];
  });
}

function markOf({ encode }: Made): number {
  const sink = new ByteSink();
  encode(sink);
  const marks = new Float64Array(1);
  noteMark(marks, 0, sink);
  return marks[0] as number;
}

/** What a rule finds both ways, without the digests of values. */
function findBoth(rule: CauseRule, pair: ColumnPair, source: string, target: string): string {
  const columns = { from: pair.source, to: pair.target, canonical: pair.canonical, alone: true };
  const back = { from: pair.target, to: pair.source, canonical: pair.canonical, alone: true };
  const found: Explanation[] = [];
  rule.explain({ ...columns, original: source, altered: target }, found);
  const reversed: Explanation[] = [];
  if (rule.bothWays) rule.explain({ ...back, original: target, altered: source }, reversed);
  return JSON.stringify([found, reversed].map((list) => list.map(({ value: _, ...each }) => each)));
}

const NOTHING = JSON.stringify([[], []]);

/** How many changes a rule knew the kind of, how many it has to look at, and in how many it found something. */
interface Counts {
  told: number;
  looked: number;
  found: number;
}

/** Fails where two changes that a rule calls of one kind are not explained alike by it. */
function checkKinds(rule: CauseRule, pair: ColumnPair, changes: readonly Change[], counts: Counts): void {
  const seen = new Map<number | string, string>([[0, NOTHING]]);
  const one = unitsOf(pair.canonical) ?? 0;
  for (const { source, target, marks } of changes) {
    const kind = rule.kindOf?.({ source: marks[0], target: marks[1], one }) ?? null;
    if (kind === null) {
      counts.looked++;
      continue;
    }
    counts.told++;
    const found = findBoth(rule, pair, source.text, target.text);
    if (found !== NOTHING) counts.found++;
    const known = seen.get(kind) ?? found;
    seen.set(kind, known);
    if (found !== known) {
      expect.fail(`${source.text} to ${target.text} is of kind ${kind}: ${found}, not ${known}`);
    }
  }
}

describe.each(Object.keys(MAKERS) as CanonicalType[])(
  'changes of %s that a rule calls of one kind',
  (canonical) => {
    const changes = changesOf(canonical);
    const pairs = [
      pairOf('v', canonical),
      pairOf('updated_at', canonical),
      ...(canonical === 'decimal'
        ? [
            pairOf('v', canonical, {
              declared: 'decimal(5,2)',
              type: { kind: 'decimal', precision: 5, scale: 2 },
            }),
          ]
        : []),
      ...(canonical === 'int'
        ? [pairOf('v', canonical, { type: { kind: 'int', bits: 16, unsigned: true } })]
        : []),
    ];
    const rules = COLUMN_RULES.filter(({ types }) => types?.has(canonical) !== false);

    it('are explained alike by it, and not at all where it says so', () => {
      const counts: Counts = { told: 0, looked: 0, found: 0 };
      for (const pair of pairs) {
        for (const rule of rules) checkKinds(rule, pair, changes, counts);
      }
      // Most are told apart without a look, and some of them do fit.
      expect(counts.told).toBeGreaterThan(counts.looked);
      expect(counts.found).toBeGreaterThan(1000);
    });
  },
);
