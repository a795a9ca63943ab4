import { hostname, userInfo } from 'node:os';
import { withoutPassword } from '../config/redact-passwords.js';
import type { RunConfig } from '../config/run-config.js';
import { VERSION } from '../config/version.js';
import { ENCODING_VERSION } from '../core/encoding/canonical.js';
import type { RunResult } from '../core/result.js';
import type { SidesFacts } from '../core/server-facts.js';
import { sumPackage } from './package-sum.js';

/** The format of what evidence says of a run. */
export const EVIDENCE_FORMAT = 'rowproof/evidence@1';

/** What came of the run that evidence is of. */
export interface EvidencedRun {
  readonly config: RunConfig;
  readonly result: RunResult;
  readonly servers: SidesFacts | null;
  readonly exitCode: number;
  readonly endedAt: Date;
}

/** Who ran what, where and on what, and how it ended. */
export function describeRun({ result, servers, exitCode, endedAt }: EvidencedRun): object {
  const { verdict, startedAt, seed, askedHash, howHash, command } = result;
  return {
    format: EVIDENCE_FORMAT,
    verdict,
    exitCode,
    startedAt,
    endedAt: endedAt.toISOString(),
    command: command ?? null,
    askedHash,
    howHash,
    seed,
    ranBy: { user: userName(), host: hostname() },
    tool: {
      rowproof: VERSION,
      encoding: ENCODING_VERSION,
      packageSha256: sumPackage(),
      node: process.version,
      platform: `${process.platform} ${process.arch}`,
    },
    // Chunks stand as they were when they were read, each at its own moment.
    positions: null,
    servers,
  };
}

/** The settings of a run by their names, without passwords. */
export function describeConfig(config: RunConfig): object {
  return {
    ...config,
    sourceUrl: withoutPassword(config.sourceUrl),
    targetUrl: withoutPassword(config.targetUrl),
  };
}

/** JSON of settings: maps as objects, and numbers that JSON cannot hold as digits. */
export function formatJson(value: object): string {
  const plain = (_name: string, each: unknown): unknown => {
    if (typeof each === 'bigint') return each.toString();
    return each instanceof Map ? Object.fromEntries(each) : each;
  };
  return `${JSON.stringify(value, plain, 2)}\n`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A system without a name for the account says its number.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
