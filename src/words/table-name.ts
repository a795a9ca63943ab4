import type { TableResult } from '../core/result.js';
import { visibleName } from './visible-text.js';

/** The one name by which a table pair is called in running text: the target's, as in the differences file. */
export function formatTableName({ source, target }: Pick<TableResult, 'source' | 'target'>): string {
  return visibleName(target ?? source ?? '(unnamed)');
}
