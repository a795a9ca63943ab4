import type { Value } from 'rowproof';
import type { TestEngine } from '../support/database.js';
import { bytesLiteral, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

/** Pairs of two forms of which exactly one is of the kind. */
const across =
  (isOfKind: (form: TypeForm) => boolean): NonNullable<TypeGroup['pairs']> =>
  (source, target) =>
    isOfKind(source) !== isOfKind(target);

function decode(hex: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(hex, 'hex'));
  } catch {
    return null;
  }
}

/** Text as its UTF-8 in hexadecimal digits. */
function utf8Form(form: Pick<TypeForm, 'engines' | 'declared'>, holds: (text: string) => boolean): TypeForm {
  return {
    ...form,
    write: (hex, engine) => {
      const text = decode(hex);
      if (text === null || !holds(text)) return null;
      return engine === 'postgresql' ? `convert_from('\\x${hex}'::bytea, 'UTF8')` : `_utf8mb4 x'${hex}'`;
    },
    show: (hex) => decode(hex) ?? '',
  };
}

const bytesForm = (engines: TypeForm['engines'], declared: string, size: number | null): TypeForm => ({
  engines,
  declared,
  write: (hex, engine) => (size === null || hex.length === size * 2 ? bytesLiteral(hex, engine) : null),
  show: (hex): Value => ({ hex }),
});

const withoutNul = (text: string): boolean => !text.includes('\0');
const unpadded = (text: string): boolean => !text.endsWith(' ');

export const textsInBytes: TypeGroup = {
  name: 'text against bytes',
  forms: [
    utf8Form({ engines: MYSQL_FAMILY, declared: 'varchar(80) CHARACTER SET utf8mb4' }, () => true),
    utf8Form({ engines: MYSQL_FAMILY, declared: 'char(80) CHARACTER SET utf8mb4' }, unpadded),
    utf8Form({ engines: MYSQL_FAMILY, declared: 'text CHARACTER SET utf8mb3' }, (text) =>
      [...text].every((character) => character.length === 1),
    ),
    utf8Form({ engines: POSTGRESQL, declared: 'text' }, withoutNul),
    utf8Form({ engines: POSTGRESQL, declared: 'char(80)' }, (text) => withoutNul(text) && unpadded(text)),
    bytesForm(MYSQL_FAMILY, 'varbinary(300)', null),
    bytesForm(MYSQL_FAMILY, 'binary(4)', 4),
    bytesForm(MYSQL_FAMILY, 'longblob', null),
    bytesForm(POSTGRESQL, 'bytea', null),
  ],
  pairs: across(({ declared }) => /binary|blob|bytea/.test(declared)),
  equal: [
    '',
    '61',
    '6120',
    '20',
    '00',
    '61620000',
    'c3a9',
    'e4b8ad',
    'f09f9880',
    '65cc81',
    '5c78',
    'efbbbf61',
  ],
  near: [
    ['61', '41'],
    ['61', '6120'],
    ['61', '6100'],
    ['61620000', '6162'],
    ['6162', '61620000'],
    ['', '00'],
    ['', null],
    [null, ''],
    ['c3a9', 'e9'],
    ['c3a9', '65cc81'],
    ['c383c2a9', 'c3a9'],
    ['3f', 'ff'],
    ['efbfbd', 'ff'],
    ['ff', 'efbfbd'],
    ['00', 'c080'],
    ['6566', 'ef'],
    ['f09f9880', 'eda0bdedb880'],
  ],
};

const IRREGULAR = /^0000-|-00\b|-02-3/;
const BEYOND = /infinity|BC$|^\d{5}/;
const MIDNIGHT = / 00:00:00(?= BC|$)/;

const holds = (sample: string, engine: TestEngine): boolean =>
  !(engine === 'postgresql' ? IRREGULAR : BEYOND).test(sample);

const timeForm = (engines: TypeForm['engines'], declared: string): TypeForm => ({
  engines,
  declared,
  write: (sample, engine) =>
    holds(sample, engine) && Number(/^\d+(?=-)/.exec(sample)?.[0] ?? 0) <= 294276 ? `'${sample}'` : null,
  show: (sample) => sample,
});

const dayForm: TypeForm = {
  engines: [...MYSQL_FAMILY, ...POSTGRESQL],
  declared: 'date',
  write: (sample, engine) => {
    const isDay = MIDNIGHT.test(sample) || sample.includes('infinity');
    return isDay && holds(sample, engine) ? `'${sample.replace(MIDNIGHT, '')}'` : null;
  },
  show: (sample) => sample.replace(MIDNIGHT, ''),
};

export const daysAgainstTimes: TypeGroup = {
  name: 'days against days with times',
  forms: [dayForm, timeForm(MYSQL_FAMILY, 'datetime(6)'), timeForm(POSTGRESQL, 'timestamp(6)')],
  pairs: across(({ declared }) => declared === 'date'),
  equal: [
    '0001-01-01 00:00:00',
    '1969-12-31 00:00:00',
    '2000-01-01 00:00:00',
    '2024-02-29 00:00:00',
    '9999-12-31 00:00:00',
    '0000-00-00 00:00:00',
    '2020-00-10 00:00:00',
    '2020-02-31 00:00:00',
    'infinity',
    '-infinity',
    '0044-03-15 00:00:00 BC',
    '4713-01-01 00:00:00 BC',
    '294276-12-31 00:00:00',
  ],
  near: [
    ['2024-02-29 00:00:00', '2024-02-29 00:00:00.000001'],
    ['2024-02-29 00:00:00', '2024-02-28 23:59:59.999999'],
    ['2024-02-29 00:00:00', '2024-02-29 12:00:00'],
    ['1999-12-31 00:00:00', '1999-12-31 00:00:00.000001'],
    ['2024-02-29 00:00:00', '2024-03-01 00:00:00'],
    ['2024-02-29 00:00:00', null],
    [null, '2024-02-29 00:00:00'],
    ['0000-00-00 00:00:00', null],
    ['0000-00-00 00:00:00', '0000-00-00 00:00:01'],
    ['2020-02-31 00:00:00', '2020-03-02 00:00:00'],
    ['0000-00-00 00:00:00', '1970-01-01 00:00:00'],
    ['infinity', '-infinity'],
    ['infinity', '294276-12-31 00:00:00'],
    ['294276-12-31 00:00:00', 'infinity'],
    ['0044-03-15 00:00:00 BC', '0044-03-15 00:00:00'],
    // Days beyond the range of timestamps, whose microseconds would run over into those of another day.
    ['5874897-12-31 00:00:00', 'infinity'],
    ['586542-01-10 00:00:00', '2000-01-01 00:00:00'],
    ['294277-01-01 00:00:00', '294276-12-31 00:00:00'],
  ].flatMap(([one = null, other = null]) => [[one, other] as const, [other, one] as const]),
};

const LABELS = ['one', 'red tea', 'zwölf', '中', '5" disk', 'back\\slash', 'NULL'];

/** The labels of an array of one dimension that a set can hold as it is; null for every other array. */
function labelsOf(array: string): readonly string[] | null {
  const chosen = LABELS.filter((label) => array.includes(spell(label)));
  return array === `{${chosen.map(spell).join(',')}}` ? chosen : null;
}

function spell(label: string): string {
  return /^[\p{L}]+$/u.test(label) && label !== 'NULL' ? label : `"${label.replace(/["\\]/g, '\\$&')}"`;
}

const setForm = (charset: string, labels: readonly string[]): TypeForm => ({
  engines: MYSQL_FAMILY,
  declared: `set(${labels.map((label) => `'${label.replaceAll('\\', '\\\\')}'`).join(',')}) CHARACTER SET ${charset}`,
  write: (array) => {
    const chosen = labelsOf(array);
    if (chosen === null || !chosen.every((label) => labels.includes(label))) return null;
    return `_utf8mb4 x'${Buffer.from(chosen.join(','), 'utf8').toString('hex')}'`;
  },
  show: (array) => (labelsOf(array) ?? []).join(','),
});

const arrayForm = (declared: string): TypeForm => ({
  engines: POSTGRESQL,
  declared,
  write: (array) =>
    `convert_from('\\x${Buffer.from(array, 'utf8').toString('hex')}'::bytea, 'UTF8')::${declared}`,
  show: (array) => array,
});

export const setsAgainstArrays: TypeGroup = {
  name: 'sets against arrays',
  forms: [
    setForm('utf8mb4', LABELS),
    setForm(
      'latin1',
      LABELS.filter((label) => label !== '中'),
    ),
    arrayForm('text[]'),
    arrayForm('varchar(20)[]'),
  ],
  pairs: across(({ declared }) => declared.startsWith('set')),
  equal: [
    '{}',
    '{one}',
    '{"red tea"}',
    '{one,"red tea",zwölf}',
    '{中}',
    '{zwölf,中}',
    '{"5\\" disk","back\\\\slash"}',
    '{"NULL"}',
  ],
  near: [
    ['{one,"red tea"}', '{"red tea",one}'],
    ['{one}', '{one,one}'],
    ['{one}', '{one,NULL}'],
    ['{one}', '{One}'],
    ['{one}', '{"one "}'],
    ['{one}', '{}'],
    ['{one,zwölf}', '{"one,zwölf"}'],
    ['{one,zwölf}', '[2:3]={one,zwölf}'],
    ['{one,zwölf}', '{{one,zwölf}}'],
    ['{one,zwölf}', '{one}'],
    ['{}', '{""}'],
    ['{}', '{NULL}'],
    ['{"NULL"}', '{NULL}'],
    ['{}', null],
    [null, '{}'],
    ['{zwölf}', '{zwolf}'],
  ].flatMap(([one = null, other = null]) => [[one, other] as const, [other, one] as const]),
};
