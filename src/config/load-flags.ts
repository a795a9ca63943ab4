import type { LoadLimits } from '../core/load-limits.js';
import { type RawFlags, readText, readWholeNumber, usageError } from './raw-flags.js';

export const MOST_ROWS_PER_SECOND = 1_000_000_000n;
export const MOST_LOAD = 100_000n;

const DEFAULT_CHUNK_TIME = '500ms';
const LEAST_CHUNK_TIME_MS = 10;
const MOST_CHUNK_TIME_MS = 60_000;
const LEAST_BYTES_PER_SECOND = 1000;
const MOST_BYTES_PER_SECOND = 1e12;

const TIME_UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000 };
const SIZE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  kib: 1 << 10,
  mib: 1 << 20,
  gib: 1 << 30,
};

/** Reads what a run may ask of the servers; nothing limits it unless a flag does. */
export function readLoadLimits(flags: RawFlags): LoadLimits {
  const rows = readWholeNumber(flags, { name: 'max-rows-per-second', least: 1n, most: MOST_ROWS_PER_SECOND });
  const load = readWholeNumber(flags, { name: 'max-load', least: 1n, most: MOST_LOAD });
  return {
    maxRowsPerSecond: rows === undefined ? null : Number(rows),
    maxBytesPerSecond: readByteRate(flags),
    maxLoad: load === undefined ? null : Number(load),
  };
}

/** Reads how long a chunk should take, in milliseconds. */
export function readChunkTime(flags: RawFlags): number {
  const text = readText(flags, 'chunk-time') ?? DEFAULT_CHUNK_TIME;
  const ms = parseChunkTime(text);
  if (ms !== null) return ms;
  throw usageError(
    `Expected --chunk-time to be a time from 10ms to 60s, got ${text}.`,
    'Write it with its unit, for example --chunk-time 200ms or --chunk-time 2s.',
  );
}

function readByteRate(flags: RawFlags): number | null {
  const text = readText(flags, 'max-bytes-per-second');
  if (text === undefined) return null;
  const bytes = parseByteRate(text);
  if (bytes !== null) return bytes;
  throw usageError(
    `Expected --max-bytes-per-second to be a size from 1kB to 1000GB, got ${text}.`,
    'Write it with its unit, for example --max-bytes-per-second 500kB, 10MB or 8MiB.',
  );
}

/** Reads `200ms` or `2s` as milliseconds; null where it is neither, or out of range. */
export function parseChunkTime(text: string): number | null {
  const ms = parseQuantity(text, TIME_UNITS);
  return ms >= LEAST_CHUNK_TIME_MS && ms <= MOST_CHUNK_TIME_MS ? ms : null;
}

/** Reads `500kB`, `10MB` or `8MiB` as bytes; null where it is no size, or out of range. */
export function parseByteRate(text: string): number | null {
  const bytes = parseQuantity(text, SIZE_UNITS);
  return bytes >= LEAST_BYTES_PER_SECOND && bytes <= MOST_BYTES_PER_SECOND ? bytes : null;
}

/** A number without a unit is no quantity: nobody could tell milliseconds from seconds. */
function parseQuantity(text: string, units: Readonly<Record<string, number>>): number {
  const match = /^(\d{1,15}(?:\.\d{1,9})?) ?([a-z]+)$/i.exec(text.trim());
  const unit = units[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unit === undefined ? Number.NaN : Number(match[1]) * unit;
}
