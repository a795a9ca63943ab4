import { statSync } from 'node:fs';
import type { AcceptedFinding } from '../core/gate/accepted-finding.js';
import { DEFAULT_WAIVERS_PATH } from '../waivers/waiver.js';
import type { CliIo } from './cli-io.js';
import { readWaiversFile } from './waivers-place.js';

/** The findings that the waivers file accepts and that have not expired; what has is said on stderr. */
export function readGateWaivers(named: string | null, io: Pick<CliIo, 'stderr'>): readonly AcceptedFinding[] {
  const isThere = statSync(DEFAULT_WAIVERS_PATH, { throwIfNoEntry: false })?.isFile() === true;
  const path = named ?? (isThere ? DEFAULT_WAIVERS_PATH : null);
  if (path === null) return [];
  const today = new Date().toISOString().slice(0, 10);
  const { checks } = readWaiversFile(path, today);
  const active = checks.filter(({ expires }) => expires >= today);
  const expired = checks.length - active.length;
  const told = `${active.length} accepted ${active.length === 1 ? 'finding' : 'findings'}`;
  io.stderr.write(`Waivers: ${told} of ${path}${expired === 0 ? '' : `, ${expired} expired`}.\n`);
  return active;
}
