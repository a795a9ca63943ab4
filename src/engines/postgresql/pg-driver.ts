import { createRequire } from 'node:module';
import type pg from 'pg';

const require = createRequire(import.meta.url);

/**
 * The database package. It looks whether it runs at Cloudflare by making a `Response` where there is no `navigator`, as in
 * Node.js 20, which loads all of Node's fetch in each thread: as much as the package itself. It is loaded in one step, in
 * which nobody else can miss what it does not see.
 */
export function loadPg(): typeof pg {
  const response = Object.getOwnPropertyDescriptor(globalThis, 'Response');
  if (response?.configurable !== true) return require('pg');
  Reflect.deleteProperty(globalThis, 'Response');
  try {
    return require('pg');
  } finally {
    Object.defineProperty(globalThis, 'Response', response);
  }
}
