import { type Document, isAlias, isCollection, LineCounter, type Pair, parseDocument, visit } from 'yaml';
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
  const lines: Lines = { path, document, lineCounter };
  refuseKeysWithoutName(lines);
  takeWholeNumbers(document);
  const placeOf = (at: KeyPath): string => `${path}${lineOf(lines, at)}`;
  return {
    value: toPlainValues(lines),
    placeOf,
    fault: (at, message, hint) => faultAt(placeOf(at), at, message, hint),
  };
}

/** A document that was read, and where its lines begin. */
interface Lines {
  readonly path: string;
  readonly document: Document;
  readonly lineCounter: LineCounter;
}

/** The line of the value at a path, or of what it is in; a key may be a number in YAML. */
function lineOf({ document, lineCounter }: Lines, at: KeyPath): string {
  for (let length = at.length; length > 0; length -= 1) {
    const path = at.slice(0, length);
    const asNumber = path.map((step) => (/^\d+$/.test(String(step)) ? BigInt(step) : step));
    const start = startOf(document.getIn(path, true)) ?? startOf(document.getIn(asNumber, true));
    if (start !== null) return `:${lineCounter.linePos(start).line}`;
  }
  return '';
}

function startOf(node: unknown): number | null {
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : null;
  return Array.isArray(range) && typeof range[0] === 'number' ? range[0] : null;
}

/** `4.0` and `1e3` are whole numbers to whoever writes them. */
function takeWholeNumbers(document: Document): void {
  visit(document, {
    Scalar: (_key, scalar) => {
      const { value } = scalar;
      if (typeof value === 'number' && Number.isSafeInteger(value)) scalar.value = BigInt(value);
    },
  });
}

/** A key that is a list or a mapping would become a text of which nobody wrote a letter. */
function refuseKeysWithoutName({ path, document, lineCounter }: Lines): void {
  visit(document, {
    Pair: (_key, { key }: Pair) => {
      if (!isCollection(key)) return;
      const start = startOf(key);
      const line = start === null ? '' : `:${lineCounter.linePos(start).line}`;
      throw faultAt(`${path}${line}`, [], 'expected a name before the colon, got a list or mapping');
    },
  });
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

function toPlainValues(lines: Lines): unknown {
  const values = readAliases(lines);
  if (isNestedDeeperThan(values, MOST_DEPTH)) throw tooDeep(placeOfAlias(lines));
  return values;
}

function readAliases(lines: Lines): unknown {
  try {
    return (lines.document.toJS() as unknown) ?? {};
  } catch {
    // The parser does not say where; we do.
    const message = 'not valid YAML: an alias has no anchor, or there are too many of them';
    throw faultAt(placeOfAlias(lines), [], message);
  }
}

/** Where the alias without an anchor stands, else the first one. */
function placeOfAlias({ path, document, lineCounter }: Lines): string {
  let found: number | null = null;
  visit(document, {
    Alias: (_key, alias) => {
      const start = startOf(alias);
      if (start === null) return undefined;
      found ??= start;
      if (isAlias(alias) && alias.resolve(document) !== undefined) return undefined;
      found = start;
      return visit.BREAK;
    },
  });
  return found === null ? path : `${path}:${lineCounter.linePos(found).line}`;
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

function tooDeep(place: string): RowproofError {
  return faultAt(place, [], 'values lie in each other too deeply, or an alias holds itself');
}
