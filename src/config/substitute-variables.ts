import type { KeyPath, SettingsDocument } from './settings-document.js';

export type Variables = Readonly<Record<string, string | undefined>>;

const URL_KEYS = ['source', 'target'];
const PLACEHOLDER = /\$\$\{|\$\{([^}]*)(\}?)/g;
const NAME_AND_DEFAULT = /^([A-Za-z_]\w*)(?::-(.*))?$/s;

/**
 * Replaces `${NAME}` and `${NAME:-default}` in every text of a file; `$${` stands for `${`.
 *
 * In a URL, what stands for account, password or the value of a parameter is escaped, so that a variable holds the
 * password as it is. A variable that is the whole URL is taken as a URL. Keys that a flag replaces stay as they are: nobody
 * needs their variables.
 */
export function substituteVariables(
  document: SettingsDocument,
  variables: Variables,
  replaced: readonly string[] = [],
): unknown {
  return substitute(document.value, []);

  function substitute(value: unknown, path: KeyPath): unknown {
    if (path.length === 1 && replaced.includes(String(path[0]))) return value;
    if (typeof value === 'string') return substituteText({ document, variables, path }, value);
    if (Array.isArray(value)) return value.map((each, index) => substitute(each, [...path, index]));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, each]) => [key, substitute(each, keyPath(path, key))]),
    );
  }

  /** What checks the values passes over this one key, so that a setting would have no effect. */
  function keyPath(path: KeyPath, key: string): KeyPath {
    if (key === '__proto__') throw document.fault([...path, key], 'this name cannot be used as a key');
    return [...path, key];
  }
}

interface Place {
  readonly document: SettingsDocument;
  readonly variables: Variables;
  readonly path: KeyPath;
}

function substituteText(place: Place, text: string): string {
  const isUrl = URL_KEYS.includes(String(place.path[0])) && !/^\$\{[^}]*\}$/.test(text);
  return text.replace(PLACEHOLDER, (match: string, inside = '', closing = '', offset: number) => {
    if (match === '$${') return '${';
    const value = readVariable(place, closing === '' ? '' : inside);
    return isUrl && isEscapedPart(text, offset) ? encodeURIComponent(value) : value;
  });
}

/** Whether a place in a URL belongs to the account or to the value of a parameter. */
function isEscapedPart(text: string, offset: number): boolean {
  const mask = (part: string) => part.replace(PLACEHOLDER, '');
  const before = mask(text.slice(0, offset));
  if (/[?&][^=&]*=[^&]*$/.test(before)) return true;
  return /^[^/]*:\/\/[^/?#]*$/.test(before) && /^[^/?#]*@/.test(mask(text.slice(offset)));
}

function readVariable({ document, variables, path }: Place, inside: string): string {
  const [, name, fallback] = NAME_AND_DEFAULT.exec(inside) ?? [];
  if (name === undefined) {
    const message = 'expected ${NAME} or ${NAME:-default} after ${';
    throw document.fault(path, message, 'A text that holds ${ as it is writes it as $${.');
  }
  const value = variables[name];
  if (fallback !== undefined) return value === undefined || value === '' ? fallback : value;
  if (value !== undefined) return value;
  throw document.fault(
    path,
    `the environment has no variable ${name}`,
    `Set ${name}, or write \${${name}:-default}.`,
  );
}
