import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { WatchHolder } from '../../core/watch.js';
import { codeOf, listSittings, removeRun } from '../journal/journal-folder.js';

const HOLDER = 'holder.json';
const COUNTER = 'counter';
const RELEASED = 'released';
/** Written over the number before it, so that the file does not grow. */
const COUNTER_DIGITS = 16;

/** Where the journals of a watch lie: one for each process that held it, by the number of its term. */
export interface WatchPlace {
  readonly folder: string;
  /** The same for everybody who watches the same. */
  readonly watch: string;
}

/** What another process can see of the one that holds a watch. */
export interface SeenHolder {
  readonly term: number;
  /** Null where it has not said yet who it is. */
  readonly who: WatchHolder | null;
  /** Changes as long as it is alive. */
  readonly counter: string;
  /** Whether it has ended and left the watch to others. */
  readonly isReleased: boolean;
}

/** The name of the journal of a term. */
export function termName({ watch }: Pick<WatchPlace, 'watch'>, term: number): string {
  return `${watch}-${String(term).padStart(4, '0')}`;
}

/** The terms that a watch has journals of, ascending. */
export function listTerms({ folder, watch }: WatchPlace): number[] {
  return namesIn(folder)
    .filter((name) => name.startsWith(`${watch}-`))
    .flatMap((name) => /^\d{4,15}$/.exec(name.slice(watch.length + 1))?.[0] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

/** Who holds a watch; null where nobody ever did. */
export function seeHolder(place: WatchPlace): SeenHolder | null {
  const term = listTerms(place).at(-1);
  if (term === undefined) return null;
  const folder = join(place.folder, termName(place, term));
  const counter = readText(join(folder, COUNTER));
  const who = readText(join(folder, HOLDER));
  return { term, who: parseHolder(who), counter, isReleased: counter.startsWith(RELEASED) };
}

function parseHolder(text: string): WatchHolder | null {
  try {
    return JSON.parse(text) as WatchHolder;
  } catch {
    // Somebody is writing it just now.
    return null;
  }
}

/** What a term has of its files. */
interface OwnFiles {
  /** What the file of the holder says, and that of no other process. */
  readonly claim: string;
  /** Of the open counter. */
  readonly handle: number;
}

/**
 * The time in which one process holds a watch. Its journal has a name of its own, so that nothing that it writes after another
 * one took over is ever read: only the journal of the highest term is.
 */
export class WatchTerm {
  readonly place: WatchPlace;
  readonly holder: WatchHolder;
  readonly #claim: string;
  readonly #handle: number;
  #count = 0;
  #isOver = false;

  private constructor(place: WatchPlace, holder: WatchHolder, { claim, handle }: OwnFiles) {
    this.place = place;
    this.holder = holder;
    this.#claim = claim;
    this.#handle = handle;
  }

  /** Takes the term after another one; null where somebody else was faster. The folder is made by one process only. */
  static take(place: WatchPlace, after: number, now: Date): WatchTerm | null {
    const term = after + 1;
    const folder = join(place.folder, termName(place, term));
    try {
      mkdirSync(folder, { mode: 0o700 });
    } catch (error) {
      if (codeOf(error) === 'EEXIST') return null;
      throw error;
    }
    const holder = { host: hostname(), pid: process.pid, term, since: now.toISOString() };
    const claim = JSON.stringify({ ...holder, claim: randomBytes(12).toString('hex') });
    writeFileSync(join(folder, HOLDER), claim, { mode: 0o600 });
    const handle = openSync(join(folder, COUNTER), 'wx', 0o600);
    const held = new WatchTerm(place, holder, { claim, handle });
    held.beat();
    return held;
  }

  /** The name of its journal. */
  get name(): string {
    return termName(this.place, this.holder.term);
  }

  /** The folder of its journal, which holds what else is known of the watch. */
  get folder(): string {
    return join(this.place.folder, this.name);
  }

  /** Whether nobody took over. Where its folder was deleted it is over too, and where another process has made one of that name since. */
  get isHeld(): boolean {
    if (this.#isOver || listTerms(this.place).at(-1) !== this.holder.term) return false;
    return readText(join(this.folder, HOLDER)) === this.#claim;
  }

  /** Says that the process is alive. */
  beat(): void {
    this.#count++;
    this.#write(String(this.#count));
  }

  /** Leaves the watch to whoever wants it, at once. */
  release(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#write(RELEASED);
    closeSync(this.#handle);
  }

  /** Deletes what is kept of it, where no pass left anything. */
  removeIfEmpty(): void {
    if (listSittings(this.place.folder, this.name).length === 0) removeRun(this.place.folder, this.name);
  }

  /** Deletes the journals of terms before it, of which nothing counts any more. */
  removeEarlier(): void {
    for (const term of listTerms(this.place))
      if (term < this.holder.term) removeRun(this.place.folder, termName(this.place, term));
  }

  #write(text: string): void {
    writeSync(this.#handle, text.padEnd(COUNTER_DIGITS), 0);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  }
}

/** What is not there yet, or no more, says nothing. */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}
