import { mkdtempSync, chmodSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chosenServers } from '../support/servers/list.js';
import { openTestDatabase } from '../support/database.js';
describe.each(chosenServers())('$name', (server) => {
  let parent: string; let running: any;
  beforeAll(async () => { parent = mkdtempSync(join(tmpdir(), 'rowproof-core-')); chmodSync(parent, 0o755); const t=Date.now(); running = await server.start({parent}); console.log(server.name, Date.now()-t, running.url); }, 600_000);
  afterAll(async () => { await running?.stop(); rmSync(parent, {recursive:true, force:true}); });
  it('starts', async () => { const d = await openTestDatabase(server.engine, running.url); console.log(await d.query('select version()')); await d.drop(); });
});
