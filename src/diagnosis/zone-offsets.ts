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

/** A zone's offset from UTC in seconds at a point in time (microseconds since 2000-01-01). */
export function zoneOffsetSeconds(name: string, micros: bigint): number {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new TimeZone(name);
    zones.set(name, zone);
  }
  return zone.offsetAt(Number((micros - modulo(micros, MICROS_PER_SECOND)) / MICROS_PER_SECOND));
}
