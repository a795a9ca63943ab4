// Plans the segments of the orders table, as a run with the given number of workers would, and prints the milliseconds
// of that alone, without connecting and reading catalogs, as JSON.

import { pairSides, withOpenSides } from '../dist/app/open-run.js';
import { resolveFlags } from '../dist/config/resolve-flags.js';
import { planSegments, sharedSegmentSize } from '../dist/plan/planner.js';

const [source, target, workers] = process.argv.slice(2);
const config = resolveFlags({ source, target, workers, tables: ['orders'] });

await withOpenSides(config, async (sides) => {
  const { tables } = await pairSides(config, sides);
  const [table] = tables;
  const started = performance.now();
  const segments = await planSegments({
    ...sides.source,
    pair: table.pair,
    ...sharedSegmentSize(config.workers),
  });
  console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, segments: segments.length }));
});
