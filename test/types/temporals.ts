import type { TestEngine } from '../support/database.js';
import { ALL_ENGINES, asIs, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

/** Dates that are on no calendar, which only the MySQL family stores. */
const IRREGULAR = /^0000-|-00\b|-02-3/;
/** Dates that only PostgreSQL stores. */
const BEYOND = /infinity|BC$|^\d{5}/;

const holdsDate = (sample: string, engine: TestEngine): boolean =>
  !(engine === 'postgresql' ? IRREGULAR : BEYOND).test(sample);

const quoted = (sample: string): string => `'${sample}'`;

export const dates: TypeGroup = {
  name: 'dates',
  forms: [
    {
      engines: ALL_ENGINES,
      declared: 'date',
      write: (sample, engine) => (holdsDate(sample, engine) ? quoted(sample) : null),
      show: asIs,
    },
  ],
  equal: [
    '0001-01-01',
    '1000-01-01',
    '1582-10-10',
    '1969-12-31',
    '2000-02-29',
    '9999-12-31',
    '0000-00-00',
    '2020-00-10',
    '2020-05-00',
    '2020-02-31',
    'infinity',
    '-infinity',
    '0044-03-15 BC',
    '12020-01-01',
  ],
  near: [
    ['2024-02-29', '2024-03-01'],
    ['2024-01-01', null],
    ['0000-00-00', null],
    ['0000-00-00', '0001-01-01'],
    ['0001-01-01', '0000-00-00'],
    ['2020-02-31', '2020-03-02'],
    ['2020-00-10', '2020-00-00'],
    ['infinity', '9999-12-31'],
    ['9999-12-31', 'infinity'],
    ['infinity', '-infinity'],
    ['0044-03-15 BC', '0044-03-15'],
  ],
};

const DAY_MICROS = /^(-|2[4-9]|[3-9]\d|\d{3})/;

export const times: TypeGroup = {
  name: 'times',
  forms: [
    { engines: MYSQL_FAMILY, declared: 'time(6)', write: quoted, show: asIs },
    {
      engines: POSTGRESQL,
      declared: 'time(6)',
      write: (sample) => (DAY_MICROS.test(sample) && sample !== '24:00:00' ? null : quoted(sample)),
      show: asIs,
    },
  ],
  equal: [
    '00:00:00',
    '00:00:00.000001',
    '12:34:56.123456',
    '23:59:59.999999',
    '24:00:00',
    '25:00:00.500000',
    '-00:00:00.000001',
    '-01:02:03.400000',
    '838:59:59',
    '-838:59:59',
  ],
  near: [
    ['12:34:56.123456', '12:34:56.123457'],
    ['12:34:56.123456', '12:34:56.123000'],
    ['12:34:56', '12:34:57'],
    ['00:00:00', null],
    ['00:00:00', '24:00:00'],
    ['01:00:00', '-01:00:00'],
    ['01:00:00', '25:00:00'],
    ['-838:59:59', '838:59:59'],
  ],
};

export const datetimes: TypeGroup = {
  name: 'dates with times',
  forms: [datetimeForm(6), datetimeForm(3)].flatMap((form) => [
    { ...form, engines: MYSQL_FAMILY, declared: form.declared.replace('timestamp', 'datetime') },
    { ...form, engines: POSTGRESQL },
  ]),
  equal: [
    '1000-01-01 00:00:00',
    '1969-12-31 23:59:59.999999',
    '2000-01-01 00:00:00',
    '2024-03-10 02:30:00',
    '2024-02-29 12:34:56.123000',
    '2024-02-29 12:34:56.123456',
    '9999-12-31 23:59:59.999999',
    '0000-00-00 00:00:00',
    '2020-00-10 01:02:03',
    'infinity',
    '-infinity',
    '0044-03-15 10:00:00 BC',
  ],
  near: [
    ['2024-02-29 12:34:56.123456', '2024-02-29 12:34:56.123457'],
    ['2024-02-29 12:34:56.123456', '2024-02-29 12:34:56.123000'],
    ['2024-02-29 12:34:56', '2024-02-29 17:34:56'],
    ['0000-00-00 00:00:00', null],
    ['0000-00-00 00:00:00', '1970-01-01 00:00:00'],
    ['0000-00-00 00:00:00', '0000-00-00 00:00:01'],
    ['infinity', '9999-12-31 23:59:59.999999'],
  ],
};

function datetimeForm(digits: 3 | 6): TypeForm {
  return {
    engines: ALL_ENGINES,
    declared: `timestamp(${digits})`,
    write: (sample, engine) =>
      holdsDate(sample, engine) && (digits === 6 || !/\.\d{3}(?!000)/.test(sample)) ? quoted(sample) : null,
    show: asIs,
  };
}

const NEW_YORK = 'America/New_York';

/** Samples are in UTC and are written in a session of another zone, so that a reader's zone would show. */
export const instants: TypeGroup = {
  name: 'points in time',
  forms: [
    {
      engines: MYSQL_FAMILY,
      declared: 'timestamp(6) NULL',
      write: (sample) => {
        if (sample === '0000-00-00 00:00:00') return quoted(sample);
        return sample >= '1970-01-02' && sample < '2038'
          ? `CONVERT_TZ('${sample}', '+00:00', '-05:00')`
          : null;
      },
      show: asIs,
    },
    {
      engines: POSTGRESQL,
      declared: 'timestamptz(6)',
      write: (sample) => {
        if (IRREGULAR.test(sample)) return null;
        return sample.includes('infinity') || sample.endsWith('BC')
          ? `'${sample}'::timestamp AT TIME ZONE 'UTC'`
          : `('${sample}+00'::timestamptz AT TIME ZONE '${NEW_YORK}')::timestamp::timestamptz`;
      },
      show: asIs,
    },
  ],
  equal: [
    '1970-01-02 00:00:00',
    '2000-01-01 00:00:00',
    '2024-03-10 07:30:00',
    '2024-07-01 12:34:56.123456',
    '2037-12-31 23:59:59.999999',
    '0000-00-00 00:00:00',
    '1883-11-18 17:00:00',
    'infinity',
    '0044-03-15 10:00:00 BC',
  ],
  near: [
    ['2024-07-01 12:34:56.123456', '2024-07-01 12:34:56.123457'],
    ['2024-07-01 12:34:56', '2024-07-01 17:34:56'],
    ['2024-07-01 12:34:56', '2024-07-01 08:34:56'],
    ['2024-07-01 12:34:56', null],
    ['0000-00-00 00:00:00', null],
    ['0000-00-00 00:00:00', '1970-01-02 00:00:00'],
    ['infinity', '2037-12-31 23:59:59.999999'],
  ],
};
