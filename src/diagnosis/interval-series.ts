/** Missing rows whose keys follow each other without a gap. */
export interface KeyRun {
  readonly first: bigint;
  readonly last: bigint;
  readonly rows: number;
}

/** Runs of one length that begin at equal distances. */
export interface KeySeries {
  readonly first: bigint;
  readonly last: bigint;
  /** Keys of each run. */
  readonly length: number;
  readonly runs: number;
  /** Places between its ends at which nothing is missing: the source may have no row there. */
  readonly holes: number;
}

/** Series that share their distance, by their first keys. */
export interface Intervals {
  readonly distance: bigint;
  readonly series: readonly KeySeries[];
}

const LEAST_RUNS = 5;
/** Of more series nobody sees the origin. */
const MOST_SERIES = 4;
/** More holes than one in so many places make a distance that another one explains better, or none. */
const PLACES_PER_HOLE = 8;

/**
 * Finds the distance at which runs come again; null where none explains three quarters of them and most of their rows. Several series of one distance
 * lie in each other where a copier loses more than one row of a chunk: what is between the neighbours is no distance then.
 */
export function findIntervals(runs: readonly KeyRun[]): Intervals | null {
  for (let lag = 1; lag <= MOST_SERIES; lag++) {
    const distance = mostFrequent(runs.slice(lag).map(({ first }, at) => first - (runs[at]?.first ?? 0n)));
    if (distance < 2n) continue;
    const series = listSeries(runs, distance);
    if (series.length <= lag && explainsMost(series, runs)) return { distance, series };
  }
  return null;
}

function explainsMost(series: readonly KeySeries[], runs: readonly KeyRun[]): boolean {
  const explained = series.reduce((sum, each) => sum + each.runs, 0);
  const explainedRows = series.reduce((sum, each) => sum + each.runs * each.length, 0);
  const rows = runs.reduce((sum, run) => sum + run.rows, 0);
  return explained * 4 >= runs.length * 3 && explainedRows * 2 > rows;
}

function mostFrequent(gaps: readonly bigint[]): bigint {
  const counts = new Map<bigint, number>();
  for (const gap of gaps) counts.set(gap, (counts.get(gap) ?? 0) + 1);
  const [best] = [...counts].sort(([, one], [, other]) => other - one);
  return best?.[0] ?? 0n;
}

function listSeries(runs: readonly KeyRun[], distance: bigint): KeySeries[] {
  return groupByPlace(runs, distance).flatMap((members) => {
    const [begin, end] = [members[0], members.at(-1)];
    if (begin === undefined || end === undefined || members.length < LEAST_RUNS) return [];
    const places = Number((end.first - begin.first) / distance) + 1;
    const holes = places - members.length;
    if (holes * PLACES_PER_HOLE > places) return [];
    return [{ first: begin.first, last: end.last, length: begin.rows, runs: members.length, holes }];
  });
}

/** Runs of one length whose first keys are multiples of the distance apart. */
function groupByPlace(runs: readonly KeyRun[], distance: bigint): readonly KeyRun[][] {
  const groups = new Map<string, KeyRun[]>();
  for (const run of runs) {
    const place = ((run.first % distance) + distance) % distance;
    const name = `${place} ${run.rows}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [run]);
    else group.push(run);
  }
  return [...groups.values()];
}
