import type { Finding } from '../core/finding.js';

export type MatchNames = 'exact' | 'ignore-case' | 'snake-case';

/** The form of a name under which partners are found: `AlbumId` and `album_id` are one in snake case. */
export function foldName(name: string, matchNames: MatchNames): string {
  if (matchNames === 'exact') return name;
  const lower = name.toLowerCase();
  return matchNames === 'snake-case' ? lower.replaceAll('_', '') : lower;
}

export interface NamePair {
  readonly source: string;
  readonly target: string;
}

/** Names of both sides, matched; what has two candidates is matched with neither. */
export interface NameMatch {
  readonly pairs: readonly NamePair[];
  readonly sourceOnly: readonly string[];
  readonly targetOnly: readonly string[];
  /** Source names with more than one possible partner, or that compete for one, with the candidates. */
  readonly ambiguous: readonly { readonly source: string; readonly candidates: readonly string[] }[];
}

/** Matches names by the user's mapping first, then by the same spelling, then by the folded form. */
export function matchAllNames(request: {
  readonly source: readonly string[];
  readonly target: readonly string[];
  readonly mapping: readonly NamePair[];
  readonly matchNames: MatchNames;
}): NameMatch {
  const { source, target, matchNames } = request;
  const mapping = request.mapping.filter(
    (entry) => source.includes(entry.source) && target.includes(entry.target),
  );
  const mappedSources = new Set(request.mapping.map((entry) => entry.source));
  const mappedTargets = new Set(request.mapping.map((entry) => entry.target));
  const pairs: NamePair[] = [...mapping];
  const ambiguous: { source: string; candidates: readonly string[] }[] = [];
  const sourceOnly = source.filter(
    (name) => mappedSources.has(name) && !mapping.some((pair) => pair.source === name),
  );
  const free = target.filter((name) => !mappedTargets.has(name));
  const byForm = groupBy(free, (name) => foldName(name, matchNames));
  const unmapped = source.filter((name) => !mappedSources.has(name));
  const rivals = groupBy(unmapped, (name) => foldName(name, matchNames));
  for (const name of unmapped) {
    const form = foldName(name, matchNames);
    const candidates = byForm.get(form) ?? [];
    const isRivalled = (rivals.get(form)?.length ?? 0) > 1;
    if (candidates.includes(name) && (isRivalled || candidates.length > 1))
      pairs.push({ source: name, target: name });
    else if (candidates.length === 0) sourceOnly.push(name);
    else if (candidates.length > 1 || isRivalled) ambiguous.push({ source: name, candidates });
    else pairs.push({ source: name, target: candidates[0] as string });
  }
  const taken = new Set([
    ...pairs.map((pair) => pair.target),
    ...ambiguous.flatMap(({ candidates }) => candidates),
  ]);
  return { pairs, sourceOnly, targetOnly: target.filter((name) => !taken.has(name)), ambiguous };
}

function groupBy(names: readonly string[], formOf: (name: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) groups.set(formOf(name), [...(groups.get(formOf(name)) ?? []), name]);
  return groups;
}

/** A name of the source, and the names of the target that it may mean. */
export interface AmbiguousName {
  readonly what: 'table' | 'column';
  /** The table that it is, or is in. */
  readonly table: string;
  readonly name: string;
  readonly candidates: readonly string[];
}

/** The finding that a name has more than one possible partner. */
export function ambiguousFinding({ what, table, name, candidates }: AmbiguousName): Finding {
  return {
    code: what === 'table' ? 'ambiguous-table' : 'ambiguous-column',
    about: {
      table,
      side: 'source',
      detail: candidates.join(', '),
      ...(what === 'column' && { columns: [name] }),
    },
    message: `Source ${what} ${name} could be paired with ${candidates.join(' or ')} on the target.`,
    hint:
      what === 'table'
        ? `Say which with --map ${name}=NAME.`
        : 'Name its partner in columnMap of the config file, use --match-names exact, or leave it out.',
  };
}
