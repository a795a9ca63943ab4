import { HIDDEN_CHARACTERS, hasHidden } from '../file-text.js';
import { quoteName } from './dialect.js';

/** A name whose hidden characters are spelled as escapes. */
export function quoteFileName(name: string): string {
  if (!hasHidden(name)) return quoteName(name);
  const escaped = name.replaceAll('\\', '\\\\').replace(HIDDEN_CHARACTERS, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\+${code.padStart(6, '0')}` : `\\${code.padStart(4, '0')}`;
  });
  return `U&${quoteName(escaped)}`;
}

/** A text whose hidden characters are spelled as escapes. */
export function fileLiteral(text: string): string {
  if (!text.includes('\\') && !hasHidden(text)) return `'${text.replaceAll("'", "''")}'`;
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replace(HIDDEN_CHARACTERS, (character) => {
      const code = (character.codePointAt(0) ?? 0).toString(16);
      return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
    });
  return `E'${escaped}'`;
}
