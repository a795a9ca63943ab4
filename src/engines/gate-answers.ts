import type { Fact } from '../core/gate/fact.js';
import { hidden } from '../core/gate/fact.js';
import type { FixAction, FixStatement } from '../core/gate/fix.js';
import type { GateFacts, GateRequest } from '../core/gate/gate-facts.js';
import type { ProbeAnswer, ProbeRequest } from '../core/gate/probe.js';
import type { Engine } from './engine.js';
import { readProbe } from './gate-probes.js';
import type { SqlGate } from './sql-gate.js';
import type { SqlSession } from './sql-session.js';

type Parts = Pick<Engine, 'classifyError'> & { readonly gate: SqlGate };

/** Reads one fact after the other. One that a server refuses to tell keeps none of the others from being read. */
export async function readGateFacts(
  session: SqlSession,
  parts: Parts,
  request: GateRequest,
): Promise<GateFacts> {
  const facts: Record<string, Fact<unknown>> = {};
  for (const [name, read] of Object.entries(parts.gate.readers)) {
    const ask = read as (session: SqlSession, request: GateRequest) => Promise<Fact<unknown>>;
    facts[name] = await readGateFact(session, parts, () => ask(session, request));
  }
  // A reader stands for each name, which the type of the readers makes sure of.
  return facts as { readonly [Name in keyof GateFacts]: never };
}

/** Reads one fact. What the server refuses is said in its words, without the end of a sentence. */
export async function readGateFact<Value>(
  session: SqlSession,
  { classifyError }: Pick<Parts, 'classifyError'>,
  read: () => Promise<Fact<Value>>,
): Promise<Fact<Value>> {
  try {
    return await read();
  } catch (error) {
    if (session.broken) throw error;
    const { message } = classifyError(error);
    return hidden(`the server does not tell: ${message.replace(/\.$/, '')}`);
  }
}

/** Reads rows for one probe after the other. */
export async function readProbes(
  session: SqlSession,
  parts: Parts,
  { probes, ...request }: ProbeRequest,
): Promise<readonly Fact<ProbeAnswer>[]> {
  const answers: Fact<ProbeAnswer>[] = [];
  for (const probe of probes)
    answers.push(
      await readGateFact(session, parts, () => readProbe(session, parts.gate.probes, { ...request, probe })),
    );
  return answers;
}

/** Writes what mends something with the writer of its kind. */
export function writeFix({ fixes }: SqlGate, action: FixAction): FixStatement | null {
  const write = fixes[action.kind] as (action: FixAction) => FixStatement | null;
  return write(action);
}
