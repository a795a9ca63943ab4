import type { Engine } from '../../src/engines/engine.js';
import { openSession } from './session.js';

const NO_TLS = { mode: 'disable', caPath: null, certificatePath: null, keyPath: null } as const;

/**
 * An engine that keeps its rows in memory: no SQL, no server, and none of what engines may leave out. What works with it
 * needs nothing else of an engine.
 */
export const memoryEngine: Engine = {
  family: 'memory',
  clientVariables: [],
  schemes: ['memory'],
  titles: { memory: 'Memory' },
  spreadUrls: (urls) => urls,
  resolveConnection: (url) => ({
    scheme: 'memory',
    host: url.hostname,
    port: 0,
    socketPath: null,
    user: '',
    password: { text: null, allowsClear: false, serverPublicKeyPath: null, requestsPublicKey: false },
    database: url.pathname.slice(1),
    schema: url.pathname.slice(1),
    tls: NO_TLS,
    role: 'any',
    connectTimeoutMs: 1000,
    statementTimeoutMs: 600_000,
    wholeTableTimeoutMs: 600_000,
    longestSilenceMs: 60_000,
  }),
  loadDriver: async () => undefined,
  open: async (settings) => openSession(settings),
  describe: ({ table, columns, limit }) =>
    `${limit ?? 'all'} rows of ${table.name}: ${columns.map(({ name }) => name).join(', ')}`,
  describeCount: ({ table }) => `the number of rows of ${table.name}`,
  adviseRebuild: () => '',
  classifyError: (error) => ({
    code: 'read',
    transient: false,
    message: error instanceof Error ? error.message : String(error),
    hint: '',
  }),
  connectHints: {},
  can: {},
};
