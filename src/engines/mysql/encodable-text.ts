import { textTypeOf } from '../../core/canonical-type.js';
import type { Column } from '../../core/schema.js';
import { type Charset, characterTest } from './charset.js';

/** Which texts a character set can hold, by turning the server's own decoding table round. */
export function encodableTest(
  charsets: ReadonlyMap<string, Charset>,
): (text: string, column: Column) => boolean {
  const known = new Map([...charsets].map(([name, charset]) => [name, characterTest(charset)]));
  return (text, column) => {
    const holds = known.get(textTypeOf(column.type)?.charset ?? '');
    if (holds !== undefined) return [...text].every((character) => holds(character.codePointAt(0) ?? -1));
    if (/^ascii/.test(column.collation ?? '')) return [...text].every((character) => character <= '\x7f');
    const basicOnly = /^(utf8mb3|utf8)_/.test(column.collation ?? '');
    return !basicOnly || [...text].every((character) => character.length === 1);
  };
}
