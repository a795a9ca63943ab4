import { optionError } from '../config/raw-flags.js';
import type { RunConfig } from '../config/run-config.js';
import { RowproofError } from '../core/errors.js';
import { SIDES, type Side } from '../core/pairing.js';
import type { OpenSide } from './open-side.js';

/** Throws a `usage` error where an engine lacks what the run cannot do without; what else it lacks is done without. */
export function assertAble(
  { limits }: Pick<RunConfig, 'limits'>,
  sides: Readonly<Record<Side, OpenSide>>,
  { wantsRepair }: { readonly wantsRepair: boolean },
): void {
  const silent = SIDES.find((side) => sides[side].engine.can.load !== true);
  if (limits.maxLoad !== null && silent !== undefined) {
    throw optionError({
      option: '--max-load',
      message: `Cannot keep to --max-load on the ${silent}: ${nameOf(sides[silent])} does not say how busy it is.`,
      hint: 'Limit rows or bytes a second instead (--max-rows-per-second, --max-bytes-per-second).',
    });
  }
  if (!wantsRepair || sides.target.engine.can.repair === true) return;
  throw new RowproofError({
    code: 'usage',
    message: `There is no repair SQL for ${nameOf(sides.target)}.`,
    hint: 'Leave --repair out; --differences lists every row that differs.',
  });
}

function nameOf({ engine, catalog }: OpenSide): string {
  return engine.titles[catalog.engine] ?? catalog.engine;
}
