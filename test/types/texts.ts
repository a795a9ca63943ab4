import type { TestEngine } from '../support/database.js';
import {
  ALL_ENGINES,
  asIs,
  MYSQL_FAMILY,
  POSTGRESQL,
  type TypeForm,
  type TypeGroup,
  textLiteral,
} from './type-form.js';

/** MySQL's latin1: cp1252 with its five holes filled. */
const LATIN1_80_TO_9F = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
const LATIN1_HIGH =
  LATIN1_80_TO_9F + Array.from({ length: 96 }, (_, i) => String.fromCharCode(0xa0 + i)).join('');

/** Samples `raw:` are bytes that have no character in gbk. */
const RAW = 'raw:';
const isAscii = (text: string): boolean => [...text].every((character) => character < '\x80');

const HOLDS: Readonly<Record<string, (text: string) => boolean>> = {
  utf8mb4: () => true,
  utf8mb3: (text) => !/[\u{10000}-\u{10ffff}]/u.test(text),
  latin1: (text) => [...text].every((character) => isAscii(character) || LATIN1_HIGH.includes(character)),
  ascii: isAscii,
  gbk: (text) => [...text].every((character) => isAscii(character) || '中文'.includes(character)),
};

function textForm(form: Pick<TypeForm, 'engines' | 'declared'>, charset: string): TypeForm {
  const padded = /^char/.test(form.declared);
  const suffix = form.engines === POSTGRESQL ? '' : ` CHARACTER SET ${charset}`;
  return {
    engines: form.engines,
    declared: `${form.declared}${suffix}`,
    write: (sample, engine) => {
      if (sample.startsWith(RAW)) return charset === 'gbk' ? `_gbk 0x${sample.slice(RAW.length)}` : null;
      if (padded && sample.endsWith(' ')) return null;
      return HOLDS[charset]?.(sample) ? writeText(sample, charset, engine) : null;
    },
    show: (sample) => (sample.startsWith(RAW) ? { hex: sample.slice(RAW.length) } : sample),
  };
}

/** Latin1 by its bytes, so that the server's own conversion takes no part. */
function writeText(text: string, charset: string, engine: TestEngine): string {
  if (charset !== 'latin1' || text === '') return textLiteral(text, engine);
  const bytes = [...text].map((character) => {
    const high = LATIN1_HIGH.indexOf(character);
    return high < 0 ? character.charCodeAt(0) : 0x80 + high;
  });
  return `_latin1 0x${Buffer.from(bytes).toString('hex')}`;
}

export const texts: TypeGroup = {
  name: 'text',
  forms: [
    textForm({ engines: MYSQL_FAMILY, declared: 'varchar(150)' }, 'utf8mb4'),
    textForm({ engines: MYSQL_FAMILY, declared: 'varchar(150)' }, 'utf8mb3'),
    textForm({ engines: MYSQL_FAMILY, declared: 'text' }, 'latin1'),
    textForm({ engines: MYSQL_FAMILY, declared: 'varchar(150)' }, 'ascii'),
    textForm({ engines: MYSQL_FAMILY, declared: 'mediumtext' }, 'gbk'),
    textForm({ engines: MYSQL_FAMILY, declared: 'char(150)' }, 'utf8mb4'),
    textForm({ engines: MYSQL_FAMILY, declared: 'tinytext' }, 'utf8mb4'),
    textForm({ engines: MYSQL_FAMILY, declared: 'longtext' }, 'utf8mb4'),
    textForm({ engines: POSTGRESQL, declared: 'text' }, 'utf8mb4'),
    textForm({ engines: POSTGRESQL, declared: 'varchar(150)' }, 'utf8mb4'),
    textForm({ engines: POSTGRESQL, declared: 'char(150)' }, 'utf8mb4'),
  ],
  equal: [
    '',
    'ab',
    'ab ',
    ' ab',
    '\\',
    "it's",
    'tab\tand\nline',
    '<null>',
    'NULL',
    '\\N',
    '€',
    'ÿþ',
    '中文',
    '😀',
    'e\u0301',
    LATIN1_HIGH.slice(0, 60),
    LATIN1_HIGH.slice(60),
    'raw:aaa1',
  ],
  near: [
    ['', null],
    [null, ''],
    ['NULL', null],
    ['<null>', null],
    ['\\N', null],
    ['a', 'A'],
    ['a', 'a '],
    ['a', 'a\t'],
    ['ab', 'abc'],
    ['é', 'e\u0301'],
    ['é', 'e'],
    ['€', '?'],
    ['€', 'ÿ'],
    ['中', '文'],
    ['😀', '😁'],
    ['😀', '?'],
    ['raw:aaa1', 'raw:aaa2'],
    ['raw:aaa1', '?'],
    ['?', 'raw:aaa2'],
  ],
};

const labelForm = (form: Pick<TypeForm, 'engines' | 'declared'>): TypeForm => ({
  ...form,
  write: (sample, engine) =>
    engine === 'postgresql' && form.declared === 'shade' ? `'${sample}'` : textLiteral(sample, engine),
  show: asIs,
});

export const enums: TypeGroup = {
  name: 'enums',
  prepare: { postgresql: "CREATE TYPE shade AS ENUM ('red', 'Red', '€', 'ÿ', '1', '')" },
  forms: [
    labelForm({ engines: MYSQL_FAMILY, declared: "enum('red', '€', 'ÿ', '1', '') COLLATE utf8mb4_bin" }),
    labelForm({ engines: MYSQL_FAMILY, declared: "enum('', '1', 'ÿ', '€', 'red') CHARACTER SET latin1" }),
    labelForm({ engines: MYSQL_FAMILY, declared: 'varchar(20) COLLATE utf8mb4_bin' }),
    labelForm({ engines: POSTGRESQL, declared: 'shade' }),
    labelForm({ engines: POSTGRESQL, declared: 'text' }),
  ],
  equal: ['red', '€', 'ÿ', '1', ''],
  near: [
    ['red', '€'],
    ['€', 'ÿ'],
    ['1', 'red'],
    ['', null],
    [null, '1'],
  ],
};

/** A set is shown with its labels in the order of the declaration. */
const setForm = (labels: readonly string[]): TypeForm => ({
  engines: MYSQL_FAMILY,
  declared: `set(${labels.map((label) => `'${label}'`).join(', ')}) CHARACTER SET ${labels[0] === '€' ? 'latin1' : 'utf8mb4'}`,
  write: textLiteral,
  show: (sample) => labels.filter((label) => sample.split(',').includes(label)).join(','),
});

export const sets: TypeGroup = {
  name: 'sets',
  forms: [setForm(['one', 'two', '€']), setForm(['€', 'two', 'one'])],
  equal: ['', 'one', '€', ['one,two', 'two,one'], 'one,two,€'],
  near: [
    ['one', 'two'],
    ['one', 'one,two'],
    ['', null],
    ['€', ''],
  ],
};

export const setsAgainstText: TypeGroup = {
  name: 'sets against text',
  forms: [setForm(['one', 'two', '€']), labelForm({ engines: ALL_ENGINES, declared: 'text' })],
  pairs: (source, target) => source.declared !== target.declared,
  equal: ['', 'one', '€', 'one,two', 'one,two,€'],
  near: [
    ['one', 'two'],
    ['one,two', 'one'],
    ['', null],
  ],
};
