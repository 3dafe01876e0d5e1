import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inProject } from '../../local/paths.ts';

/** A step of CONTRIBUTING.md: a new file, or text that goes into one that is there. */
interface Step {
  walk: string;
  path: string;
  where: 'new' | 'end' | { before: string };
  text: string;
}

/** The steps, in their order. A line names the file, and where in it the text below belongs. */
export const steps: Step[] = [
  ...readFileSync(inProject('CONTRIBUTING.md'), 'utf8').matchAll(
    /^### (.*)$|^`([\w./-]+)`(, at its end|, before `(.*)`)?\n\n```\w+\n([\s\S]*?)```$/gm,
  ),
].reduce<{ walk: string; steps: Step[] }>(
  ({ walk, steps }, [, title, path, where, before, text]) => {
    if (title !== undefined) return { walk: title, steps };
    if (path === undefined || text === undefined) return { walk, steps };
    const place = before === undefined ? where === undefined ? 'new' : 'end' : { before };
    return { walk, steps: [...steps, { walk, path, where: place, text }] };
  },
  { walk: '', steps: [] },
).steps;

/** A copy of what the walk-throughs touch, with the packages beside it; the caller removes it. */
export function scratchCopy(): string {
  const folder = mkdtempSync(join(tmpdir(), 'staybase-walk-'));
  for (const part of ['supabase', 'tests/database']) {
    cpSync(inProject(part), join(folder, part), {
      recursive: true,
      filter: (path) => !path.endsWith('graphql/schema.js'),
    });
  }
  symlinkSync(inProject('node_modules'), join(folder, 'node_modules'));
  return folder;
}

/** Does one step in a copy, as somebody would who reads it. */
export function follow({ path, where, text }: Step, folder: string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  if (where === 'new') {
    writeFileSync(file, text, { flag: 'wx' });
    return;
  }
  const former = readFileSync(file, 'utf8');
  if (where === 'end') {
    writeFileSync(file, `${former}\n${text}`);
    return;
  }
  const lines = former.split('\n');
  const at = lines.findIndex((line) => line === where.before);
  if (at < 0) throw new Error(`${path} has no line "${where.before}".`);
  writeFileSync(
    file,
    [...lines.slice(0, at), ...text.split('\n').slice(0, -1), '', ...lines.slice(at)].join('\n'),
  );
}
