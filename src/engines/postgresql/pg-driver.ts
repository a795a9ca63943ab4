import { createRequire } from 'node:module';
import type pg from 'pg';

const require = createRequire(import.meta.url);

/** What a session needs of the package: all of it would load pools as well, in every thread. */
type Pg = Pick<typeof pg, 'Client' | 'Query'>;

/**
 * The database package. It looks whether it runs at Cloudflare by making a `Response` where there is no `navigator`, as in
 * Node.js 20, which loads all of Node's fetch in each thread: as much as the package itself. It is loaded in one step, in
 * which nobody else can miss what it does not see.
 */
export function loadPg(): Pg {
  const response = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  if (response?.configurable !== true) return requireClient();
  Reflect.deleteProperty(globalThis, 'Response');
  try {
    return requireClient();
  } finally {
    Object.defineProperty(globalThis, 'Response', response);
  }
}

function requireClient(): Pg {
  const Client = require('pg/lib/client.js') as Pg['Client'] & Pick<Pg, 'Query'>;
  return { Client, Query: Client.Query };
}
