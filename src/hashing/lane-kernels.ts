import type { KernelModule } from './kernel-module.js';
import { PairKernel } from './pair-kernel.js';
import { RowKernel } from './row-kernel.js';

/** The kernels of a lane: one of each side, because each gathers rows while the other does, and one that compares both. */
export class LaneKernels {
  readonly source: RowKernel;
  readonly target: RowKernel;
  readonly #module: KernelModule;
  #pair: PairKernel | null = null;

  constructor(seed: bigint, module: KernelModule) {
    this.source = new RowKernel(seed, module);
    this.target = new RowKernel(seed, module);
    this.#module = module;
  }

  /** Compares rows of both sides. Most lanes find none that differ, and need none. */
  pair(): PairKernel {
    this.#pair ??= new PairKernel(this.#module);
    return this.#pair;
  }
}
