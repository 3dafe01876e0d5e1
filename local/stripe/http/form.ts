/** What a form carries: strings, nested by brackets. Lists are objects with the keys 0, 1, 2, ... */
export interface FormObject {
  [key: string]: string | FormObject;
}

/**
 * Decodes `a[b][0]=c` as Stripe does: brackets nest, and an empty pair of brackets appends.
 * Keys such as `__proto__` are plain keys.
 */
export function decodeForm(text: string): FormObject {
  const result: FormObject = Object.create(null);
  for (const [name, value] of new URLSearchParams(text)) {
    const head = name.split('[', 1)[0] ?? '';
    const path = [
      head,
      ...[...name.slice(head.length).matchAll(/\[([^\]]*)\]/g)].map((m) => m[1]!),
    ];
    let at = result;
    for (const [depth, raw] of path.entries()) {
      const key = raw === '' && depth > 0 ? String(Object.keys(at).length) : raw;
      if (depth === path.length - 1) {
        at[key] = value;
        break;
      }
      const next = at[key];
      if (typeof next === 'object') at = next;
      else at = at[key] = Object.create(null) as FormObject;
    }
  }
  return result;
}
