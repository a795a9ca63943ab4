/** What a group of an option file says of a login. */
export interface LoginOptions {
  user?: string;
  password?: string;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  s: ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
};

/**
 * Reads user and password of the `[client]` group as the engine's own clients do: a `#` begins a comment behind a value
 * too, unless quotes are open.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/option-files.html
 */
export function readLoginOptions(text: string): LoginOptions {
  const found: LoginOptions = {};
  let group = '';
  for (const line of text.split('\n')) {
    group = /^\s*\[([^\]]+)\]/.exec(line)?.[1] ?? group;
    const entry = /^\s*(user|password)\s*=\s*(.*?)\s*$/s.exec(withoutComment(line));
    if (group !== 'client' || entry === null) continue;
    const value = (entry[2] ?? '').replace(/^(['"])(.*)\1$/s, '$2');
    const plain = value.replace(/\\(.)/gs, (escaped, letter: string) => ESCAPES[letter] ?? escaped);
    if (entry[1] === 'user') found.user = plain;
    else found.password = plain;
  }
  return found;
}

function withoutComment(line: string): string {
  let quote = '';
  let isEscaped = false;
  for (const [at, character] of [...line].entries()) {
    if ((character === "'" || character === '"') && !isEscaped) {
      if (quote === '') quote = character;
      else if (quote === character) quote = '';
    }
    if (quote === '' && character === '#') return [...line].slice(0, at).join('');
    isEscaped = quote !== '' && character === '\\' && !isEscaped;
  }
  return line;
}
