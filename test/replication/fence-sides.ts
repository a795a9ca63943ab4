import { type OpenSide, openSide } from '../../src/app/open-side.js';
import type { Fence, FenceChoice } from '../../src/core/fence.js';
import type { Table } from '../../src/core/schema.js';
import { engineFor } from '../../src/engines/registry.js';
import { chooseFences } from '../../src/tasks/choose-fences.js';
import { awaitPosition, takePosition } from '../../src/tasks/fence-position.js';

const ENVIRONMENT = { variables: {}, readFile: () => null, homeFolder: '/nowhere', userName: 'nobody' };
const LONGEST_MS = 60_000;

/** Sessions on both sides of a pair, as a run has them. */
export interface FenceSides {
  readonly source: OpenSide;
  readonly target: OpenSide;
  /** The fence of each named table, by name. */
  readonly choose: (...names: readonly string[]) => Promise<readonly FenceChoice[]>;
  readonly position: (fence: Fence) => Promise<string | null>;
  /** Whether a position is reached within so long. */
  readonly isReached: (fence: Fence, position: string, limitMs?: number) => Promise<boolean>;
  readonly findHalt: (fence: Fence) => Promise<string | null>;
  readonly close: () => Promise<void>;
}

/** Opens both sides. */
export async function openFenceSides(urls: { source: string; target: string }): Promise<FenceSides> {
  const source = await openSide({ side: 'source', url: urls.source, environment: ENVIRONMENT });
  const target = await openSide({ side: 'target', url: urls.target, environment: ENVIRONMENT });
  const rules = engineFor(new URL(urls.source).protocol.slice(0, -1)).can.positions;
  if (rules === undefined) throw new Error('The engine of the source has no positions.');
  const sessions = { source: source.session, target: target.session };
  const stop = new AbortController().signal;
  return {
    source,
    target,
    choose: async (...names) => {
      const from = await readTables(source, names);
      const to = await readTables(target, names);
      const pairs = from.map((table, i) => ({ source: table, target: to[i] ?? table }));
      return chooseFences({ sessions, rules, pairs });
    },
    position: (fence) => takePosition({ session: source.session, fence, stop, limitMs: LONGEST_MS }),
    isReached: (fence, position, limitMs = LONGEST_MS) =>
      awaitPosition({ session: sessions[fence.reachedOn], fence, position, stop, limitMs }),
    findHalt: async (fence) =>
      rules.findHalt(fence, await target.session.ask('replication', { side: 'target', tables: [] })),
    close: async () => {
      await source.session.close();
      await target.session.close();
    },
  };
}

async function readTables({ session, settings }: OpenSide, names: readonly string[]): Promise<Table[]> {
  const { tables } = await session.ask('catalog', { settings });
  return names.map((name) => {
    const table = tables.find((each) => each.name === name);
    if (table === undefined) throw new Error(`There is no table ${name}.`);
    return table;
  });
}

/** The fence of a choice, or an error that says what was chosen instead. */
export function fenceOf(choice: FenceChoice | undefined): Fence {
  if (choice?.kind === 'fence') return choice.fence;
  throw new Error(`There is no fence: ${JSON.stringify(choice)}`);
}
