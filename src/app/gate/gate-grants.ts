import type { RunConfig } from '../../config/run-config.js';
import type { SideGrants } from '../../core/gate/side-grants.js';
import { SIDES } from '../../core/pairing.js';
import { describeSide, withOpenSides } from '../open-run.js';

/** Says what the account of each side must be granted for a full gate. */
export function describeGrants(config: RunConfig): Promise<readonly SideGrants[]> {
  return withOpenSides(config, (sides) =>
    Promise.all(
      SIDES.map(async (side): Promise<SideGrants> => {
        const { session, catalog } = sides[side];
        const { url, product = catalog.engine } = describeSide(sides[side]);
        const { grants, managed } = await session.ask('gate-grants', catalog.schema);
        return { side, product, url, grants, managed };
      }),
    ),
  );
}
