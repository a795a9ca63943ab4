import { daysFromCivil } from '../core/encoding/temporal.js';
import { MICROS_PER_SECOND } from './time-value.js';

/**
 * Zones with a summer time, one for each set of rules that many databases live by. A zone without summer time is a
 * constant shift and needs no name.
 */
export const ZONES = [
  ...[
    'Europe/London',
    'Europe/Berlin',
    'Europe/Athens',
    'Europe/Moscow',
    'Europe/Istanbul',
    'Europe/Chisinau',
  ],
  ...['America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles', 'America/Anchorage'],
  ...['America/Halifax', 'America/St_Johns', 'America/Mexico_City', 'America/Sao_Paulo', 'America/Santiago'],
  ...['America/Havana', 'America/Asuncion', 'Australia/Sydney', 'Australia/Adelaide', 'Australia/Lord_Howe'],
  ...[
    'Pacific/Auckland',
    'Asia/Jerusalem',
    'Asia/Beirut',
    'Asia/Tehran',
    'Africa/Cairo',
    'Africa/Casablanca',
  ],
] as const;

const FIRST_YEAR = 1970;
const LAST_YEAR = 2040;
const DAYS_TO_UNIX_EPOCH = -daysFromCivil(1970, 1, 1);
const UNIX_EPOCH_SECONDS = DAYS_TO_UNIX_EPOCH * 86_400;

interface Rules {
  /** Ascending seconds since 1970 from which the offset at the same position holds. */
  readonly starts: readonly number[];
  readonly offsets: readonly number[];
  readonly distinct: ReadonlySet<number>;
}

const known = new Map<string, Rules>();

/** A zone's offset from UTC in seconds at a point in time (microseconds since 2000-01-01); null outside of 1970 to 2040. */
export function zoneOffsetSeconds(zone: string, micros: bigint): number | null {
  const seconds = Number(micros / MICROS_PER_SECOND) + UNIX_EPOCH_SECONDS;
  const { starts, offsets } = rulesOf(zone);
  if (seconds < (starts[0] ?? 0) || seconds >= Date.UTC(LAST_YEAR, 0) / 1000) return null;
  let [low, high] = [0, starts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] as number) <= seconds) low = middle;
    else high = middle - 1;
  }
  return offsets[low] ?? null;
}

/** Every offset that a zone has had, by which most zones are ruled out at once. */
export function zoneOffsets(zone: string): ReadonlySet<number> {
  return rulesOf(zone).distinct;
}

/** Finds the changes of a zone's offset by asking once a month and searching within the months that differ. */
function rulesOf(zone: string): Rules {
  const cached = known.get(zone);
  if (cached !== undefined) return cached;
  const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
  const offsetAt = (seconds: number): number => readOffset(clock.format(seconds * 1000));
  let before = Date.UTC(FIRST_YEAR, 0) / 1000;
  const starts = [before];
  const offsets = [offsetAt(before)];
  for (let month = 1; month <= (LAST_YEAR - FIRST_YEAR) * 12; month++) {
    const at = Date.UTC(FIRST_YEAR, month) / 1000;
    const offset = offsetAt(at);
    if (offset !== offsets.at(-1)) {
      starts.push(searchChange(before, at, (seconds) => offsetAt(seconds) === offset));
      offsets.push(offset);
    }
    before = at;
  }
  const rules = { starts, offsets, distinct: new Set(offsets) };
  known.set(zone, rules);
  return rules;
}

/** The first second of (before, after] from which `holds` is true. */
function searchChange(before: number, after: number, holds: (seconds: number) => boolean): number {
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function readOffset(text: string): number {
  const match = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/.exec(text);
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = match ?? [];
  const total = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -total : total;
}
