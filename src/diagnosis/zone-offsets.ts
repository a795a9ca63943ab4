import { TimeZone } from '../core/time-zone.js';
import { MICROS_PER_SECOND, modulo } from './time-value.js';

/**
 * Zones with a summer time, one for each set of rules that many databases live by. A zone without summer time is a
 * constant shift and needs no name.
 */
export const ZONES = [
  ...['Europe/London', 'Europe/Berlin', 'Europe/Athens', 'Europe/Moscow', 'Europe/Istanbul'],
  ...['Europe/Chisinau', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Los_Angeles'],
  ...['America/Anchorage', 'America/Halifax', 'America/St_Johns', 'America/Mexico_City'],
  ...['America/Sao_Paulo', 'America/Santiago', 'America/Havana', 'America/Asuncion', 'Australia/Sydney'],
  ...['Australia/Adelaide', 'Australia/Lord_Howe', 'Pacific/Auckland', 'Asia/Jerusalem', 'Asia/Beirut'],
  ...['Asia/Tehran', 'Africa/Cairo', 'Africa/Casablanca'],
] as const;

const zones = new Map<string, TimeZone>();

function zoneOf(name: string): TimeZone {
  const known = zones.get(name);
  if (known !== undefined) return known;
  const made = new TimeZone(name);
  zones.set(name, made);
  return made;
}

/** A zone's offset from UTC in seconds at a point in time (microseconds since 2000-01-01). */
export function zoneOffsetSeconds(name: string, micros: bigint): number {
  return zoneOf(name).offsetAt(Number((micros - modulo(micros, MICROS_PER_SECOND)) / MICROS_PER_SECOND));
}

/** Spans in which no zone changes its offset, in their order; more than are kept would be of no use. */
let spans: { readonly from: number; readonly until: number }[] = [];
const MOST_SPANS = 4096;

/** A number that is the same for two points in time (seconds since 2000-01-01) between which no zone has changed its offset. */
export function offsetsSpan(seconds: number): number {
  let [low, high] = [0, spans.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((spans[middle]?.from ?? 0) <= seconds) low = middle + 1;
    else high = middle;
  }
  const known = spans[low - 1];
  if (known !== undefined && seconds < known.until) return known.from;
  const own = ZONES.map((name) => zoneOf(name).spanAt(seconds));
  const span = {
    from: Math.max(...own.map(({ from }) => from)),
    until: Math.min(...own.map(({ until }) => until)),
  };
  if (spans.length >= MOST_SPANS) spans = [];
  spans = [
    ...spans.filter(({ from }) => from < span.from),
    span,
    ...spans.filter(({ from }) => from > span.from),
  ];
  return span.from;
}
