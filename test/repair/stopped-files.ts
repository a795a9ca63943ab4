import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveConfig, verify } from 'rowproof';
import { formatRepair } from '../../src/repair/repair-file.js';
import { surveyBoth } from '../../src/repair/survey-both.js';
import type { TestDatabase } from '../support/database.js';

/** The paths of a repair and of its undo. */
export interface Files {
  readonly repair: string;
  readonly undo: string;
}

/** The files of a run, with as many statements in a transaction as the test wants. */
export async function writeFiles(source: TestDatabase, target: TestDatabase): Promise<Files> {
  const folder = mkdtempSync(join(tmpdir(), 'rowproof-stops-'));
  const paths = { repair: join(folder, 'fix.sql'), undo: join(folder, 'fix.undo.sql') };
  const outcome = await verify(resolveConfig({ source: source.url, target: target.url }), {
    wantsRepair: true,
  });
  try {
    const { repair: facts, result } = outcome;
    if (facts === null) throw new Error('The run read nothing of what a repair needs.');
    const { dialect } = facts.catalog;
    const { repair, undo } = await surveyBoth(facts);
    for (const [direction, each] of [
      ['repair', repair],
      ['undo', undo],
    ] as const) {
      const otherPath = paths[direction === 'repair' ? 'undo' : 'repair'];
      const file = { survey: each, dialect, result, path: paths[direction], otherPath, batchStatements: 1 };
      const pieces: string[] = [];
      for await (const piece of formatRepair(file)) pieces.push(piece);
      writeFileSync(paths[direction], pieces.join(''));
    }
    return paths;
  } finally {
    await outcome.close();
  }
}

/** A repair that somebody, or something, ended early. */
export interface Stop {
  readonly text: string;
  /** The file ends between what it prints before a COMMIT and what it prints behind it. */
  readonly isUnclear: boolean;
}

/** The file up to each of its lines, from the first transaction on. */
export function cutBehindEachLine(path: string): Stop[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  const first = lines.findIndex((line) => /^(BEGIN|START TRANSACTION);$/.test(line));
  let isUnclear = false;
  return lines.slice(first).flatMap((line, i) => {
    if (line.includes('rowproof') && line.includes('open_')) isUnclear = line.includes('+');
    return line === '' ? [] : [{ text: `${lines.slice(0, first + i + 1).join('\n')}\n`, isUnclear }];
  });
}
