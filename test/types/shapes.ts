import { MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

const SYSTEM_0 = '00000000';
const SYSTEM_4326 = 'e6100000';

const double = (value: number): string => {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('hex');
};
const count = (value: number): string => `0${value}000000`;
const points = (...values: readonly number[]): string => values.map(double).join('');
const wkb = (type: number, body: string): string => `01${count(type)}${body}`;

const POINT = wkb(1, points(1.5, -2));
const LINE = wkb(2, count(2) + points(0, 0, 1, 1));
const RING = count(4) + points(0, 0, 1, 0, 1, 1, 0, 0);

/** Samples are what the server stores: the reference system and the shape, in hexadecimal digits. */
const form = (declared: string, type: number | null): TypeForm => ({
  engines: MYSQL_FAMILY,
  declared,
  write: (sample) => (type === null || sample.slice(10, 12) === `0${type}` ? `x'${sample}'` : null),
  show: (hex) => ({ hex }),
});

export const shapes: TypeGroup = {
  name: 'spatial values',
  forms: [
    form('geometry', null),
    form('point', 1),
    form('linestring', 2),
    form('polygon', 3),
    form('multipoint', 4),
    form('geometrycollection', 7),
  ],
  pairs: (source, target) => source.declared === target.declared || target.declared === 'geometry',
  equal: [
    SYSTEM_0 + POINT,
    SYSTEM_4326 + POINT,
    SYSTEM_0 + LINE,
    SYSTEM_0 + wkb(3, count(1) + RING),
    SYSTEM_0 + wkb(4, count(1) + POINT),
    SYSTEM_0 + wkb(7, count(2) + POINT + LINE),
    SYSTEM_0 + wkb(7, count(0)),
  ],
  near: [
    [SYSTEM_0 + POINT, SYSTEM_4326 + POINT],
    [SYSTEM_0 + POINT, SYSTEM_0 + wkb(1, points(-2, 1.5))],
    [SYSTEM_0 + POINT, null],
    [null, SYSTEM_0 + LINE],
    [SYSTEM_0 + LINE, SYSTEM_0 + wkb(2, count(2) + points(1, 1, 0, 0))],
    [
      SYSTEM_0 + wkb(3, count(1) + RING),
      SYSTEM_0 + wkb(3, count(1) + count(4) + points(0, 0, 1, 0, 2, 1, 0, 0)),
    ],
  ],
};

const MYSQL_POINT: TypeForm = {
  engines: MYSQL_FAMILY,
  declared: 'point',
  write: (sample) => `x'${SYSTEM_0}${wkb(1, points(...sample.split(',').map(Number)))}'`,
  show: (sample) => ({ hex: SYSTEM_0 + wkb(1, points(...sample.split(',').map(Number))) }),
};
const PG_POINT: TypeForm = {
  engines: POSTGRESQL,
  declared: 'point',
  write: (sample) => `'(${sample})'`,
  show: (sample) => `(${sample})`,
};

export const pointsAcross: TypeGroup = {
  name: 'points of two engines',
  forms: [MYSQL_POINT, PG_POINT],
  pairs: (source, target) => source !== target,
  equal: ['0,0', '1.5,-2', '0.1,1e+300'],
  near: [
    ['1,2', '2,1'],
    ['1,2', null],
    ['0.1,0.30000000000000004', '0.1,0.3'],
  ],
};
