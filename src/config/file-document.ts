import { LineCounter, parseDocument } from 'yaml';
import { RowproofError } from '../core/errors.js';
import { isNestedDeeperThan } from '../core/nesting.js';

/** Where in the file a value is: keys and list positions from the top. */
export type KeyPath = readonly (string | number)[];

/** A YAML file as plain values, which still knows the lines they came from. Whole numbers are bigints. */
export interface FileDocument {
  readonly path: string;
  readonly value: unknown;
  /** The error for a value of the file, which names its line as far as that is known. */
  readonly fault: (at: KeyPath, message: string, hint?: string) => RowproofError;
}

/** Reads YAML; what is no YAML is a `usage` error with its line and without the text of the line: that may be secret. */
export function readDocument(path: string, text: string): FileDocument {
  const lineCounter = new LineCounter();
  const document = parseNested(path, () =>
    parseDocument(text, { lineCounter, intAsBigInt: true, prettyErrors: false }),
  );
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    const { line } = lineCounter.linePos(error.pos[0]);
    throw fault(`${path}:${line}`, `not valid YAML: ${YAML_FAULTS[error.code] ?? sentenceOf(error.code)}`);
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
    path,
    value: toPlainValues(path, () => document.toJS() as unknown),
    fault: (at, message, hint) =>
      fault(`${path}${lineAt(at)}`, at.length === 0 ? message : `${formatPath(at)}: ${message}`, hint),
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
    throw fault(path, 'not valid YAML: an alias has no anchor, or there are too many of them');
  }
}

/** Deeper than any setting; the value of an alias that stands inside its own anchor has no end at all. */
const MOST_DEPTH = 32;

/** The library reads by recursion, and lets go of its stack where a file is made to break it. */
function parseNested<Parsed>(path: string, parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep(path);
    throw fault(path, 'not valid YAML');
  }
}

function tooDeep(path: string): RowproofError {
  return fault(path, 'values lie in each other too deeply, or an alias holds itself');
}

/** `tableSettings.orders.key`; what would be misread without them gets quotes. */
export function formatPath(path: KeyPath): string {
  return path
    .map((step) => (typeof step === 'number' || /^[\w-]+$/.test(step) ? String(step) : JSON.stringify(step)))
    .join('.');
}

function fault(place: string, message: string, hint = ''): RowproofError {
  const end = /[.?]$/.test(message) ? '' : '.';
  return new RowproofError({ code: 'usage', message: `${place}: ${message}${end}`, hint });
}
