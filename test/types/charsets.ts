import { asIs, MYSQL_FAMILY, POSTGRESQL, type TypeForm, type TypeGroup, textLiteral } from './type-form.js';

/** Samples `raw:` are bytes that have no character in the Japanese sets. */
const RAW = 'raw:';
const isRaw = (sample: string): boolean => sample.startsWith(RAW);
const isBasic = (text: string): boolean => [...text].every((character) => character.length === 1);
const isJapanese = (text: string): boolean => /^[\x20-\x7e漢字ｱ丂]*$/.test(text);
const isSwedish = (text: string): boolean => /^[A-Za-zÅÄÖåäöé ?]*$/.test(text);

function wideForm(charset: string, holds: (text: string) => boolean, engines = MYSQL_FAMILY): TypeForm {
  return {
    engines,
    declared: `varchar(40) CHARACTER SET ${charset}`,
    write: (sample, engine) => {
      if (isRaw(sample)) return holds === isJapanese ? `_${charset} 0x${sample.slice(RAW.length)}` : null;
      return holds(sample) ? textLiteral(sample, engine) : null;
    },
    show: (sample) => (isRaw(sample) ? { hex: sample.slice(RAW.length) } : sample),
  };
}

const everything = (): boolean => true;
const plain = (form: Pick<TypeForm, 'engines' | 'declared'>): TypeForm => ({
  ...form,
  write: (sample, engine) => (isRaw(sample) ? null : textLiteral(sample, engine)),
  show: asIs,
});
const UTF8 = [
  plain({ engines: MYSQL_FAMILY, declared: 'varchar(40) CHARACTER SET utf8mb4' }),
  plain({ engines: POSTGRESQL, declared: 'text' }),
];

export const wideTexts: TypeGroup = {
  name: 'text in wide character sets',
  forms: [
    wideForm('ucs2', isBasic),
    wideForm('utf16', everything),
    wideForm('utf16le', everything),
    wideForm('utf32', everything),
    wideForm('gb18030', everything, ['mysql']),
    wideForm('ujis', isJapanese),
    wideForm('eucjpms', isJapanese),
    wideForm('swe7', isSwedish),
    ...UTF8,
  ],
  pairs: (source, target) =>
    source.declared === target.declared || UTF8.includes(source) !== UTF8.includes(target),
  equal: [
    '',
    'plain ~ text',
    'Åäö é?',
    '漢字',
    'ｱ',
    '丂',
    '€ÿ㐀',
    '\u0080\uffff',
    '😀',
    '\u{10ffff}\u{10000}',
    'raw:a9fe',
  ],
  near: [
    ['a', 'A'],
    ['', null],
    ['a', 'a '],
    ['漢', '字'],
    ['ｱ', '?'],
    ['ä', 'a'],
    ['ÿ', 'Ÿ'],
    ['😀', '😁'],
    ['😀', '?'],
    ['raw:a9fe', 'raw:a9fd'],
  ],
};
