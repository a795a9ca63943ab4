import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestDatabase } from '../support/database.js';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** The path of a file of the recipes. */
export const recipePath = (name: string): string => join(CHECKOUT, 'deploy', name);

/** Variables of a script's environment; one that is undefined is not there. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What a script left. */
export interface ScriptResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A machine for recipes: programs, passwords of the environment, a home, and a folder to be in. */
export interface Workshop {
  readonly folder: string;
  readonly path: (...names: readonly string[]) => string;
  /** Runs a shell's text; `onStart` gets its process. */
  readonly run: (script: string, env?: Variables, onStart?: (pid: number) => void) => Promise<ScriptResult>;
  readonly program: (name: string, text: string) => void;
  readonly remove: () => void;
}

/** Makes a folder with a config file, and a PATH on which `rowproof` is the program of this checkout, and npm says where it is installed. */
export function openWorkshop(
  { source, target }: { readonly source: TestDatabase; readonly target: TestDatabase },
  settings: string,
): Workshop {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-recipes-'));
  const path = (...names: readonly string[]): string => join(folder, ...names);
  const bare = ({ url }: TestDatabase): string => url.replace(/:[^:@/]+@/, '@');
  const program = (name: string, text: string): void => {
    writeFileSync(path('programs', name), text);
    chmodSync(path('programs', name), 0o755);
  };
  for (const name of ['programs', 'home']) mkdirSync(path(name));
  const sides = `source: ${JSON.stringify(bare(source))}\ntarget: ${JSON.stringify(bare(target))}\n`;
  writeFileSync(path('rowproof.yaml'), `${sides}${settings}`);
  program(
    'rowproof',
    `#!/bin/sh\nexec '${process.execPath}' '${join(CHECKOUT, 'bin', 'rowproof.js')}' "$@"\n`,
  );
  // Where npm puts what is installed for all.
  program('npm', `#!/bin/sh\necho '${path('global')}'\n`);
  mkdirSync(path('global', 'rowproof', 'deploy'), { recursive: true });
  mkdirSync(path('global', 'rowproof', 'deploy', 'parts'));
  for (const name of readdirSync(recipePath('parts')))
    writeFileSync(
      path('global', 'rowproof', 'deploy', 'parts', name),
      readFileSync(recipePath(`parts/${name}`)),
    );
  const password = ({ url }: TestDatabase): string => decodeURIComponent(new URL(url).password);
  const passwords = { MYSQL_PWD: password(source), PGPASSWORD: password(target) };
  return {
    folder,
    path,
    program,
    run: (script, env = {}, onStart) =>
      new Promise((resolve, reject) => {
        const child = spawn('sh', ['-c', script], {
          cwd: folder,
          env: {
            PATH: `${path('programs')}${delimiter}${process.env.PATH}`,
            HOME: path('home'),
            ROWPROOF_WAIT: '0',
            ...passwords,
            ...env,
          },
          stdio: ['ignore', 'pipe', 'pipe'],
          // A group of its own, which a test may end as a whole.
          detached: true,
        });
        const said = { stdout: '', stderr: '' };
        for (const name of ['stdout', 'stderr'] as const)
          child[name].setEncoding('utf8').on('data', (text: string) => {
            said[name] += text;
          });
        child.on('error', reject).on('close', (status) => resolve({ status, ...said }));
        if (child.pid !== undefined) onStart?.(child.pid);
      }),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
