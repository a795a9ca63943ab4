import type { SqlPositions } from '../sql-positions.js';
import { readMysqlChanges } from './changes.js';
import { buildAtLeast, buildGreatest } from './column-positions.js';
import { isMysqlPositionReached, readMysqlPosition } from './fence-positions.js';
import { chooseMysqlFences, findMysqlHalt, mayMysqlFollow } from './fences.js';
import { readMysqlReplication } from './replication.js';

/** How servers of this family tell positions, and wait for them. */
export const mysqlPositions: SqlPositions = {
  readReplication: readMysqlReplication,
  readPosition: readMysqlPosition,
  isReached: isMysqlPositionReached,
  readChanges: readMysqlChanges,
  chooseFences: chooseMysqlFences,
  mayFollow: mayMysqlFollow,
  findHalt: findMysqlHalt,
  buildGreatest,
  buildAtLeast,
};
