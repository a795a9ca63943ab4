import { ByteSink } from '../core/encoding/byte-sink.js';
import type { Side } from '../core/pairing.js';
import { eachRow, type RowSpan } from '../engines/row-span.js';
import type { Session, SpanListener } from '../engines/session.js';
import { wrapSession } from '../engines/wrap-session.js';
import { type Alteration, alterRow } from './alter-row.js';
import type { Sessions } from './session-cache.js';
import type { TableSide } from './table-side.js';

/** A row of the target, by its key bytes, and what is altered of it. */
export interface AlteredRow {
  readonly prepared: TableSide;
  readonly key: Buffer;
  readonly alteration: Alteration;
}

/** Sessions of which the target's hands over one row altered, whenever it is read. */
export function alterTarget(sessions: Sessions, altered: AlteredRow): Sessions {
  return withTarget(sessions, (session) => ({
    readRows: (selection, onSpan) => session.readRows(selection, alterSpans(altered, onSpan)),
  }));
}

function alterSpans(
  { prepared: { reader }, key, alteration }: AlteredRow,
  onSpan: SpanListener,
): SpanListener {
  const sink = new ByteSink();
  return (buffer, start, end, rows) => {
    const copy = Buffer.from(buffer.subarray(start, end));
    eachRow(reader.codec, { buffer: copy, start: 0, end: copy.length, rows }, (row) => {
      sink.reset();
      const next = reader.readKey(row, sink);
      if (sink.toBuffer().equals(key)) alterRow(reader.codec, row, alteration);
      return next;
    });
    return onSpan(copy, 0, copy.length, rows);
  };
}

/** Sessions of which the target's answers every checksum as if one row of it had another hash. */
export function alterChecksum(sessions: Sessions): Sessions {
  return withTarget(sessions, (session) => ({
    ask: async (kind, about) => {
      const answer = await session.ask(kind, about);
      if (kind !== 'checksum' || answer === null) return answer;
      const checksum = answer as { readonly rows: number; readonly sum: bigint };
      return { ...checksum, sum: BigInt.asUintN(64, checksum.sum + 1n) } as typeof answer;
    },
  }));
}

/** Sessions of which both are the target's, and hand over rows that were read before, whatever they are asked for. */
export function playBack(sessions: Sessions, spans: Readonly<Record<Side, readonly RowSpan[]>>): Sessions {
  const open = async (side: Side): Promise<Session> =>
    alterSession(await sessions.session('target'), () => ({
      readRows: async (_selection, onSpan) => {
        for (const { buffer, start, end, rows } of spans[side]) onSpan(buffer, start, end, rows);
      },
    }));
  return {
    ...bound(sessions),
    engine: () => sessions.engine('target'),
    session: open,
    openStream: async (side) => ({ session: await open(side), close: async () => undefined }),
  };
}

type Change = (session: Session) => Partial<Pick<Session, 'readRows' | 'ask'>>;

function withTarget(sessions: Sessions, change: Change): Sessions {
  return {
    ...bound(sessions),
    session: async (side) => {
      const session = await sessions.session(side);
      return side === 'source' ? session : alterSession(session, change);
    },
  };
}

/** Methods and fields of what may be a class, whose methods a copy of it would not have. */
function bound(sessions: Sessions): Sessions {
  return {
    load: sessions.load,
    log: sessions.log,
    passwords: sessions.passwords,
    engine: (side) => sessions.engine(side),
    startDeadline: (side) => sessions.startDeadline(side),
    session: (side) => sessions.session(side),
    openStream: (side) => sessions.openStream(side),
    drop: (side) => sessions.drop(side),
  };
}

function alterSession(session: Session, change: Change): Session {
  return wrapSession(() => session, {
    ask: (kind, about) => session.ask(kind, about),
    readRows: (selection, onSpan) => session.readRows(selection, onSpan),
    ...change(session),
  });
}
