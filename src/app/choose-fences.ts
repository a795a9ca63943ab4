import type { RunConfig } from '../config/run-config.js';
import type { FenceChoice } from '../core/fence.js';
import type { Side, TableId } from '../core/pairing.js';
import type { PlannedTable } from '../plan/table-pairing.js';
import { chooseFences as chooseEngineFences } from '../tasks/choose-fences.js';
import { catalogsOf } from './open-run.js';
import type { OpenSide } from './open-side.js';
import { chooseOwnFence } from './own-fence.js';

/** The sides, and the tables of which fences are wanted. */
export interface FencesWanted {
  readonly sides: Readonly<Record<Side, OpenSide>>;
  readonly config: RunConfig;
  readonly tables: readonly PlannedTable[];
}

/**
 * Chooses the fence of each table pair; tables without a partner are left out. What the user named goes before what the servers
 * say themselves. Where these do not answer there is no fence.
 */
export async function chooseFences({
  sides,
  config,
  tables,
}: FencesWanted): Promise<ReadonlyMap<TableId, FenceChoice>> {
  const own = chooseOwnFence(config, catalogsOf(sides));
  const pairs = tables.flatMap(({ id, source, target }) =>
    source === null || target === null ? [] : [{ id, source, target }],
  );
  if (own !== null) return new Map(pairs.map(({ id }) => [id, { kind: 'fence', fence: own }]));
  const rules = sides.source.engine.can.positions;
  const isOneFamily = sides.source.engine.family === sides.target.engine.family;
  if (rules === undefined || !isOneFamily || pairs.length === 0) return new Map();
  const sessions = { source: sides.source.session, target: sides.target.session };
  // What fails is in the log; without an answer there is no fence, and rows are looked at for a time.
  const choices = await chooseEngineFences({ sessions, rules, pairs }).catch(() => []);
  return new Map(
    pairs.flatMap(({ id }, at) => (choices[at] === undefined ? [] : [[id, choices[at]] as const])),
  );
}
