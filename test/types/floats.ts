import { asIs, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

/** What a 32-bit column makes of numbers that it cannot hold. */
const AS_SINGLE: Readonly<Record<string, string>> = {
  '16777217': '16777216',
  '1.23456789': '1.2345679',
  '123456.456': '123456.45',
};
const SPECIAL = /^-?(NaN|Infinity)$/;

const writeFloat = (sample: string, special: boolean): string | null =>
  SPECIAL.test(sample) ? (special ? `'${sample}'` : null) : /e/.test(sample) ? sample : `${sample}e0`;

const single = (declared: string, engines: TypeForm['engines']): TypeForm => ({
  engines,
  declared,
  write: (sample) =>
    Math.abs(Number(sample)) > 3.5e38 && !SPECIAL.test(sample)
      ? null
      : Math.fround(Number(sample)) === 0 && Number(sample) !== 0
        ? null
        : writeFloat(sample, engines === POSTGRESQL),
  show: (sample) => AS_SINGLE[sample] ?? sample,
});

const double = (declared: string, engines: TypeForm['engines']): TypeForm => ({
  engines,
  declared,
  write: (sample) => writeFloat(sample, engines === POSTGRESQL),
  show: asIs,
});

const FLOATS = [
  '0',
  '-1',
  '0.5',
  '16777216',
  '1.5e+38',
  '1e-9',
  '4e-7',
  '123456.456',
  '1.23456789',
  '16777217',
];
const FLOAT_NEAR: TypeGroup['near'] = [
  ['0', null],
  [null, '0'],
  ['1e-9', '4e-7'],
  ['0', '1e-9'],
  ['16777216', '16777218'],
  ['NaN', '0'],
  ['Infinity', '-Infinity'],
];
const SINGLES = [single('float', MYSQL_FAMILY), single('real', POSTGRESQL)];
const DOUBLES = [double('double', MYSQL_FAMILY), double('double precision', POSTGRESQL)];

export const singles: TypeGroup = {
  name: '32-bit floats',
  forms: SINGLES,
  equal: [...FLOATS, ['0', '-0'], ['16777217', '16777216'], 'NaN', 'Infinity', '-Infinity'],
  near: [...FLOAT_NEAR, ['1.23456789', '1.2345681']],
};

export const doubles: TypeGroup = {
  name: '64-bit floats',
  forms: DOUBLES,
  equal: [
    ...FLOATS,
    ['0', '-0'],
    '1.7976931348623157e+308',
    '2.2250738585072014e-308',
    '0.30000000000000004',
    'NaN',
    '-Infinity',
  ],
  near: [
    ...FLOAT_NEAR,
    ['16777216', '16777217'],
    ['0.30000000000000004', '0.3'],
    ['1.7976931348623157e+308', '1.7976931348623155e+308'],
  ],
};

/** Beside a 64-bit partner, a 32-bit value is shown in the digits that tell the two apart. */
const WIDENED = SINGLES.map((form) => ({
  ...form,
  show: (sample: string) => String(Math.fround(Number(sample))),
}));

export const mixedFloats: TypeGroup = {
  name: '32-bit against 64-bit floats',
  forms: [...WIDENED, ...DOUBLES],
  pairs: (source, target) => DOUBLES.includes(source) !== DOUBLES.includes(target),
  equal: ['0', '-1', '0.5', '16777216', ['-0', '0'], 'NaN', 'Infinity'],
  near: [...FLOAT_NEAR, ['1.23456789', '1.23456789'], ['123456.456', '123456.456'], ['16777217', '16777217']],
};
