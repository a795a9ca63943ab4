/** One position of MariaDB: the last transaction of a domain, as `domain-server-sequence`. */
export interface MariadbGtid {
  readonly domain: string;
  readonly sequence: bigint;
  readonly text: string;
}

/** Reads a list such as `0-1-17,5-2-9`; what is no such position is left out. */
export function parseGtids(list: string): readonly MariadbGtid[] {
  return list.split(',').flatMap((part) => {
    const text = part.trim();
    const [, domain, sequence] = /^(\d+)-\d+-(\d+)$/.exec(text) ?? [];
    if (domain === undefined || sequence === undefined) return [];
    return [{ domain, sequence: BigInt(sequence), text }];
  });
}

/** Whether each domain of one list stands at least as far in the other. */
export function hasAllGtids(list: string, within: string): boolean {
  const reached = new Map(parseGtids(within).map(({ domain, sequence }) => [domain, sequence]));
  return parseGtids(list).every(({ domain, sequence }) => (reached.get(domain) ?? -1n) >= sequence);
}

/** The positions of a list whose domain is not in the other. */
export function gtidsOfOtherDomains(list: string, known: string): string {
  const domains = new Set(parseGtids(known).map(({ domain }) => domain));
  return parseGtids(list)
    .filter(({ domain }) => !domains.has(domain))
    .map(({ text }) => text)
    .join(',');
}

/** A list without the positions of another one, each as it stands there. */
export function withoutGtids(list: string, dropped: string): string {
  const left = new Set(parseGtids(dropped).map(({ text }) => text));
  return parseGtids(list)
    .filter(({ text }) => !left.has(text))
    .map(({ text }) => text)
    .join(',');
}
