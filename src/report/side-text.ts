import type { SideResult } from '../core/result.js';
import { visibleName } from '../words/visible-text.js';

/** Says of a side what it is and where: `source: MySQL 8.4.3 at mysql://db-old:3306/shop`. */
export function formatSide(side: 'source' | 'target', { engine, product, version, url }: SideResult): string {
  return `${side}: ${visibleName(product ?? engine)} ${visibleName(version)} at ${visibleName(url)}`;
}
