import type { Check, CheckFinding, GateContext } from '../../core/gate/check.js';
import {
  type LeftoverPattern,
  THING_KINDS,
  type ThingFacts,
  type ThingKind,
} from '../../core/gate/leftover-facts.js';
import { SIDES, type Side } from '../../core/pairing.js';
import { finding, unknownFinding } from '../findings.js';
import { fitsPattern } from './parse-patterns.js';
import { KNOWN_LEFTOVERS } from './patterns.js';

/** What a migration needs while it runs: leftovers only when it is over. */
const OF_THE_RUNNING: ReadonlySet<ThingKind> = new Set(['slot', 'publication', 'subscription', 'account']);
/** What does something whenever the application does. */
const ACTING: ReadonlySet<ThingKind> = new Set(['trigger', 'event-trigger']);

/** Whether tools left something that acts, or that somebody should clear away. */
export const leftovers: Check = {
  id: 'leftovers',
  group: 'leftovers',
  claim: 'nothing that a tool left acts on the target',
  weight: 'advice',
  phases: ['preflight', 'cutover', 'after'],
  find: (context) => SIDES.flatMap((side) => findOn(side, context)),
};

interface Leftover {
  readonly side: Side;
  readonly thing: ThingFacts;
  readonly tool: string;
}

function findOn(side: Side, context: GateContext): readonly CheckFinding[] {
  // The old source goes with all that is on it.
  if (side === 'source' && context.phase === 'after') return [];
  const { things } = context.facts[side];
  if (!things.known) return [unknownFinding(side, things, 'the names of things') ?? []].flat();
  const patterns = [...KNOWN_LEFTOVERS, ...(context.leftovers ?? [])];
  const tables = new Set(things.value.filter(({ kind }) => kind === 'table').map(({ name }) => name));
  const inOrder = [...things.value].sort(compareThings);
  return inOrder.flatMap((thing) => {
    const found = patterns.find((pattern) => isLeftBy(thing, pattern, tables));
    return found === undefined ? [] : (judge({ side, thing, tool: found.tool }, context) ?? []);
  });
}

function compareThings(one: ThingFacts, other: ThingFacts): number {
  const byKind = THING_KINDS.indexOf(one.kind) - THING_KINDS.indexOf(other.kind);
  if (byKind !== 0) return byKind;
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

function isLeftBy(
  { kind, name }: ThingFacts,
  pattern: LeftoverPattern,
  tables: ReadonlySet<string>,
): boolean {
  return kind === pattern.kind && fitsPattern(name, pattern.pattern, tables);
}

function judge(leftover: Leftover, context: GateContext): CheckFinding | null {
  const { side, thing } = leftover;
  const isAfter = context.phase === 'after';
  if (OF_THE_RUNNING.has(thing.kind) && !isAfter) return null;
  if (ACTING.has(thing.kind) && thing.isActive) return acting(leftover, context);
  if (side === 'source') return null;
  const holdsLog = thing.kind === 'slot' && !thing.isActive;
  return finding(isAfter && holdsLog ? 'warning' : 'note', {
    subject: subjectOf(thing),
    evidence: describe(leftover),
    ...(isAfter && holdsLog ? { consequence: 'the server keeps its log for it until the disk is full' } : {}),
    fix: fixOf(leftover),
  });
}

function acting(leftover: Leftover, context: GateContext): CheckFinding {
  const { side, thing } = leftover;
  const subject = subjectOf(thing);
  const evidence = `${describe(leftover)}, and is on`;
  if (side === 'source') {
    if (thing.kind === 'event-trigger') return finding('note', { subject, evidence });
    return finding(context.phase === 'preflight' ? 'note' : 'warning', {
      subject,
      evidence,
      consequence: 'a change of the table is under way, or was broken off',
      advice: 'end it, or clear it away, before the switch',
    });
  }
  if (context.phase !== 'after' && isOnSource(thing, context))
    return finding('note', { subject, evidence: `${evidence}; the source has it too`, fix: fixOf(leftover) });
  return finding(context.phase === 'preflight' ? 'warning' : 'failed', {
    subject,
    evidence,
    consequence:
      thing.kind === 'trigger'
        ? 'what the application writes is written elsewhere too, or fails'
        : 'changes of the schema are recorded for a tool that is gone, or fail',
    fix: fixOf(leftover),
  });
}

function isOnSource({ kind, name }: ThingFacts, { facts }: GateContext): boolean {
  const { things } = facts.source;
  return things.known && things.value.some((each) => each.kind === kind && each.name === name);
}

function subjectOf({ kind, name, schema, table }: ThingFacts): string {
  const path = [...(schema === null ? [] : [schema]), ...(table === null ? [] : [table]), name].join('.');
  return kind === 'table' ? path : `${kind} ${path}`;
}

function describe({ side, tool }: Leftover): string {
  return `was left on the ${side} by ${tool}`;
}

function fixOf({ side, thing }: Leftover): CheckFinding['fix'] {
  const { kind, name, schema, table } = thing;
  if (kind === 'account' || kind === 'schema') return null;
  return { side, action: { kind: 'drop', what: kind, schema, table, name } };
}
