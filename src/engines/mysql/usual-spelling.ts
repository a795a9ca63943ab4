import { textTypeOf } from '../../core/canonical-type.js';
import type { Column } from '../../core/schema.js';
import { declaredNumbers } from '../repair-limits.js';
import type { ChooseSpelling, UsualSpelling } from '../usual-spelling.js';
import { chooseUsualReader } from '../usual-values.js';
import type { Charset } from './charset.js';
import { quoteName } from './dialect.js';
import { MOST_BYTES } from './repair-limits.js';

/** Chooses how usual values are written to a column, by its type. `asUtf8` is its text as bytes. */
export function chooseMysqlSpelling(
  charsets: ReadonlyMap<string, Charset>,
  asUtf8: (column: Column) => string,
): ChooseSpelling {
  return (from, to) => {
    if (!isPlain(to, charsets)) return null;
    const limits = { fractionDigits: 0, mostCharacters: mostCharacters(to) };
    const read = chooseUsualReader(from, to, limits);
    return read === null ? null : { read, ...writeColumn(to, asUtf8(to)) };
  };
}

/** Not a year, which has a range of its own, nor a character set that may lack a character of ASCII. */
function isPlain({ type, wire }: Column, charsets: ReadonlyMap<string, Charset>): boolean {
  const charset = textTypeOf(type)?.charset;
  return wire !== 'year' && wire !== 'json' && (charset === undefined || !charsets.has(charset));
}

function mostCharacters(to: Column): number {
  const isSized = to.wire === 'varchar' || to.wire === 'char';
  const declared = isSized ? declaredNumbers(to)[0] : undefined;
  return Math.min(declared ?? Number.POSITIVE_INFINITY, MOST_BYTES[to.wire] ?? Number.POSITIVE_INFINITY);
}

type Writers = Omit<UsualSpelling, 'read'>;

function writeColumn(to: Column, bytes: string): Writers {
  const name = quoteName(to.name);
  const write = (literal: (text: string) => string, type = ''): Writers => ({
    literal,
    guard: (text) => `${name} <=> ${type}${literal(text)}`,
    key: (text) => `${name} = ${literal(text)}`,
  });
  switch (to.type.kind) {
    case 'float':
      return write((text) => `${text}e0`);
    case 'date':
      return write(quoted, 'DATE');
    case 'datetime':
    case 'instant':
      return write(quoted, 'TIMESTAMP');
    case 'text':
      return {
        literal: (text) => `_utf8mb4 ${hexOf(text)}`,
        guard: (text) => `${bytes} <=> ${hexOf(text)}`,
        key: (text) => {
          const hex = hexOf(text);
          return `${name} = _utf8mb4 ${hex} AND ${bytes} = ${hex}`;
        },
      };
    default:
      return write((text) => text);
  }
}

const quoted = (text: string): string => `'${text}'`;

/** Two digits for each character of ASCII. */
const DIGITS = Array.from({ length: 128 }, (_, code) => code.toString(16).padStart(2, '0'));
/** Above this a native call beats a loop. */
const LOOP_CHARACTERS = 16;

function hexOf(text: string): string {
  if (text.length > LOOP_CHARACTERS) return `0x${Buffer.from(text, 'latin1').toString('hex')}`;
  let hex = '0x';
  for (let at = 0; at < text.length; at++) hex += DIGITS[text.charCodeAt(at)];
  return hex;
}
