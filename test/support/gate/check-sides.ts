import { readGate } from '../../../src/app/gate/read-gate.js';
import { pairSides, withOpenSides } from '../../../src/app/open-run.js';
import { CHECKS } from '../../../src/checks/list.js';
import { resolveFlags } from '../../../src/config/resolve-flags.js';
import type { CheckFinding, GateContext, Phase } from '../../../src/core/gate/check.js';
import type { RowsFacts } from '../../../src/core/gate/rows-facts.js';

/** Two servers, and how the gate is asked about them. */
export interface GateAsk {
  readonly source: string;
  readonly target: string;
  readonly phase?: Phase;
  readonly isDeep?: boolean;
  readonly rows?: RowsFacts | null;
  readonly flags?: Readonly<Record<string, unknown>>;
}

/** Reads both servers as the gate does, once. */
export function readSides(ask: GateAsk): Promise<GateContext> {
  const { source, target, phase = 'cutover', isDeep = false, rows = null, flags = {} } = ask;
  const config = resolveFlags({ ...flags, source, target });
  return withOpenSides(config, async (sides) => {
    const { tables } = await pairSides(config, sides);
    return readGate({ config, sides, tables, phase, isDeep, rows });
  });
}

/** What one check says of two servers. */
export async function checkSides(id: string, ask: GateAsk): Promise<readonly CheckFinding[]> {
  const check = CHECKS.find((each) => each.id === id);
  if (check === undefined) throw new Error(`There is no check ${id}.`);
  return check.find(await readSides(ask));
}

/** The findings in short, for expectations: "failed public.orders.id: next 4, largest 9". */
export function brief(findings: readonly CheckFinding[]): string[] {
  return findings.map(({ level, subject, evidence }) => `${level} ${subject}: ${evidence}`);
}
