import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Environment } from '../engines/engine.js';

/** Is told once each sentence that the user of a run should read although the run goes on. */
export type WarningListener = (sentence: string) => void;

/** The process around a run: its variables and the files in which the engines' own clients keep passwords. */
export function processEnvironment(onWarning: WarningListener = () => undefined): Environment {
  const told = new Set<string>();
  return {
    variables: process.env,
    homeFolder: homedir(),
    userName: process.env.USER ?? userNameOfProcess(),
    readFile: (path) => {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return null;
      }
    },
    fileMode: (path) => {
      // Windows keeps its rights elsewhere; the bits that Node shows there say nothing.
      if (process.platform === 'win32') return null;
      const found = statSync(path, { throwIfNoEntry: false });
      return found === undefined ? null : found.mode;
    },
    warn: (sentence) => {
      // Both sides may take their password from one file.
      if (told.has(sentence)) return;
      told.add(sentence);
      onWarning(sentence);
    },
  };
}

function userNameOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
