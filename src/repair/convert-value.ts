import type { Value } from '../core/difference.js';
import { civilFromDays, daysFromCivil, formatMicros } from '../core/encoding/temporal.js';
import { formatUuid } from '../core/encoding/uuid.js';
import type { ValueStep } from '../core/encoding/value-step.js';
import { decimalOfFloatText, floatSpelledBy } from '../core/float-decimal.js';
import type { ColumnPair } from '../core/pairing.js';
import { timeZoneOf } from '../core/time-zone.js';

/** A source value in the form that the target's column stores, or why there is none. */
export type ConvertedValue =
  | { readonly kind: 'value'; readonly value: Value }
  | { readonly kind: 'refused'; readonly reason: string };

const MICROS_PER_SECOND = 1_000_000n;

/**
 * Turns a source value into the target's form where the two are stored in different ways: a civil time and a point in
 * time, a swapped UUID, a float and a decimal. Relaxations change nothing: the value is written as the source has it.
 */
export function convertValue(pair: ColumnPair, value: Value): ConvertedValue {
  if (value === null || pair.rule.kind === 'plain') return { kind: 'value', value };
  const { zone, own, other } = stepsOf(pair);
  if (zone !== null && typeof value === 'string') return convertTime(value, zone, pair);
  if (own !== other) return { kind: 'value', value: swapUuid(value, own) };
  return typeof value === 'string' ? convertNumber(value, pair) : { kind: 'value', value };
}

/** What the rule of a column pair means for all of its values. */
interface PairSteps {
  readonly zone: string | null;
  /** Whether the source, and the target, has the halves of its UUIDs swapped. */
  readonly own: boolean;
  readonly other: boolean;
}

const known = new WeakMap<ColumnPair, PairSteps>();

/** Read once for a column pair, not for each value. */
function stepsOf(pair: ColumnPair): PairSteps {
  const before = known.get(pair);
  if (before !== undefined) return before;
  const [own = [], other = []] =
    pair.rule.kind === 'plain'
      ? []
      : [pair.rule.source, pair.rule.target].map((rule) => (rule.kind === 'plain' ? [] : rule.steps));
  const steps = { zone: zoneOf(own) ?? zoneOf(other), own: isSwapped(own), other: isSwapped(other) };
  known.set(pair, steps);
  return steps;
}

function zoneOf(steps: readonly ValueStep[]): string | null {
  const step = steps.find((each) => each.kind === 'to-civil');
  return step?.kind === 'to-civil' ? step.zone : null;
}

function isSwapped(steps: readonly ValueStep[]): boolean {
  return steps.some(({ kind }) => kind === 'unswap-uuid');
}

/** A civil time in a gap or an overlap of the zone stands for no point in time, or for two: neither is guessed. */
function convertTime(value: string, zoneName: string, { source, target }: ColumnPair): ConvertedValue {
  const micros = parseMicros(value);
  if (micros === null) return { kind: 'value', value };
  const zone = timeZoneOf(zoneName);
  const rest = ((micros % MICROS_PER_SECOND) + MICROS_PER_SECOND) % MICROS_PER_SECOND;
  const seconds = Number((micros - rest) / MICROS_PER_SECOND);
  const write = (shown: number): ConvertedValue => ({
    kind: 'value',
    value: formatMicros(BigInt(shown) * MICROS_PER_SECOND + rest),
  });
  if (source.type.kind === 'instant' && target.type.kind === 'datetime') {
    return write(seconds + zone.offsetAt(seconds));
  }
  const [instant, second] = zone.instantsOf(seconds);
  if (instant === undefined) return refuse(target.name, `${value} does not exist in ${zoneName}`);
  return second === undefined
    ? write(instant)
    : refuse(target.name, `${value} happened twice in ${zoneName}`);
}

function refuse(column: string, why: string): ConvertedValue {
  return { kind: 'refused', reason: `column ${column} is a point in time, and ${why}` };
}

/** Microseconds since 2000-01-01 of `YYYY-MM-DD HH:MM:SS[.ffffff][ BC]`; null for infinity and zero dates. */
function parseMicros(text: string): bigint | null {
  const [, year, month, day, hour, minute, second, fraction = '', era] =
    /^(\d+)-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?( BC)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  const astronomical = era === undefined ? Number(year) : 1 - Number(year);
  const days = daysFromCivil(astronomical, Number(month), Number(day));
  const back = civilFromDays(days);
  if (back.month !== Number(month) || back.day !== Number(day) || (era === undefined && astronomical < 1)) {
    return null;
  }
  const clock = (Number(hour) * 60 + Number(minute)) * 60 + Number(second);
  return BigInt(days * 86_400 + clock) * MICROS_PER_SECOND + BigInt(fraction.padEnd(6, '0'));
}

/** From a swapped UUID to a plain one, or the other way; text stays text. */
function swapUuid(value: Value, fromSwapped: boolean): Value {
  const hex = typeof value === 'string' ? value.replaceAll('-', '') : (value?.hex ?? '');
  if (!/^[0-9a-f]{32}$/i.test(hex)) return value;
  const rest = hex.slice(16);
  const swapped = fromSwapped
    ? `${hex.slice(8, 16)}${hex.slice(4, 8)}${hex.slice(0, 4)}${rest}`
    : `${hex.slice(12, 16)}${hex.slice(8, 12)}${hex.slice(0, 8)}${rest}`;
  return typeof value === 'string' ? formatUuid(Buffer.from(swapped, 'hex'), 0) : { hex: swapped };
}

/** A decimal goes into a float only if it is what the float will be written as. */
function convertNumber(value: string, { source, target }: ColumnPair): ConvertedValue {
  if (source.type.kind === target.type.kind) return { kind: 'value', value };
  if (source.type.kind === 'float')
    return { kind: 'value', value: decimalOfFloatText(value, source.type.bits) };
  if (target.type.kind !== 'float') return { kind: 'value', value };
  const number = value === 'true' ? '1' : value === 'false' ? '0' : value;
  const float = floatSpelledBy(number, target.type.bits);
  if (float === null) {
    return {
      kind: 'refused',
      reason: `column ${target.name} (${target.declared}) cannot hold ${value} exactly`,
    };
  }
  return { kind: 'value', value: Object.is(float, -0) ? '0' : String(float) };
}
