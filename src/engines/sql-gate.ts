import type { Verb } from '../core/gate/application-facts.js';
import type { Fact } from '../core/gate/fact.js';
import type { FixAction, FixStatement } from '../core/gate/fix.js';
import type { GateFacts, GateRequest } from '../core/gate/gate-facts.js';
import type { SessionFacts, SessionsRequest } from '../core/gate/session-facts.js';
import type { SideGrants } from '../core/gate/side-grants.js';
import type { MarksRequest, WriteMark } from '../core/gate/write-marks.js';
import type { Table } from '../core/schema.js';
import type { ProbeWords } from './gate-probes.js';
import type { SqlSession } from './sql-session.js';

/** Reads one of the facts of the gate. What the account may not see is a part of the answer. */
export type FactReader<Answer> = (session: SqlSession, request: GateRequest) => Promise<Answer>;

/** How statements of an engine mend one kind of thing; null where it has no such thing. */
export type FixWriter<Action> = (action: Action) => FixStatement | null;

/** How an engine of SQL servers answers the gate. */
export interface SqlGate {
  describeGrants(session: SqlSession, schema: string): Promise<Pick<SideGrants, 'grants' | 'managed'>>;
  readonly stopLine: string | null;
  readVerbs(
    session: SqlSession,
    tables: readonly Table[],
  ): Promise<Fact<ReadonlyMap<string, ReadonlySet<Verb>>>>;
  /** A reader a fact. */
  readonly readers: { readonly [Name in keyof GateFacts]: FactReader<GateFacts[Name]> };
  readSessions(session: SqlSession, request: SessionsRequest): Promise<Fact<readonly SessionFacts[]>>;
  /** How rows are asked whether they keep a rule. */
  readonly probes: ProbeWords;
  /** What shows whether rows of the tables were written, by their names. */
  readWriteMarks(session: SqlSession, request: MarksRequest): Promise<ReadonlyMap<string, WriteMark>>;
  /** A writer a kind of action. */
  readonly fixes: {
    readonly [Kind in FixAction['kind']]: FixWriter<Extract<FixAction, { readonly kind: Kind }>>;
  };
}
