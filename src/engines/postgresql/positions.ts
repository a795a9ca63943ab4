import type { SqlPositions } from '../sql-positions.js';
import { readPostgresqlChanges } from './changes.js';

/** How this engine's servers tell positions, and wait for them. */
export const postgresqlPositions: SqlPositions = {
  readReplication: async () => ({ facts: {} }),
  readPosition: async () => null,
  isReached: async () => false,
  readChanges: readPostgresqlChanges,
  chooseFences: ({ pairs }) =>
    pairs.map(() => ({ kind: 'none', reason: 'no position of these servers can be compared', grant: null })),
  findHalt: () => null,
};
