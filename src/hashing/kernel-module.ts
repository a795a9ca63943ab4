import { readFileSync } from 'node:fs';

/** What the kernel exports; its source is in the folder `kernel`. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  setSeed(low: number, high: number): void;
  setProgram(
    framing: number,
    columns: number,
    keyColumns: number,
    program: number,
    tables: number,
    fields: number,
  ): void;
  setRegions(row: number, input: number, external: number, keys: number): void;
  setResults(keyEnds: number, hashes: number, wireBytes: number, keyHashes: number): void;
  findExternals(length: number, rows: number, list: number): number;
  indexRows(
    length: number,
    rows: number,
    lastKeyBytes: number,
    hasLast: number,
    keyBase: number,
    asSent: number,
  ): number;
  hashRows(length: number, rows: number, keyBase: number): number;
  setPair(columns: number, means: number, fields: number): void;
  setSource(framing: number, columns: number, tables: number): void;
  setTarget(framing: number, columns: number, tables: number): void;
  compareRows(
    rows: number,
    pairs: number,
    spans: number,
    ends: number,
    list: number,
    one: number,
    other: number,
  ): number;
}

interface WebAssemblyHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: KernelExports };
}

/** The type library of Node has no WebAssembly without that of browsers. */
const host = (globalThis as unknown as { readonly WebAssembly: WebAssemblyHost }).WebAssembly;

/** The kernel's code. Threads that are handed the same one share what V8 makes of it. */
export type KernelModule = object;

const PAGE_BYTES = 1 << 16;

/** All memory of an instance, which is grown to so many bytes at least; what was a view of it before is none any more. */
export function growMemory({ memory }: KernelExports, bytes: Buffer, needed: number): Buffer {
  const missing = needed - bytes.length;
  if (missing <= 0) return bytes;
  memory.grow(Math.ceil(missing / PAGE_BYTES));
  return Buffer.from(memory.buffer);
}

/** Compiles the kernel. */
export function compileKernel(): KernelModule {
  return new host.Module(readFileSync(new URL('../../dist/hashing/kernel.wasm', import.meta.url)));
}

/** A new instance of the kernel, with a memory of its own. */
export function createKernelInstance(module: KernelModule): KernelExports {
  return new host.Instance(module, { env: { abort: () => undefined } }).exports;
}
