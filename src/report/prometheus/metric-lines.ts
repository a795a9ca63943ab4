import { spellUnits } from '../../words/visible-text.js';

export type Labels = Readonly<Record<string, string>>;

/** A gauge with its samples. Names and help are ours; values of labels may be anybody's. */
export interface Metric {
  readonly name: string;
  readonly help: string;
  readonly samples: readonly { readonly labels?: Labels; readonly value: number }[];
}

/** Renders gauges in the text format 0.0.4, all samples of a name together, each with the labels that all of them share. */
export function formatMetrics(metrics: readonly Metric[], shared: Labels): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) => {
      const lines = samples.map(
        ({ labels, value }) => `${formatSeries(name, { ...shared, ...labels })} ${value}\n`,
      );
      return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
    })
    .join('');
}

/** A name with its labels, as it stands before the value. */
export function formatSeries(name: string, labels: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}="${escapeValue(value)}"`);
  return `${name}{${pairs.join(',')}}`;
}

/**
 * A value as the format escapes it and no further, so that whoever reads the metrics has the real name, as readers of JSON
 * have it: the format takes every character of UTF-8, and knows no escape for one that nobody sees. A lone surrogate is none.
 */
function escapeValue(value: string): string {
  return value
    .replace(/\p{Cs}/gu, '\ufffd')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"')
    .replaceAll('\n', '\\n');
}

const OBEYED = /(?!\n)[\p{C}\p{Zl}\p{Zp}]|(?<=#)#(?=[\w.-]*\[)/gu;

/**
 * Metrics for a terminal or a build log, which obey what stands in names: that is spelled as text of the label (`\\u001b`). They
 * stay metrics.
 */
export function guardMetrics(metrics: string): string {
  return metrics.replace(OBEYED, (found) => spellUnits(found).replaceAll('\\', '\\\\'));
}
