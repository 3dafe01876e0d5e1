// The `when` of a trigger, as its definition in the catalog says it.

/** `when (a and b)` as a and b. */
export function partsOfCondition(definition: string): string[] {
  const [, condition] = / WHEN \((.*)\) EXECUTE FUNCTION /s.exec(definition) ?? [];
  if (condition === undefined) return [];
  return topLevel(inner(condition)).map(inner);
}

/** As the migrations would write it: without casts, keywords in lower case. */
export const plain = (condition: string) =>
  condition
    .replaceAll(/::(?:"?\w+"?\.)?\w+(?:\[\])?/g, '')
    .replaceAll(/'[^']*'|\b[A-Z]+\b/g, (word) => word.startsWith(`'`) ? word : word.toLowerCase());

/** Without the parentheses around all of it. */
function inner(text: string): string {
  if (!text.startsWith('(')) return text;
  let depth = 0;
  for (const [at, sign] of [...text].entries()) {
    depth += sign === '(' ? 1 : sign === ')' ? -1 : 0;
    if (depth === 0) return at === text.length - 1 ? inner(text.slice(1, -1)) : text;
  }
  return text;
}

function topLevel(condition: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const word of condition.split(/( AND |\(|\))/)) {
    depth += word === '(' ? 1 : word === ')' ? -1 : 0;
    if (depth === 0 && word === ' AND ') {
      parts.push(part);
      part = '';
    } else part += word;
  }
  return [...parts, part];
}
