import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Environment } from '../engines/connection-settings.js';
import { whyNotRead } from './file-reason.js';

/** Is told once each sentence that the user of a run should read although the run goes on. */
export type WarningListener = (sentence: string) => void;

/** Where nobody listens, a warning takes the way of Node's own. */
export function warnOfProcess(sentence: string): void {
  process.emitWarning(sentence, 'RowproofWarning');
}

/** The process around a run: its variables and the files in which the engines' own clients keep passwords. */
export function processEnvironment(onWarning: WarningListener = warnOfProcess): Environment {
  const told = new Set<string>();
  const warn = (sentence: string): void => {
    // Both sides may take their password from one file.
    if (told.has(sentence)) return;
    told.add(sentence);
    onWarning(sentence);
  };
  return {
    variables: process.env,
    homeFolder: homeOfProcess(),
    userName: process.env.USER ?? userNameOfProcess(),
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if (!isMissing(error)) warn(`The file ${path} is not used: ${whyNotRead(error)}.`);
        return null;
      }
    },
    fileMode: (path) => {
      // Windows keeps its rights elsewhere; the bits that Node shows there say nothing.
      if (process.platform === 'win32') return null;
      try {
        return statSync(path).mode;
      } catch {
        // Reading it says why, where it is there.
        return null;
      }
    },
    warn,
  };
}

/** The folder with the password files; one that does not exist where the system knows none, as in some containers. */
export function homeOfProcess(): string {
  try {
    return homedir();
  } catch {
    // A system without a home folder for the account has no password files in one.
    return '/nonexistent';
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function userNameOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    // A system without a name for the account: the URL has to say the user then.
    return '';
  }
}
