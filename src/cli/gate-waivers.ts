import { statSync } from 'node:fs';
import { readText } from '../config/raw-flags.js';
import type { AcceptedFinding } from '../core/gate/accepted-finding.js';
import { DEFAULT_WAIVERS_PATH } from '../waivers/waiver.js';
import type { WaiverBook } from '../waivers/waiver-book.js';
import type { GuardedIo } from './cli-io.js';
import type { GateSettings } from './gate-settings.js';
import { openPast } from './past.js';
import { readWaiversFile } from './waivers-place.js';

/** What a waivers file accepts for a gate. */
export interface GateWaivers {
  /** Differences of rows. */
  readonly rows: WaiverBook;
  /** Findings of checks that have not expired. */
  readonly findings: readonly AcceptedFinding[];
}

/** Reads what is accepted: rows as `verify` does, and findings, of which those that have expired are counted on stderr. */
export async function readGateWaivers(
  { flags, plan, config, looksForWaivers }: GateSettings,
  io: GuardedIo,
): Promise<GateWaivers> {
  const asked = { waivers: flags.waivers, 'key-file': flags['key-file'] };
  const { showValues } = config;
  const { waivers: rows } = await openPast({ flags: asked, io, outputs: plan, showValues, looksForWaivers });
  const isThere = statSync(DEFAULT_WAIVERS_PATH, { throwIfNoEntry: false })?.isFile() === true;
  const path = readText(flags, 'waivers') ?? (looksForWaivers && isThere ? DEFAULT_WAIVERS_PATH : null);
  if (path === null) return { rows, findings: [] };
  const today = new Date().toISOString().slice(0, 10);
  const { checks } = readWaiversFile(path, today);
  const findings = checks.filter(({ expires }) => expires >= today);
  const expired = checks.length - findings.length;
  if (checks.length > 0) {
    const told = `${findings.length} accepted ${findings.length === 1 ? 'finding' : 'findings'}`;
    io.stderr.write(`Waivers: ${told} of ${path}${expired === 0 ? '' : `, ${expired} expired`}.\n`);
  }
  return { rows, findings };
}
