import type { SqlPositions } from '../sql-positions.js';
import { readPostgresqlChanges } from './changes.js';
import { buildAtLeast, buildGreatest } from './column-positions.js';
import { isPostgresqlPositionReached, readPostgresqlPosition } from './fence-positions.js';
import { choosePostgresqlFences, findPostgresqlHalt, mayPostgresqlFollow } from './fences.js';
import { readPostgresqlReplication } from './replication.js';

/** How servers of this family tell positions, and wait for them. */
export const postgresqlPositions: SqlPositions = {
  readReplication: readPostgresqlReplication,
  readPosition: readPostgresqlPosition,
  isReached: isPostgresqlPositionReached,
  readChanges: readPostgresqlChanges,
  chooseFences: choosePostgresqlFences,
  mayFollow: mayPostgresqlFollow,
  findHalt: findPostgresqlHalt,
  buildGreatest,
  buildAtLeast,
};
