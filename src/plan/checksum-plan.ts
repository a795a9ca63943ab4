import type { ChecksumPlace } from '../core/checksum-place.js';
import { serializeError } from '../core/errors.js';
import { comparedColumns, SIDES, type Side, type TableId, type TablePair } from '../core/pairing.js';
import type { Mode } from '../core/verdict.js';
import type { Engine } from '../engines/engine.js';
import type { ServerChecksum, Session } from '../engines/session.js';

/** Which tables of a run the servers may hash. */
export interface RunChecksums {
  readonly place: Exclude<ChecksumPlace, 'client'>;
  readonly seed: bigint;
  /** Why the rows of a table pair are read all the same, by its id; completes "because …". */
  readonly obstacles: ReadonlyMap<TableId, string>;
}

interface PlannedPair {
  /** Null where no rows are compared. */
  readonly pair: TablePair | null;
  readonly mode: Mode;
}

/** What decides whether servers may hash rows. */
export interface HashableTables {
  readonly tables: readonly PlannedPair[];
  /** Whether the load on the servers is limited by more than the number of workers. */
  readonly isLimited: boolean;
  readonly sides: Readonly<
    Record<
      Side,
      {
        readonly engine: Engine;
        readonly session: Session;
        readonly catalog: { readonly engine: string };
      }
    >
  >;
}

export interface ChecksumWish extends HashableTables {
  readonly place: ChecksumPlace;
  readonly seed: bigint;
}

/**
 * Finds the tables that the servers may hash: those of which nothing stands against it, and none where the two servers
 * do not prove on fixed values that they hash alike.
 */
export async function planChecksums(wish: ChecksumWish): Promise<RunChecksums | null> {
  const { place, seed } = wish;
  if (place === 'client') return null;
  const found = findObstacles(wish);
  const fault = [...found.values()].includes(null) ? await probeServers(wish) : null;
  const obstacles = [...found].flatMap(([id, obstacle]) => {
    const reason = obstacle ?? fault;
    return reason === null ? [] : [[id, reason] as const];
  });
  return { place, seed, obstacles: new Map(obstacles) };
}

/** Why servers may not hash the rows of each table whose rows are compared, by its id; null where nothing stands against it. */
export function findObstacles(wish: HashableTables): ReadonlyMap<TableId, string | null> {
  return new Map(
    wish.tables.flatMap(({ pair, mode }) =>
      pair === null || mode === 'count' ? [] : [[pair.id, findObstacle(pair, mode, wish)] as const],
    ),
  );
}

function findObstacle(pair: TablePair, mode: Mode, { sides, isLimited }: HashableTables): string | null {
  const { source, target } = sides;
  if (isLimited) return 'limits on the load hold only for rows that Rowproof reads';
  if (mode === 'spot') return 'spot mode reads small parts of it';
  if (source.engine.family !== target.engine.family) return 'the two sides are different engines';
  const { checksum } = source.engine.can;
  if (checksum === undefined || target.engine.can.checksum === undefined)
    return 'its server does not hash rows';
  if (pair.strategy !== 'range') return 'its rows are not walked by a key that both sides sort alike';
  const sameServer = source.catalog.engine === target.catalog.engine;
  for (const column of comparedColumns(pair)) {
    const obstacle =
      column.rule.kind === 'adapted'
        ? 'is compared by a rule of its own'
        : checksum.findObstacle({ source: column.source, target: column.target, sameServer });
    if (obstacle !== null) return `column ${column.source.name} ${obstacle}`;
  }
  return null;
}

/** Has both servers hash the same hard values; says what is wrong, or null where they agree. */
async function probeServers({ sides, seed }: ChecksumWish): Promise<string | null> {
  const found: ServerChecksum[] = [];
  let isRight = true;
  for (const side of SIDES) {
    try {
      const { checksum, expected } = await sides[side].session.ask('checksum-probe', seed);
      if (checksum === null) return `the ${side} does not hash the values that it is tested with`;
      found.push(checksum);
      const sum = expected.sum ?? found[0]?.sum;
      isRight &&= checksum.rows === expected.rows && checksum.sum === sum;
    } catch (error) {
      const { message } = sides[side].engine.classifyError(error);
      return `the ${side} cannot hash rows: ${(message || serializeError(error).message).replace(/\.$/, '')}`;
    }
  }
  return isRight ? null : 'the two servers do not hash the same values alike';
}
