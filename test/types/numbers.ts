import { ALL_ENGINES, asIs, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup } from './type-form.js';

function wholeForm(
  form: Pick<TypeForm, 'engines' | 'declared'>,
  holds: (value: bigint) => boolean,
  write: (value: string) => string = asIs,
): TypeForm {
  return { ...form, write: (sample) => (holds(BigInt(sample)) ? write(sample) : null), show: asIs };
}

const within =
  (least: bigint, most: bigint) =>
  (value: bigint): boolean =>
    value >= least && value <= most;

function signedForms(declared: string, bits: bigint): TypeForm[] {
  const half = 2n ** (bits - 1n);
  const engines = declared === 'tinyint' || declared === 'mediumint' ? MYSQL_FAMILY : ALL_ENGINES;
  return [
    wholeForm({ engines, declared }, within(-half, half - 1n)),
    wholeForm({ engines: MYSQL_FAMILY, declared: `${declared} unsigned` }, within(0n, 2n * half - 1n)),
  ];
}

const boolean: TypeForm = {
  engines: POSTGRESQL,
  declared: 'boolean',
  write: (sample) => (sample === '1' ? 'true' : sample === '0' ? 'false' : null),
  show: (sample) => (sample === '1' ? 'true' : 'false'),
};

const bit = (length: number): TypeForm =>
  wholeForm({ engines: MYSQL_FAMILY, declared: `bit(${length})` }, within(0n, 2n ** BigInt(length) - 1n));

const EXTREMES = [8n, 16n, 24n, 32n, 64n].flatMap((bits) => [
  -(2n ** (bits - 1n)),
  2n ** (bits - 1n) - 1n,
  2n ** bits - 1n,
]);

export const integers: TypeGroup = {
  name: 'whole numbers',
  forms: [
    ...signedForms('tinyint', 8n),
    ...signedForms('smallint', 16n),
    ...signedForms('mediumint', 24n),
    ...signedForms('int', 32n),
    ...signedForms('bigint', 64n),
    wholeForm({ engines: MYSQL_FAMILY, declared: 'tinyint(1)' }, within(-128n, 127n)),
    wholeForm(
      { engines: MYSQL_FAMILY, declared: 'year' },
      (value) => value === 0n || within(1901n, 2155n)(value),
      (value) => (value === '0' ? "'0000'" : value),
    ),
    bit(1),
    bit(64),
    boolean,
    wholeForm({ engines: POSTGRESQL, declared: 'oid' }, within(0n, 2n ** 32n - 1n)),
    wholeForm({ engines: POSTGRESQL, declared: 'numeric(20,0)' }, () => true),
  ],
  equal: ['0', '1', '-1', '1901', '2155', '9007199254740993', ...EXTREMES.map(String)],
  near: [
    ['0', null],
    [null, '0'],
    ['0', '1'],
    ['1', '-1'],
    ['2154', '2155'],
    ['127', '-128'],
    ['9007199254740993', '9007199254740992'],
    ['-9007199254740993', '-9007199254740992'],
    ['9223372036854775807', '-9223372036854775808'],
    ['-1', '18446744073709551615'],
    ['18446744073709551615', '18446744073709551614'],
  ],
};

/** Each width against itself in the MySQL family, and against a number that holds them all elsewhere. */
export const bitWidths: TypeGroup = {
  name: 'bit fields',
  forms: [
    ...Array.from({ length: 64 }, (_, i) => bit(i + 1)),
    wholeForm({ engines: POSTGRESQL, declared: 'numeric(20,0)' }, () => true),
  ],
  pairs: (source, target) =>
    source.declared === target.declared || /bit/.test(source.declared) !== /bit/.test(target.declared),
  equal: ['0', ...Array.from({ length: 64 }, (_, i) => String(2n ** BigInt(i + 1) - 1n))],
  near: [
    ['0', '1'],
    ['1', null],
    ['255', '254'],
    ['18446744073709551615', '18446744073709551614'],
  ],
};

function decimalForm(form: Pick<TypeForm, 'engines' | 'declared'>, digits: number, scale: number): TypeForm {
  return {
    ...form,
    write: (sample) => {
      const [whole = '', fraction = ''] = plainDecimal(sample).replace('-', '').split('.');
      const fits = whole.length <= digits - scale && fraction.replace(/0+$/, '').length <= scale;
      return /^[-\dE+.]+$/.test(sample) && fits ? sample : null;
    },
    show: (sample) => {
      const [whole = '', fraction = ''] = plainDecimal(sample).split('.');
      return scale === 0 ? whole : `${whole}.${fraction.padEnd(scale, '0').slice(0, scale)}`;
    },
  };
}

function plainDecimal(sample: string): string {
  return sample === '1E+2' ? '100' : sample;
}

const WIDEST = `${'9'.repeat(34)}8.${'9'.repeat(30)}`;

export const decimals: TypeGroup = {
  name: 'decimals',
  forms: [
    decimalForm({ engines: ALL_ENGINES, declared: 'decimal(65,30)' }, 65, 30),
    decimalForm({ engines: ALL_ENGINES, declared: 'numeric(20,4)' }, 20, 4),
    decimalForm({ engines: ALL_ENGINES, declared: 'decimal(65,0)' }, 65, 0),
    { engines: ALL_ENGINES, declared: 'bigint', write: writeWhole, show: plainDecimal },
    {
      engines: POSTGRESQL,
      declared: 'numeric',
      write: (sample: string) => `'${sample}'`,
      show: plainDecimal,
    },
  ],
  equal: [
    ['1.10', '1.1000'],
    ['0', '-0'],
    ['100', '1E+2'],
    ['1E+2', '100.00'],
    '-0.0001',
    '-123.4567',
    '9007199254740993',
    '-9223372036854775808',
    '12345678901234567890123456789012345',
    '0.000000000000000000000000000001',
    WIDEST,
    `-${WIDEST}`,
    '9'.repeat(65),
    'NaN',
    'Infinity',
    '-Infinity',
  ],
  near: [
    ['0', null],
    ['1.10', '1.11'],
    ['1', '-1'],
    ['1', '10'],
    ['9007199254740993', '9007199254740992'],
    ['0.0001', '0.0002'],
    [WIDEST, `${WIDEST.slice(0, -1)}8`],
    ['9'.repeat(65), `${'9'.repeat(64)}8`],
    ['NaN', null],
    ['NaN', '0'],
    ['Infinity', 'NaN'],
    ['Infinity', '-Infinity'],
  ],
};

function writeWhole(sample: string): string | null {
  return /^-?\d{1,18}$/.test(sample) || sample === '-9223372036854775808' ? sample : null;
}
