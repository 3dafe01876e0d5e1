/** The samples of a text in Prometheus' format, by name with labels. Throws for a line that is neither. */
export function metricsOf(text: string): Map<string, number> {
  const samples = new Map<string, number>();
  for (const line of text.trimEnd().split('\n')) {
    if (/^# (HELP|TYPE) \w+ /.test(line)) continue;
    const [, name, value] =
      /^([a-z_]+(?:\{\w+="(?:[^"\\]|\\.)*"(?:,\w+="(?:[^"\\]|\\.)*")*\})?) (-?[\d.]+(?:e[+-]\d+)?)$/
        .exec(line) ?? [];
    if (name === undefined) throw new Error(`This is no sample: ${line}`);
    if (samples.has(name)) throw new Error(`This comes twice: ${name}`);
    samples.set(name, Number(value));
  }
  return samples;
}
