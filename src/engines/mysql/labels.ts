const LABEL_ESCAPES: Readonly<Record<string, string>> = { '\\n': '\n', '\\r': '\r', '\\0': '\0' };

/** The labels in `enum('a','b')`: the server doubles quotes and escapes backslashes, line breaks and U+0000. */
export function readLabels(declared: string): string[] {
  return [...declared.matchAll(/'((?:[^'\\]|''|\\.)*)'/gs)].map(([, label = '']) =>
    label.replace(/''|\\./gs, (pair) => LABEL_ESCAPES[pair] ?? pair.slice(1)),
  );
}
