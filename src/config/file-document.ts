import { LineCounter, parseDocument } from 'yaml';
import type { RowproofError } from '../core/errors.js';
import { isNestedDeeperThan } from '../core/nesting.js';
import { faultAt, type KeyPath, MOST_DEPTH, type SettingsDocument } from './settings-document.js';

/** Reads YAML into values that still know their lines; what is no YAML is a `usage` error with its line and without the text of the line: that may be secret. */
export function readDocument(path: string, text: string): SettingsDocument {
  const lineCounter = new LineCounter();
  const document = parseNested(path, () =>
    parseDocument(text, { lineCounter, intAsBigInt: true, prettyErrors: false }),
  );
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    throw faultAt(
      `${path}:${line}`,
      [],
      `not valid YAML: ${YAML_FAULTS[error.code] ?? sentenceOf(error.code)}`,
    );
  }
  const lineAt = (at: KeyPath): string => {
    for (let length = at.length; length > 0; length -= 1) {
      const node: unknown = document.getIn(at.slice(0, length), true);
      const start = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
      if (Array.isArray(start) && typeof start[0] === 'number') {
        return `:${lineCounter.linePos(start[0]).line}`;
      }
    }
    return '';
  };
  return {
    value: toPlainValues(path, () => document.toJS() as unknown),
    fault: (at, message, hint) => faultAt(`${path}${lineAt(at)}`, at, message, hint),
  };
}

const YAML_FAULTS: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'a key stands there twice',
  MULTIPLE_DOCS: 'it holds more than one document',
  TAB_AS_INDENT: 'a tab is used for indentation',
};

/** `BAD_INDENT` becomes "bad indent": the library's own sentences quote the file. */
function sentenceOf(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}

function toPlainValues(path: string, read: () => unknown): unknown {
  const values = readAliases(path, read);
  if (isNestedDeeperThan(values, MOST_DEPTH)) throw tooDeep(path);
  return values;
}

function readAliases(path: string, read: () => unknown): unknown {
  try {
    return read() ?? {};
  } catch {
    throw faultAt(path, [], 'not valid YAML: an alias has no anchor, or there are too many of them');
  }
}

/** The library reads by recursion, and lets go of its stack where a file is made to break it. */
function parseNested<Parsed>(path: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(path);
    throw faultAt(path, [], 'not valid YAML');
  }
}

function tooDeep(path: string): RowproofError {
  return faultAt(path, [], 'values lie in each other too deeply, or an alias holds itself');
}
