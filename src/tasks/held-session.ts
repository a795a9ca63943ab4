import type { Side } from '../core/pairing.js';
import type { Session } from '../engines/session.js';
import { wrapSession } from '../engines/wrap-session.js';

/** How long the end of a statement is waited for that was cancelled. */
const LONGEST_CANCEL_MS = 3000;

/** A session that reads as of one instant, and what else a worker needs to keep it. */
interface HeldParts {
  readonly side: Side;
  readonly session: Session;
  /** By which the snapshot can be taken over once more; null where it ends with the session. */
  readonly from: string | null;
  /** Cancels what the session is doing, on the server. */
  readonly cancel: () => Promise<void>;
  /** Whether an error only says that a table was rewritten since the instant. */
  readonly isOutdated: (error: unknown) => boolean;
  /** A session that reads each statement as of its own time; whoever asks for it is told of. */
  readonly openLive: () => Promise<Session>;
}

/**
 * A session whose snapshot would be gone with it: a read that ends early is cancelled instead of cut off. Tables that were rewritten
 * since are read as they are now.
 */
export class HeldSession {
  /** For whoever reads. */
  readonly reader: Session;
  readonly #parts: HeldParts;
  readonly #outdated = new Set<string>();
  #working: Promise<unknown> | null = null;

  constructor(parts: HeldParts) {
    this.#parts = parts;
    const { session } = parts;
    this.reader = wrapSession(() => session, {
      ask: (kind, about) => this.#during(about, (current) => current.ask(kind, about)),
      readRows: (selection, onSpan) =>
        this.#during(selection, (current) =>
          current === session ? this.#readHeld(selection, onSpan) : current.readRows(selection, onSpan),
        ),
    });
  }

  get from(): string | null {
    return this.#parts.from;
  }

  get isBroken(): boolean {
    return this.#parts.session.broken;
  }

  /** Ends what is under way; the session stays where it can. */
  async interrupt(): Promise<void> {
    if (this.#working === null || this.isBroken) return;
    await this.#cancel();
    await within(LONGEST_CANCEL_MS, this.#working);
    if (this.#working !== null) await this.#parts.session.close();
  }

  /** Ends what is under way on the server too: a lock on a table lasts as long as the statement. */
  async close(): Promise<void> {
    if (this.#working !== null && !this.isBroken) await this.#cancel();
    await this.#parts.session.close();
  }

  async #during<Result>(about: unknown, work: (session: Session) => Promise<Result>): Promise<Result> {
    const { session, openLive, isOutdated } = this.#parts;
    const table = nameTable(about);
    if (table !== null && this.#outdated.has(table)) return work(await openLive());
    const working = work(session);
    this.#working = working;
    try {
      return await working;
    } catch (error) {
      if (table !== null && isOutdated(error)) this.#outdated.add(table);
      throw error;
    } finally {
      if (this.#working === working) this.#working = null;
    }
  }

  async #readHeld(...[selection, onSpan]: Parameters<Session['readRows']>): Promise<void> {
    const { session, from } = this.#parts;
    // Where the snapshot can be taken over again, cutting the rest off costs less.
    if (from !== null) return session.readRows(selection, onSpan);
    let cancelling: Promise<void> | null = null;
    try {
      await session.readRows(selection, (buffer, start, end, rows) => {
        if (cancelling === null && !onSpan(buffer, start, end, rows)) cancelling = this.#cancel();
        return true;
      });
    } catch (error) {
      if (cancelling === null || session.broken) throw error;
    } finally {
      // It must not meet the statement after this one.
      await cancelling;
    }
  }

  /** What fails is in the log; then the statement ends by itself. */
  #cancel(): Promise<void> {
    return this.#parts.cancel().catch(() => undefined);
  }
}

/** The table that is asked about; null where it is none. */
function nameTable(about: unknown): string | null {
  if (typeof about !== 'object' || about === null) return null;
  if ('rows' in about) return nameTable(about.rows);
  if (!('table' in about)) return null;
  const { schema, name } = about.table as { readonly schema: string; readonly name: string };
  return JSON.stringify([schema, name]);
}

/** Waits for work, but no longer than this, and not for its success. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  // Whoever began it gets its error.
  await Promise.race([work.catch(() => undefined), over]).finally(() => clearTimeout(timer));
}
