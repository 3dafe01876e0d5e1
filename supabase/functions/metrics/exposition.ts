import type { MetricSample } from '../_shared/answers.ts';
import { definitions } from './definitions.ts';

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Samples in the text format of Prometheus: all of one metric below its HELP and TYPE. A sample whose
 * metric is not defined is left out: the database may be ahead of this function.
 */
export function exposition(samples: readonly MetricSample[]): string {
  const lines = Object.entries(definitions).flatMap(([name, [type, help]]) => {
    const own = samples.filter(({ metric }) => metric === name);
    if (own.length === 0) return [];
    return [
      `# HELP ${name} ${escaped(help, /[\\\n]/g)}`,
      `# TYPE ${name} ${type}`,
      ...own.map(({ labels, value }) => `${name}${labelled(labels)} ${value}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}

function labelled(labels: Record<string, string>): string {
  const pairs = Object.entries(labels).map(([label, text]) =>
    `${label}="${escaped(text, /[\\\n"]/g)}"`
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

const escaped = (text: string, special: RegExp) =>
  text.replace(special, (found) => found === '\n' ? '\\n' : `\\${found}`);
