import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** The starters are TypeScript, which Node 20 does not read by itself; the test runner's own loader does. */
export async function loadServerStarters() {
  const loader = await createViteServer({
    root: CHECKOUT,
    configFile: false,
    logLevel: 'error',
    appType: 'custom',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, hmr: false, watch: null, ws: false },
  });
  try {
    return {
      ...(await loader.ssrLoadModule('/test/support/private-mariadb.ts')),
      ...(await loader.ssrLoadModule('/test/support/private-postgres.ts')),
    };
  } finally {
    await loader.close();
  }
}
