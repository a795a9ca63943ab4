import { editAroundHosts } from './url-hosts.js';

const PLACEHOLDER = '***';
/** A text may be megabytes of a server's choice, so no pattern here looks at a part of it more than a few times. */
const WORD = /\S+/g;
/** Up to the last @ of a word; also where a slash or the colon of the scheme was left out. */
const URL_PASSWORD =
  /((?:(?<![a-z\d+.-])[a-z\d+.-]+:\/\/|\b(?:mysql|mariadb|postgres(?:ql)?)(?::\/?|\/\/)(?!\/)(?=[^\s:@]{1,255}:))[^\s:@]*):\S*@/i;
const SECRET_PARAMETER = /pass|pwd|secret|token/i;
const PARAMETER = /([?&])([^?=&#\s]*)=[^&#\s"']*/g;

/**
 * Takes passwords out of any text that may quote a URL, well formed or not: what stands between the user's colon and
 * the last @ of the word, and query parameters that name a secret.
 */
export function redactPasswords(text: string): string {
  return text
    .replace(WORD, redactWord)
    .replace(PARAMETER, (all, mark: string, name: string) =>
      isSecretParameter(name) ? `${mark}${name}=${PLACEHOLDER}` : all,
    );
}

function redactWord(word: string): string {
  const end = word.lastIndexOf('@') + 1;
  return word.slice(0, end).replace(URL_PASSWORD, `$1:${PLACEHOLDER}@`) + word.slice(end);
}

/** The passwords that a command line holds, so that they can be taken out of texts that quote them in pieces. */
export function findPasswords(argv: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const word of argv) {
    const userInfo = /:\/\/[^:@]*:(.*)@/s.exec(word)?.[1];
    if (userInfo !== undefined && userInfo !== '') found.add(userInfo);
  }
  return [...found];
}

/** A URL without its password and without secret parameters, for digests and reports. */
export function withoutPassword(url: string): string {
  return editAroundHosts(url, (parsed) => {
    parsed.password = '';
    for (const name of [...parsed.searchParams.keys()]) {
      if (isSecretParameter(name)) parsed.searchParams.delete(name);
    }
  });
}

/** Whether a parameter of a URL holds a password or the like. */
export function isSecretParameter(name: string): boolean {
  return SECRET_PARAMETER.test(name);
}
