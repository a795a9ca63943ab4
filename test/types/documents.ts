import type { TestEngine } from '../support/database.js';
import {
  ALL_ENGINES,
  asIs,
  bytesLiteral,
  MYSQL_FAMILY,
  POSTGRESQL,
  type TypeForm,
  type TypeGroup,
  textLiteral,
} from './type-form.js';

const bytesForm = (declared: string, engines: TypeForm['engines'], bytes: number | null): TypeForm => ({
  engines,
  declared,
  write: (sample, engine) =>
    bytes === null || sample.length === bytes * 2 ? bytesLiteral(sample, engine) : null,
  show: (hex) => ({ hex }),
});

export const bytes: TypeGroup = {
  name: 'bytes',
  forms: [
    bytesForm('varbinary(300)', MYSQL_FAMILY, null),
    bytesForm('tinyblob', MYSQL_FAMILY, null),
    bytesForm('blob', MYSQL_FAMILY, null),
    bytesForm('longblob', MYSQL_FAMILY, null),
    bytesForm('binary(4)', MYSQL_FAMILY, 4),
    bytesForm('vector(3)', ['mysql'], 12),
    bytesForm('bytea', POSTGRESQL, null),
  ],
  equal: [
    '',
    '00',
    '01',
    'ff00fe',
    '01000000',
    '00000000',
    '20202020',
    '5c275c22',
    '0000803f'.repeat(3),
    'ab'.repeat(251),
  ],
  near: [
    ['ff00fe', 'ff00fd'],
    ['01', '01000000'],
    ['01000000', '01'],
    ['01000000', '01000001'],
    ['', '00'],
    ['', null],
    ['3f3f3f3f', 'ffffffff'],
    ['61', '6120'],
    ['0000803f0000004000000000', '0000803f0000004000000080'],
  ],
};

const bitString = (declared: string, length: number | null): TypeForm => ({
  engines: POSTGRESQL,
  declared,
  write: (sample) => (length === null || sample.length === length ? `B'${sample}'` : null),
  show: asIs,
});

export const bitStrings: TypeGroup = {
  name: 'bit strings',
  forms: [bitString('bit(1)', 1), bitString('bit(9)', 9), bitString('bit varying(80)', null)],
  equal: ['', '0', '1', '000000001', '101010101', '1'.repeat(64), `${'0'.repeat(79)}1`],
  near: [
    ['0', '1'],
    ['0', '00'],
    ['000000001', '000000010'],
    ['000000001', '1'],
    ['', null],
  ],
};

const bitField = (length: number): TypeForm => ({
  engines: MYSQL_FAMILY,
  declared: `bit(${length})`,
  write: (sample) => (sample.length === length ? `b'${sample}'` : null),
  show: (sample) => BigInt(`0b${sample}`).toString(),
});

const BIT_FIELDS = [bitField(1), bitField(9), bitField(64)];

export const bitFieldsAgainstStrings: TypeGroup = {
  name: 'bit fields against bit strings',
  forms: [...BIT_FIELDS, bitString('bit(1)', 1), bitString('bit(9)', 9), bitString('bit varying(80)', null)],
  pairs: (source, target) => BIT_FIELDS.includes(source) !== BIT_FIELDS.includes(target),
  equal: ['0', '1', '000000001', '100000000', '111111111', '1'.repeat(64), `${'0'.repeat(63)}1`],
  near: [
    ['0', '1'],
    ['000000001', '000000010'],
    ['000000001', null],
    [null, '0'],
    ['1'.repeat(64), `${'1'.repeat(63)}0`],
  ],
};

const LOWER = '6ccd780c-baba-1026-9564-5b8c656024db';
const NEXT = '6ccd780c-baba-1026-9564-5b8c656024dc';
const isUuid = (sample: string): boolean => sample.length === 36;

const uuidText = (declared: string, engines = ALL_ENGINES): TypeForm => ({
  engines,
  declared,
  write: textLiteral,
  show: asIs,
});

const trueUuid: TypeForm = {
  engines: ['mariadb', 'postgresql'],
  declared: 'uuid',
  write: (sample) => (isUuid(sample) ? `'${sample}'` : null),
  show: (sample) => sample.toLowerCase(),
};

export const uuids: TypeGroup = {
  name: 'UUIDs',
  forms: [
    trueUuid,
    uuidText('char(36)'),
    uuidText('varchar(36)'),
    uuidText('varchar(36) CHARACTER SET utf16', MYSQL_FAMILY),
    {
      engines: MYSQL_FAMILY,
      declared: 'binary(16)',
      write: (sample) => (isUuid(sample) ? `x'${sample.replaceAll('-', '')}'` : null),
      show: (sample) => ({ hex: sample.replaceAll('-', '').toLowerCase() }),
    },
  ],
  pairs: (source, target) =>
    source === trueUuid ||
    target === trueUuid ||
    (source.declared === 'binary(16)') !== (target.declared === 'binary(16)'),
  equal: [
    LOWER,
    [LOWER.toUpperCase(), LOWER],
    [LOWER, LOWER.toUpperCase()],
    '00000000-0000-0000-0000-000000000000',
    'ffffffff-ffff-ffff-ffff-ffffffffffff',
  ],
  near: [
    [LOWER, NEXT],
    [LOWER.toUpperCase(), NEXT],
    [LOWER, null],
    ['none', LOWER],
    [LOWER, ''],
    ['00000000-0000-0000-0000-000000000000', null],
  ],
};

const jsonForm = (declared: string, engines: TypeForm['engines'], cast: string): TypeForm => ({
  engines,
  declared,
  write: (sample, engine) => `${textLiteral(sample, engine)}${cast}`,
  show: asIs,
});

const latin1Json = jsonForm('longtext CHARACTER SET latin1', MYSQL_FAMILY, '');
const JSON_TEXT = [
  jsonForm('text', POSTGRESQL, ''),
  jsonForm('longtext', MYSQL_FAMILY, ''),
  {
    ...latin1Json,
    write: (sample: string, engine: TestEngine) =>
      [...sample].some((character) => character > 'ÿ') ? null : latin1Json.write(sample, engine),
  },
];

/** Near misses are spelled as MySQL and `jsonb` would spell them, because that is how they are shown. */
export const documents: TypeGroup = {
  name: 'JSON',
  forms: [
    jsonForm('json', MYSQL_FAMILY, ''),
    jsonForm('json', POSTGRESQL, '::json'),
    jsonForm('jsonb', POSTGRESQL, '::jsonb'),
    ...JSON_TEXT,
  ],
  pairs: (source, target) => !(JSON_TEXT.includes(source) && JSON_TEXT.includes(target)),
  equal: [
    'null',
    '""',
    ['{"b":1, "a":2}', '{"a": 2, "b": 1}'],
    ['[ 1.0, 1e2, -0.0 ]', '[1,100,0]'],
    ['"\\u00e9\\/\\ud83d\\ude00"', '"é/😀"'],
    ['{"\\u00e9":1}', '{"é":1}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['0.30000000000000004', '3.0000000000000004e-1'],
    '9007199254740993',
    '18446744073709551615',
    '1.7976931348623157e308',
    '[[], {}, [{}], {"a": []}, true, false]',
  ],
  near: [
    ['null', null],
    ['null', '"null"'],
    ['""', 'null'],
    ['1', '2'],
    ['1', '"1"'],
    ['0', 'false'],
    ['9007199254740993', '9007199254740992'],
    ['18446744073709551615', '18446744073709551614'],
    ['0.30000000000000004', '0.3'],
    ['"é"', '"e"'],
    ['"😀"', '"😁"'],
    ['"a"', '"A"'],
    ['[1, 2]', '[2, 1]'],
    ['{"a": 1}', '{"a": 2}'],
    ['{"a": 1}', '{"A": 1}'],
    ['{"a": null}', '{}'],
    ['[]', '{}'],
  ],
};
