import { RowproofError } from '../../core/errors.js';
import { type LeftoverPattern, THING_KINDS, type ThingKind } from '../../core/gate/leftover-facts.js';

/**
 * Reads patterns, one a line: a kind, a name in which `*` stands for anything and `{table}` for the name of a table beside it,
 * and the tool. Empty lines, and those that begin with `#`, are passed over. Throws a `usage` error with the number of a line.
 */
export function parseLeftoverPatterns(text: string): readonly LeftoverPattern[] {
  return text.split(/\r?\n/).flatMap((line, index): LeftoverPattern[] => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return [];
    const [kind = '', pattern, ...tool] = trimmed.split(/\s+/);
    if (!isKind(kind) || pattern === undefined || tool.length === 0 || /^\**$/.test(pattern))
      throw new RowproofError({
        code: 'usage',
        message: `Line ${index + 1} of the patterns of leftovers is not "KIND NAME TOOL".`,
        hint: `A kind is one of ${THING_KINDS.join(', ')}; a name is more than a *. For example: table _{table}_copy our copier`,
      });
    return [{ kind, pattern, tool: tool.join(' ') }];
  });
}

function isKind(word: string): word is ThingKind {
  return (THING_KINDS as readonly string[]).includes(word);
}

/** Whether a name fits a pattern. The part in the place of `{table}` must be the name of a table. */
export function fitsPattern(name: string, pattern: string, tables: ReadonlySet<string>): boolean {
  const [head = '', tail] = pattern.split('{table}');
  if (tail === undefined) return fitsGlob(name, pattern);
  if (!name.startsWith(head) || !name.endsWith(tail) || name.length <= head.length + tail.length)
    return false;
  return tables.has(name.slice(head.length, name.length - tail.length));
}

/** Part after part from the left, each as early as it comes: what is between them may be anything. */
function fitsGlob(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  const last = rest.pop();
  if (last === undefined) return name === pattern;
  if (!name.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - last.length >= at && name.endsWith(last);
}
