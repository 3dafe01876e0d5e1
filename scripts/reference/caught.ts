/**
 * A body without the refusals that its own block catches and drops, as in
 * `begin ... perform private.refuse('nights_taken'); exception when sqlstate 'PT409' then null; end`. Nobody is told
 * of these. A handler that does anything else may refuse again, so its block is kept.
 */
export function withoutCaught(body: string, statusOf: Map<string, number>): string {
  // Texts are blanked, in the same length, so that no word in them opens a block.
  const plain = body.replaceAll(/'(?:[^']|'')*'/g, (text) => `'${' '.repeat(text.length - 2)}'`);
  const opened: { word: string; at: number }[] = [];
  let kept = body;
  for (
    const { 0: word, index } of plain.matchAll(
      /\b(?:begin|case|end(?! (?:if|loop)\b)|exception when)\b/gi,
    )
  ) {
    if (/^(?:begin|case)$/i.test(word)) opened.push({ word: word.toLowerCase(), at: index });
    else if (/^end$/i.test(word)) opened.pop();
    else {
      const [, status] =
        /^exception when sqlstate 'PT(\d{3})' then\s+null;\s*end\b/i.exec(body.slice(index)) ?? [];
      const block = opened.findLast((one) => one.word === 'begin');
      if (status === undefined || block === undefined) continue;
      const refusals = /\bprivate\.refuse\s*\(\s*'([a-z_]+)'/g;
      // Of the same length again: what comes later is found where it was.
      const inside = kept.slice(block.at, index).replaceAll(
        refusals,
        (call, code: string) =>
          statusOf.get(code) === Number(status) ? ' '.repeat(call.length) : call,
      );
      kept = kept.slice(0, block.at) + inside + kept.slice(index);
    }
  }
  return kept;
}
