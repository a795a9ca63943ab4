import type { Duplex } from 'node:stream';
import { stoppedReads } from '../gathered-reads.js';
import { setLending } from '../lending-socket.js';
import type { SpanListener } from '../session.js';
import { DataFrames, unconfirmedEnd } from './data-frames.js';

type DataListener = (chunk: Buffer) => void;

/** The part of pg's connection that taking over its socket depends on; the version is pinned for it. */
interface PgConnection {
  readonly stream: Duplex;
  parse(statement: { readonly text: string; readonly name: string; readonly types: readonly never[] }): void;
  describe(what: { readonly type: 'S'; readonly name: string }): void;
  bind(portal: {
    readonly portal: string;
    readonly statement: string;
    readonly values: readonly never[];
    readonly binary: boolean;
  }): void;
  execute(portal: { readonly portal: string; readonly rows: number }): void;
  sync(): void;
}

const UNNAMED = { text: '', name: '', types: [] } as const;

/** Sends several messages as one packet. */
function sendAtOnce(connection: PgConnection, send: () => void): void {
  connection.stream.cork();
  send();
  connection.stream.uncork();
}

/** One statement whose rows are wanted. */
export interface RowsRequest {
  readonly text: string;
  readonly onSpan: SpanListener;
}

/**
 * A query object for `client.query` that asks for rows of statements in binary in the extended protocol, in which a text is one
 * statement or an error, and reads its frames off the socket itself: pg would make an object of every row. Every other
 * message is passed on to pg, whose parser then ends the query or reports the error. A COPY sends the same bytes and is no
 * faster, but makes pgpool crash in this protocol.
 *
 * Several statements go as one message, and are answered in their order: what a message costs is more than reading a small
 * table. Where one fails the server passes over the rest, and where a listener wants no more of its rows nothing is known of
 * those after it, so that all of them have failed.
 */
export class RowsQuery {
  readonly #requests: readonly RowsRequest[];
  readonly #frames: DataFrames;
  readonly #settle: (error: unknown) => void;
  readonly #onStop: () => void;
  #restore: () => void = () => undefined;
  #settled = false;

  constructor(options: {
    requests: readonly RowsRequest[];
    onStop: () => void;
    onEnd: (error: unknown) => void;
  }) {
    this.#requests = options.requests;
    this.#frames = new DataFrames((...span) => {
      const request = this.#requests[this.#frames.confirmed];
      if (request === undefined) throw unconfirmedEnd();
      return request.onSpan(...span);
    });
    this.#settle = options.onEnd;
    this.#onStop = options.onStop;
  }

  submit(connection: PgConnection): null {
    const { stream } = connection;
    const listeners = stream.listeners('data') as DataListener[];
    const forward = (bytes: Buffer): void => {
      for (const listener of listeners) listener.call(stream, bytes);
    };
    const onData = (chunk: Buffer): void => this.#receive(chunk, forward);
    for (const listener of listeners) stream.removeListener('data', listener);
    stream.on('data', onData);
    setLending(stream, true);
    this.#restore = () => {
      setLending(stream, false);
      stream.removeListener('data', onData);
      for (const listener of listeners) stream.on('data', listener);
      this.#restore = () => undefined;
    };
    sendAtOnce(connection, () => {
      for (const { text } of this.#requests) {
        connection.parse({ ...UNNAMED, text });
        connection.bind({ portal: '', statement: '', values: [], binary: true });
        connection.execute({ portal: '', rows: 0 });
      }
      connection.sync();
    });
    return null;
  }

  #receive(chunk: Buffer, forward: (bytes: Buffer) => void): void {
    try {
      const wantsMore = this.#frames.push(chunk, forward);
      if (this.#settled) this.#frames.flushPartial(forward);
      if (wantsMore) return;
      this.#end(this.#requests.length === 1 ? null : stoppedReads());
    } catch (error) {
      this.#end(error);
    }
    this.#onStop();
  }

  handleError(error: unknown): void {
    this.#end(error);
  }

  handleReadyForQuery(): void {
    this.#end(this.#frames.confirmed === this.#requests.length ? null : unconfirmedEnd());
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}

  #end(error: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#restore();
    this.#settle(error);
  }
}

/** A query object that has the server parse one statement, and no more. */
export class ParseQuery {
  readonly #text: string;
  readonly #settle: (error: unknown) => void;

  constructor(text: string, onEnd: (error: unknown) => void) {
    this.#text = text;
    this.#settle = onEnd;
  }

  submit(connection: PgConnection): null {
    sendAtOnce(connection, () => {
      connection.parse({ ...UNNAMED, text: this.#text });
      connection.describe({ type: 'S', name: '' });
      connection.sync();
    });
    return null;
  }

  handleError(error: unknown): void {
    this.#settle(error);
  }

  handleReadyForQuery(): void {
    this.#settle(null);
  }

  handleCommandComplete(): void {}
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handleEmptyQuery(): void {}
  handlePortalSuspended(): void {}
}
