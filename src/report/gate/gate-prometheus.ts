import type { CheckOutcome, GateResult } from '../../core/gate/gate-result.js';
import { formatMetrics } from '../prometheus/metric-lines.js';

const OUTCOMES: readonly CheckOutcome[] = ['passed', 'warning', 'failed', 'not-checked', 'not-applicable'];

/** The answer as metrics of Prometheus. */
export function formatGatePrometheus(result: GateResult): string {
  const { source, target, phase, verdict, checks, asOf } = result;
  const count = (outcome: CheckOutcome): number => checks.filter((check) => check.outcome === outcome).length;
  return formatMetrics(
    [
      {
        name: 'rowproof_gate_verdict',
        help: '1 for the answer of the gate.',
        samples: [{ labels: { verdict }, value: 1 }],
      },
      {
        name: 'rowproof_gate_checks',
        help: 'How many checks had each outcome.',
        samples: OUTCOMES.map((outcome) => ({ labels: { outcome }, value: count(outcome) })),
      },
      {
        name: 'rowproof_gate_check_closed',
        help: '1 for each check that speaks against the switch.',
        samples: checks
          .filter(
            ({ outcome, weight }) =>
              outcome === 'failed' || (outcome === 'not-checked' && weight === 'essential'),
          )
          .map(({ id, outcome }) => ({ labels: { check: id, outcome }, value: 1 })),
      },
      {
        name: 'rowproof_gate_timestamp_seconds',
        help: 'When the facts were read last.',
        samples: [{ value: Math.floor(Date.parse(asOf) / 1000) }],
      },
    ],
    { source: source.url, target: target.url, phase },
  );
}
