import type { CanaryResult, CanaryWay } from '../core/canary.js';
import type { RunResult } from '../core/result.js';
import { formatCount, formatCounted } from '../words/number-text.js';
import { listSomeNames } from './name-list.js';
import { formatPairName } from './verdict-text.js';

const WAYS: Readonly<Record<CanaryWay, string>> = {
  range: 'key ranges',
  bucket: 'buckets',
  checksum: 'checksums of the servers',
};

const UNTRIED: readonly (readonly [CanaryResult['outcome'], string])[] = [
  ['no-rows', 'No canary, for want of rows on both sides'],
  ['no-value', 'No canary, for want of a value beside the key that could be changed'],
  [
    'differs-already',
    'No canary, because the first rows differ already, or only their values are equal and not their bytes',
  ],
];

/** What a run says of the values that it changed after they were read, to see whether they are found; empty where it did not. */
export function listCanaries({ tables }: RunResult): string[] {
  const all = tables.flatMap((table) => (table.canaries ?? []).map((canary) => ({ table, ...canary })));
  if (all.length === 0) return [];
  const found = all.filter(({ outcome }) => outcome === 'found');
  const missed = all.filter(({ outcome }) => outcome === 'lost' || outcome === 'failed');
  const of = new Set(found.map(({ table }) => table)).size;
  const ways = (Object.keys(WAYS) as CanaryWay[]).flatMap((way) => {
    const count = found.filter((each) => each.way === way).length;
    return count === 0 ? [] : [`by ${WAYS[way]} in ${formatCount(count)}`];
  });
  const said = `Canary: a value that was changed after it was read was found in ${formatCounted(of, 'table')}: ${ways.join(', ')}`;
  return [
    ...(found.length === 0 ? [] : [said]),
    ...(missed.length === 0 ? [] : [`Canary not found: ${listSomeNames(namesOf(missed))}`]),
    ...UNTRIED.flatMap(([outcome, words]) => {
      const untried = all.filter((each) => each.outcome === outcome);
      return untried.length === 0 ? [] : [`${words}: ${listSomeNames(namesOf(untried))}`];
    }),
  ];
}

function namesOf(canaries: readonly { readonly table: Parameters<typeof formatPairName>[0] }[]): string[] {
  return [...new Set(canaries.map(({ table }) => formatPairName(table)))];
}
