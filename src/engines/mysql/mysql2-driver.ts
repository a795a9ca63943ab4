import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type mysql from 'mysql2';

const require = createRequire(import.meta.url);
const library = join(dirname(require.resolve('mysql2/package.json')), 'lib');

/**
 * A part of the database package, whose version is pinned for it. All of it would load pools and clusters as well, which a
 * session that reads has no use for, in every thread.
 */
export function requirePart(...path: readonly string[]): unknown {
  return require(join(library, ...path));
}

/** Makes a connection as the package's own function of this name does. */
export const createConnection = requirePart('create_connection.js') as typeof mysql.createConnection;

/** The package's list of encodings by the number of a collation. */
export const charsetEncodings = requirePart('constants', 'charset_encodings.js') as string[];
