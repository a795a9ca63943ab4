import type { RunConfig } from '../../config/run-config.js';
import { FINDING_EFFECTS, type Finding } from '../../core/finding.js';
import type { PlanFacts } from '../../core/gate/plan-facts.js';
import { planRun } from '../plan-run.js';

/** Plans a verify of everything, for what it would look at and what it could not prove. */
export async function planGate(config: RunConfig): Promise<PlanFacts> {
  const { tables, findings, estimate } = await planRun(config, { onWarning: () => undefined });
  const all = [
    ...findings.map((finding) => ({ subject: finding.about?.table ?? 'schema', finding })),
    ...tables.flatMap(({ source, target, findings: own }) =>
      own.map((finding) => ({ subject: target ?? source ?? '', finding })),
    ),
  ];
  const withEffect = (effect: string): PlanFacts['unverified'] =>
    all
      .filter(({ finding }) => FINDING_EFFECTS[finding.code] === effect)
      .map(({ subject, finding }) => ({ subject, ...sayings(finding) }));
  return {
    tables: tables.length,
    rows: estimate.rows,
    bytes: estimate.bytes.source,
    seconds: estimate.seconds?.most ?? null,
    unverified: withEffect('unverified'),
    different: withEffect('different'),
  };
}

function sayings({ message, hint }: Finding): { readonly message: string; readonly hint: string } {
  return { message, hint };
}
