import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import type { Environment } from '../engines/engine.js';

/** The process around a run: its variables and the files in which the engines' own clients keep passwords. */
export function processEnvironment(): Environment {
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
  };
}

function userNameOfProcess(): string {
  try {
    return userInfo().username;
  } catch {
    return '';
  }
}
