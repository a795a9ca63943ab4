import { ALL_ENGINES, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

const isWhole = (sample: string): boolean => /^-?\d+$/.test(sample);
const isSpecial = (sample: string): boolean => /NaN|Infinity/.test(sample);
const FRACTION_DIGITS = 30;

/** Numbers that no float column keeps: they are near misses only where the other side has them. */
const NOT_SINGLE = new Set(['16777217', '123456.456', '0.1', '100000000000000000000', '1.10000002']);
const NOT_DOUBLE = new Set(['9007199254740993', '1.10000000000000009', '1152921504606847000']);

function floatForm(declared: string, engines: TypeForm['engines'], without: ReadonlySet<string>): TypeForm {
  return {
    engines,
    declared,
    write: (sample) => {
      if (without.has(sample)) return null;
      if (isSpecial(sample)) return engines === POSTGRESQL ? `'${sample}'` : null;
      return `${sample}e0`;
    },
    show: (sample) => (sample === '0.000000001' ? '1e-9' : sample),
  };
}

const decimal: TypeForm = {
  engines: MYSQL_FAMILY,
  declared: `decimal(65,${FRACTION_DIGITS})`,
  write: (sample) => (isSpecial(sample) ? null : sample),
  show: (sample) => {
    const [whole, fraction = ''] = sample.split('.');
    return `${whole}.${fraction.padEnd(FRACTION_DIGITS, '0')}`;
  },
};

const NUMBERS: readonly TypeForm[] = [
  decimal,
  {
    engines: POSTGRESQL,
    declared: 'numeric',
    write: (sample) => (isSpecial(sample) ? `'${sample}'` : sample),
    show: (sample) => sample,
  },
  {
    engines: ALL_ENGINES,
    declared: 'bigint',
    write: (sample) => (isWhole(sample) && sample.length < 20 ? sample : null),
    show: (sample) => sample,
  },
];

const SINGLES = [floatForm('float', MYSQL_FAMILY, NOT_SINGLE), floatForm('real', POSTGRESQL, NOT_SINGLE)];
const DOUBLES = [
  floatForm('double', MYSQL_FAMILY, NOT_DOUBLE),
  floatForm('double precision', POSTGRESQL, NOT_DOUBLE),
];

const SHARED_EQUAL = ['0', '-1', '0.5', '1.1', '-0.000001', '16777216', 'NaN', 'Infinity'];
const SHARED_NEAR: TypeGroup['near'] = [
  ['1', '2'],
  ['1.1', '1.2'],
  ['1.1', null],
  [null, '0'],
  ['0', '0.000000001'],
  ['0.000000001', '0'],
];

const apart =
  (floats: readonly TypeForm[]) =>
  (source: TypeForm, target: TypeForm): boolean =>
    floats.includes(source) !== floats.includes(target);

/** A float equals the number that it is written as, and no other that merely rounds to it. */
export const singlesAgainstNumbers: TypeGroup = {
  name: '32-bit floats against numbers',
  forms: [...SINGLES, ...NUMBERS],
  pairs: apart(SINGLES),
  equal: [...SHARED_EQUAL, '123456.45', '33554436', '18014398509481984'],
  near: [
    ...SHARED_NEAR,
    ['16777216', '16777217'],
    ['16777217', '16777216'],
    ['123456.45', '123456.456'],
    ['123456.456', '123456.45'],
    ['1.1', '1.10000002'],
    ['1.10000002', '1.1'],
  ],
};

export const doublesAgainstNumbers: TypeGroup = {
  name: '64-bit floats against numbers',
  forms: [...DOUBLES, ...NUMBERS],
  pairs: apart(DOUBLES),
  equal: [
    ...SHARED_EQUAL,
    '0.1',
    '123456.456',
    '0.30000000000000004',
    '9007199254740992',
    '1152921504606846976',
    '100000000000000000000',
  ],
  near: [
    ...SHARED_NEAR,
    ['9007199254740992', '9007199254740993'],
    ['9007199254740993', '9007199254740992'],
    ['0.30000000000000004', '0.3'],
    ['0.3', '0.30000000000000004'],
    ['1.1', '1.10000000000000009'],
    ['1.10000000000000009', '1.1'],
  ],
};
