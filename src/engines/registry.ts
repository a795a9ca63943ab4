import { RowproofError } from '../core/errors.js';
import type { Engine } from './engine.js';
import { mysqlEngine } from './mysql/index.js';
import { postgresqlEngine } from './postgresql/index.js';

const ENGINES: readonly Engine[] = [mysqlEngine, postgresqlEngine];

/** The engine behind a URL scheme (`mysql`, without the colon). */
export function engineFor(scheme: string): Engine {
  const engine = ENGINES.find(({ schemes }) => schemes.includes(scheme));
  if (engine !== undefined) return engine;
  const known = ENGINES.flatMap(({ schemes }) => schemes).map((name) => `${name}://`);
  throw new RowproofError({
    code: 'usage',
    message: `No database engine is known by ${scheme}://.`,
    hint: `Use one of ${known.join(', ')}.`,
  });
}
