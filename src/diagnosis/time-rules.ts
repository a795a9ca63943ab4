import type { CanonicalType } from '../core/canonical-type.js';
import { roundingHalves } from '../core/column-rule.js';
import { cutMicros, roundMicros } from '../core/encoding/coarse-time.js';
import {
  type Alteration,
  type CauseRule,
  type Explanation,
  fitsNoNumbers,
  type NumberChange,
  TIME_TYPES,
} from './explanation.js';
import {
  formatShift,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  modulo,
  readTime,
  type TimeValue,
} from './time-value.js';
import { offsetsSpan, ZONES, zoneOffsetSeconds } from './zone-offsets.js';

const QUARTER_HOUR = 900n * MICROS_PER_SECOND;
/** Zones are from -12 to +14 hours, so two of them are at most 26 hours apart. */
const MOST_ZONE_SHIFT = 26n * 3600n * MICROS_PER_SECOND;
const DATED: ReadonlySet<CanonicalType> = new Set(['date', 'datetime', 'instant']);
const CLOCKED: ReadonlySet<CanonicalType> = new Set([...TIME_TYPES, 'interval']);
const POINTS: ReadonlySet<CanonicalType> = new Set(['datetime', 'instant']);

interface Times {
  readonly before: TimeValue;
  readonly after: TimeValue;
}

/** Makes a rule of what holds between two times that can be read. */
function onTimes(
  types: ReadonlySet<CanonicalType>,
  bothWays: boolean,
  explain: (times: Times, alteration: Alteration, found: Explanation[]) => void,
  kindOf: NonNullable<CauseRule['kindOf']>,
): CauseRule {
  return {
    kindOf,
    types,
    bothWays,
    explain: (alteration, found) => {
      const [before, after] = [readTime(alteration.original), readTime(alteration.altered)];
      if (before === null || after === null || before.form !== after.form) return;
      explain({ before, after }, alteration, found);
    },
  };
}

function explainShift({ before, after }: Times, _: Alteration, found: Explanation[]): void {
  const shift = shiftBetween(before, after);
  // Clocks are off by whole seconds; anything less is a fraction that was lost.
  if (shift % MICROS_PER_SECOND !== 0n) return;
  const isZoneLike = shift % QUARTER_HOUR === 0n && shift <= MOST_ZONE_SHIFT && -shift <= MOST_ZONE_SHIFT;
  const isDate = before.form === 'date';
  found.push({
    cause: 'time-shift',
    detail: `by ${formatShift(shift)}`,
    bits: isDate ? 4 : 8,
    cost: isZoneLike && !isDate ? 3 : 8,
    open: true,
  });
}

/** Times of day go round the clock: an hour after 23:30 is 00:30. */
function shiftBetween(before: TimeValue, after: TimeValue): bigint {
  const shift = after.micros - before.micros;
  const isOfDay = ({ micros }: TimeValue): boolean => micros >= 0n && micros < MICROS_PER_DAY;
  if (before.form !== 'time' || !isOfDay(before) || !isOfDay(after)) return shift;
  const ahead = modulo(shift, MICROS_PER_DAY);
  return ahead * 2n > MICROS_PER_DAY ? ahead - MICROS_PER_DAY : ahead;
}

/** How far a time has moved. */
function kindOfShift({ source, target }: NumberChange): number {
  return target - source;
}

/** The same, where it is as far as zones are apart, and which offsets zones had at both times. */
function kindOfZones({ source, target }: NumberChange): string | number {
  const shift = target - source;
  if (shift % Number(QUARTER_HOUR) !== 0 || Math.abs(shift) > Number(MOST_ZONE_SHIFT)) return 0;
  const [before, after] = [offsetsSpan(Math.floor(source / 1e6)), offsetsSpan(Math.floor(target / 1e6))];
  if (shift !== zones.shift || before !== zones.before || after !== zones.after) {
    zones = { shift, before, after, kind: `${shift} ${before} ${after}` };
  }
  return zones.kind;
}

/** The last kind: mostly the next one's too. */
let zones = { shift: 0, before: 0, after: 0, kind: '' };

function explainZone({ before, after }: Times, _: Alteration, found: Explanation[]): void {
  const shift = after.micros - before.micros;
  if (shift % QUARTER_HOUR !== 0n || shift > MOST_ZONE_SHIFT || -shift > MOST_ZONE_SHIFT) return;
  const seconds = Number(shift / MICROS_PER_SECOND);
  for (const zone of ZONES) {
    const known = { cause: 'zone-shift', bits: 6, cost: 8, open: true } as const;
    if (zoneOffsetSeconds(zone, before.micros) === seconds) {
      found.push({ ...known, detail: `from UTC to ${zone} or a zone with its rules` });
    }
    if (zoneOffsetSeconds(zone, after.micros) === -seconds) {
      found.push({ ...known, detail: `from ${zone} or a zone with its rules to UTC` });
    }
  }
}

/** Units that times are cut or rounded to, the usual ones first. */
const UNITS: readonly (readonly [string, bigint])[] = [
  ['seconds', MICROS_PER_SECOND],
  ['milliseconds', 1000n],
  ['5 fraction digits', 10n],
  ['4 fraction digits', 100n],
  ['2 fraction digits', 10_000n],
  ['1 fraction digit', 100_000n],
  ['minutes', 60n * MICROS_PER_SECOND],
  ['hours', 3600n * MICROS_PER_SECOND],
  ['days', MICROS_PER_DAY],
];

function explainPrecision({ before, after }: Times, { from, to }: Alteration, found: Explanation[]): void {
  const isClock = before.form === 'time';
  const halves = isClock ? 'outward' : roundingHalves(from.type, to.type);
  for (const [unit, micros] of UNITS) {
    if (after.micros % micros !== 0n) continue;
    const cut = cutMicros(before.micros, micros, isClock);
    const rounded = roundMicros(before.micros, micros, halves);
    // Whole minutes and hours are what people write, so such a time says less.
    const bits = micros > MICROS_PER_SECOND ? 6 : 10;
    const known = { cause: 'time-precision', bits, cost: 4 } as const;
    if (cut === after.micros) found.push({ ...known, detail: `cut to ${unit}` });
    if (rounded === after.micros) found.push({ ...known, detail: `rounded to ${unit}` });
  }
}

/** What is cut or rounded to a unit has moved by less than one, and is a multiple of it. */
function kindOfPrecision({ source, target }: NumberChange): number | null {
  const moved = Math.abs(target - source);
  for (const [, unit] of NUMBER_UNITS) {
    if (moved < unit && (source % unit === 0 || target % unit === 0)) return null;
  }
  return 0;
}

const NUMBER_UNITS = UNITS.map(([name, micros]) => [name, Number(micros)] as const);

/** Rounding at the end of a day, where the new day is dropped or the clock shows 24:00. */
function explainMidnight({ before, after }: Times, _: Alteration, found: Explanation[]): void {
  const cause = 'midnight-carry';
  const ofDay = modulo(before.micros, MICROS_PER_DAY);
  const day = before.micros - ofDay;
  if (before.form === 'time' && before.micros === MICROS_PER_DAY && after.micros === 0n) {
    found.push({ cause, detail: '24:00:00 became 00:00:00', bits: 20 });
  }
  if (ofDay * 2n < MICROS_PER_DAY * 2n - MICROS_PER_SECOND || ofDay % MICROS_PER_SECOND === 0n) return;
  if (after.micros === day + MICROS_PER_DAY)
    found.push({ cause, detail: 'rounded up into the next day', bits: 16 });
  if (after.micros === day) found.push({ cause, detail: 'rounded up to midnight of the same day', bits: 16 });
}

/** Only midnight can have been another time of its day, or of the day before. */
function kindOfMidnight({ source, target }: NumberChange): number | null {
  return source % DAY === 0 || target % DAY === 0 ? null : 0;
}

const DAY = Number(MICROS_PER_DAY);

/** What programs put in the place of a zero date. */
const SUBSTITUTES = ['1970-01-01', '0001-01-01', '1900-01-01', '1899-12-30', '1000-01-01', '2000-01-01'];

function explainZeroDate({ original, altered }: Alteration, found: Explanation[]): void {
  if (typeof original !== 'string' || !/^\d{4}-\d\d-\d\d/.test(original) || original.endsWith(' BC')) return;
  const what = original.startsWith('0000-00-00') ? 'the zero date' : 'another one';
  if (readTime(original) !== null) return;
  const push = (into: string): void => {
    found.push({ cause: 'zero-date', detail: `${what} became ${into}`, bits: 20 });
  };
  if (altered === null) push('NULL');
  const substitute = SUBSTITUTES.find((date) => typeof altered === 'string' && altered.startsWith(date));
  if (substitute !== undefined) push(substitute);
}

function explainSwap({ before, after }: Times, alteration: Alteration, found: Explanation[]): void {
  if (before.micros === after.micros) return;
  const { original, altered } = alteration;
  if (typeof original !== 'string' || typeof altered !== 'string') return;
  const swapped = original.replace(/^(\d{4,})-(\d\d)-(\d\d)/, '$1-$3-$2');
  if (readTime(swapped)?.micros === after.micros)
    found.push({ cause: 'day-month-swapped', detail: '', bits: 7 });
}

/** Where day and month change places a date moves by 27 days at least, as from 02-03 to 03-02, and keeps its time of day. */
function kindOfSwap({ source, target }: NumberChange): number | null {
  const moved = Math.abs(target - source);
  return moved % DAY !== 0 || moved < 27 * DAY ? 0 : null;
}

/** A write that sets no other column moves only a column that the server keeps up to date itself. */
function explainUpdate({ before, after }: Times, { alone, to }: Alteration, found: Explanation[]): void {
  if (!alone || after.micros <= before.micros) return;
  const isNamed = /upd|modif|chang|touch|mtime|last/i.test(to.name);
  found.push({
    cause: 'auto-updated',
    detail: 'later on the target',
    bits: isNamed ? 4 : 1,
    provable: false,
  });
}

/** Whether it is later now. */
function kindOfUpdate({ source, target }: NumberChange): number {
  return target > source ? 1 : 0;
}

/** What happens to dates and times. */
export const timeRules: readonly CauseRule[] = [
  { types: DATED, bothWays: true, explain: explainZeroDate, kindOf: fitsNoNumbers },
  onTimes(TIME_TYPES, true, explainMidnight, kindOfMidnight),
  onTimes(TIME_TYPES, false, explainShift, kindOfShift),
  onTimes(POINTS, false, explainZone, kindOfZones),
  onTimes(CLOCKED, true, explainPrecision, kindOfPrecision),
  onTimes(DATED, false, explainSwap, kindOfSwap),
  onTimes(POINTS, false, explainUpdate, kindOfUpdate),
];
