import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  mkdirSync,
  openSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { codeOf, listSittings, sittingPath, syncFolder } from './journal-folder.js';

/** The file of one sitting, to which this process alone writes, only behind what is there. */
export class SittingFile {
  readonly sitting: number;
  readonly path: string;
  readonly #handle: number;
  #isClosed = false;

  private constructor(sitting: number, path: string, handle: number) {
    this.sitting = sitting;
    this.path = path;
    this.#handle = handle;
  }

  /**
   * Makes the file of a run's next sitting, behind sitting `earlier` also where that is gone by now; of two processes that try,
   * each gets a number of its own.
   */
  static create(folder: string, run: string, earlier: number): SittingFile {
    mkdirSync(join(folder, run), { recursive: true, mode: 0o700 });
    for (let sitting = Math.max(earlier, ...listSittings(folder, run)) + 1; ; sitting++) {
      const path = sittingPath(folder, run, sitting);
      try {
        const file = new SittingFile(sitting, path, openSync(path, 'wx', 0o600));
        syncFolder(dirname(path));
        syncFolder(folder);
        return file;
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
    }
  }

  /** Throws where the file is there no more: what is written to it then is lost with the process. */
  assertThere(): void {
    const [own, found] = [fstatSync(this.#handle), statSync(this.path)];
    if (own.ino !== found.ino) throw new Error('another file is in its place');
  }

  /** Writes text behind what is there; on the disk it is only after `sync`. */
  write(text: string): void {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(this.#handle, bytes, at);
      if (written === 0) throw new Error('the disk takes no more');
      at += written;
    }
  }

  /** Has everything that was written reach the disk. */
  sync(): void {
    fdatasyncSync(this.#handle);
  }

  /** Says that the process which writes it is at work, although it has nothing to write. */
  touch(): void {
    const now = new Date();
    utimesSync(this.path, now, now);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    closeSync(this.#handle);
  }
}
