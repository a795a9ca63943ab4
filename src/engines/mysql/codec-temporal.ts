import type { CanonicalType } from '../../core/canonical-type.js';
import { TAG } from '../../core/encoding/canonical.js';
import { encodeIntervalHead } from '../../core/encoding/interval.js';
import {
  type CivilFields,
  daysFromCivil,
  encodeCivil,
  encodeDays,
  encodeIrregularDate,
  encodeSeconds,
  isCalendarDate,
} from '../../core/encoding/temporal.js';
import type { FieldEncoder, FieldFormatter } from '../row-codec.js';

/** The date being read; one object for all of them, so that a row allocates nothing. */
const civil = { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, micros: 0 };

/**
 * Binary dates have 0, 4, 7 or 11 bytes: parts that are zero are left out from the end, so the zero date is empty.
 *
 * @see https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_binary_resultset.html
 */
function readCivil(buffer: Buffer, start: number, end: number): CivilFields {
  const length = end - start;
  const hasDate = length > 3;
  const hasClock = length > 6;
  civil.year = hasDate ? (buffer[start] as number) | ((buffer[start + 1] as number) << 8) : 0;
  civil.month = hasDate ? (buffer[start + 2] as number) : 0;
  civil.day = hasDate ? (buffer[start + 3] as number) : 0;
  civil.hour = hasClock ? (buffer[start + 4] as number) : 0;
  civil.minute = hasClock ? (buffer[start + 5] as number) : 0;
  civil.second = hasClock ? (buffer[start + 6] as number) : 0;
  civil.micros = length > 7 ? buffer.readUInt32LE(start + 7) : 0;
  return civil;
}

/**
 * The encoder of a DATE, TIME, DATETIME or TIMESTAMP column (instants arrive in UTC: the session is set to it). A DATE
 * that is paired with a DATETIME is the midnight that the day begins with.
 */
export function temporalEncoder(wire: string, canonical: CanonicalType): FieldEncoder {
  if (wire === 'time') return encodeTime;
  if (wire === 'date' && canonical !== 'datetime') {
    return (buffer, start, end, sink) => {
      const fields = readCivil(buffer, start, end);
      if (isCalendarDate(fields.year, fields.month, fields.day)) {
        encodeDays(sink, daysFromCivil(fields.year, fields.month, fields.day));
      } else encodeIrregularDate(sink, fields);
    };
  }
  const tag = canonical === 'instant' ? TAG.instant : TAG.datetime;
  return (buffer, start, end, sink) => {
    const fields = readCivil(buffer, start, end);
    if (isCalendarDate(fields.year, fields.month, fields.day)) encodeCivil(sink, tag, fields);
    else encodeIrregularDate(sink, fields);
  };
}

interface ClockFields {
  readonly negative: boolean;
  readonly days: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly micros: number;
}

function readClock(buffer: Buffer, start: number, end: number): ClockFields {
  if (end === start) return { negative: false, days: 0, hour: 0, minute: 0, second: 0, micros: 0 };
  return {
    negative: buffer[start] === 1,
    days: buffer.readUInt32LE(start + 1),
    hour: buffer[start + 5] as number,
    minute: buffer[start + 6] as number,
    second: buffer[start + 7] as number,
    micros: end - start > 8 ? buffer.readUInt32LE(start + 8) : 0,
  };
}

const encodeTime: FieldEncoder = (buffer, start, end, sink) => {
  const clock = readClock(buffer, start, end);
  const seconds = ((clock.days * 24 + clock.hour) * 60 + clock.minute) * 60 + clock.second;
  encodeSeconds(
    sink,
    TAG.time,
    clock.negative ? -seconds : seconds,
    clock.negative ? -clock.micros : clock.micros,
  );
};

/** A TIME as an interval: all of it is microseconds, whatever the number of hours. */
export const encodeTimeInterval: FieldEncoder = (buffer, start, end, sink) => {
  encodeIntervalHead(sink, 0, 0);
  encodeTime(buffer, start, end, sink);
};

const two = (value: number): string => String(value).padStart(2, '0');
const fraction = (micros: number): string => (micros === 0 ? '' : `.${String(micros).padStart(6, '0')}`);

/** The formatter of a temporal column: `2024-02-29 23:59:59.5` as `2024-02-29 23:59:59.500000`. */
export function temporalFormatter(wire: string): FieldFormatter {
  if (wire === 'time') {
    return (buffer, start, end) => {
      const clock = readClock(buffer, start, end);
      const hours = two(clock.days * 24 + clock.hour);
      return `${clock.negative ? '-' : ''}${hours}:${two(clock.minute)}:${two(clock.second)}${fraction(clock.micros)}`;
    };
  }
  return (buffer, start, end) => {
    const fields = readCivil(buffer, start, end);
    const date = `${String(fields.year).padStart(4, '0')}-${two(fields.month)}-${two(fields.day)}`;
    if (wire === 'date') return date;
    return `${date} ${two(fields.hour)}:${two(fields.minute)}:${two(fields.second)}${fraction(fields.micros)}`;
  };
}
