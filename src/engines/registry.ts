import { RowproofError } from '../core/errors.js';
import type { Engine } from './engine.js';
import { ENGINES } from './list.js';

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
