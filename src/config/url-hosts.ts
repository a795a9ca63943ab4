/** The parts of a URL around the hosts that it lists; `before` ends with the account. */
interface UrlParts {
  readonly before: string;
  readonly hosts: readonly [string, ...string[]];
  readonly behind: string;
}

/**
 * One URL for each host that a URL lists in the place of its host (`h1:3306,h2:3307`), in that order. Each is one that `new URL`
 * reads, as far as its parts are right; of a list it would make one host or an error.
 */
export function listHostUrls(url: string): readonly [string, ...string[]] {
  const { before, hosts, behind } = splitAtHosts(url);
  const [first, ...others] = hosts;
  const spell = (host: string): string => `${before}${host}${behind}`;
  return [spell(first), ...others.map(spell)];
}

/** Changes what stands around the hosts of a URL, which stay as they are written. */
export function editAroundHosts(url: string, edit: (parsed: URL) => void): string {
  const parsed = new URL(listHostUrls(url)[0]);
  edit(parsed);
  const { before, behind } = splitAtHosts(parsed.href);
  return `${before}${splitAtHosts(url).hosts.join(',')}${behind}`;
}

function splitAtHosts(url: string): UrlParts {
  const [, scheme = '', authority = '', behind = ''] = /^([^:]*:\/\/)([^/?#]*)(.*)$/s.exec(url) ?? [];
  const start = authority.lastIndexOf('@') + 1;
  const before = `${scheme}${authority.slice(0, start)}`;
  const [first = '', ...others] = authority.slice(start).split(',');
  return { before, hosts: [first, ...others], behind };
}
