/** Elements in quotes or not, up to the next comma. */
const ELEMENT = /(?:"((?:[^"\\]|\\.)*)"|([^",{}\\]+))(?:,|$)/gsy;

/** The array of texts that PostgreSQL reads from text: `{"a","b"}`. */
export function writeTextArray(texts: readonly string[]): string {
  return `{${texts.map((text) => `"${text.replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}

/** Reads `{a,"b c",NULL}`; null where it is no array of one dimension that begins at 1. */
export function readTextArray(array: string): (string | null)[] | null {
  const [, list] = /^\{(.*)\}$/s.exec(array) ?? [];
  if (list === undefined) return null;
  const elements = [...list.matchAll(ELEMENT)];
  if (elements.reduce((length, [text]) => length + text.length, 0) !== list.length || list.endsWith(','))
    return null;
  return elements.map(([, quoted, plain]) => {
    if (quoted !== undefined) return quoted.replace(/\\(.)/gs, '$1');
    return plain === 'NULL' ? null : (plain ?? null);
  });
}
