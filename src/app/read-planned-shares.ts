import { readFileSync } from 'node:fs';
import { whyNotRead } from '../config/file-reason.js';
import { VERSION } from '../config/version.js';
import { RowproofError } from '../core/errors.js';
import { parseExact } from '../core/exact-json.js';
import type { PlannedShares } from '../core/share.js';
import { digestShares } from './plan-parts.js';

const HOW = 'Make it with rowproof plan --parts N --output PATH.';

/** Reads a plan that `rowproof plan --parts` wrote. Throws a `usage` error for any other file. */
export function readPlannedShares(path: string): PlannedShares {
  const shares = findShares(parsePlan(path));
  if (shares === null) throw usage(`The plan ${path} is not divided into parts.`, HOW);
  if (digestShares(shares) !== shares.id) throw usage(`The plan ${path} was altered since it was made.`, HOW);
  if (shares.facts.rowproof === VERSION) return shares;
  throw usage(`The plan ${path} was made by Rowproof ${shares.facts.rowproof}, and this is ${VERSION}.`, HOW);
}

function parsePlan(path: string): unknown {
  try {
    return parseExact(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is no JSON' : whyNotRead(error);
    throw usage(`Cannot read the plan ${path}: ${reason}.`, HOW);
  }
}

function findShares(plan: unknown): PlannedShares | null {
  if (typeof plan !== 'object' || plan === null || !('shares' in plan)) return null;
  const { shares } = plan;
  // Whatever it holds else, its digest is right only where it was made whole.
  return typeof shares === 'object' && shares !== null ? (shares as PlannedShares) : null;
}

function usage(message: string, hint: string): RowproofError {
  return new RowproofError({ code: 'usage', message, hint });
}
