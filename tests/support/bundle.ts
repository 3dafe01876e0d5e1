import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type BuildOptions } from 'vite';
import { inject } from 'vitest';
import { inProject } from '../../local/paths.ts';

/** The script that Vite makes of a page's code, which may take what it needs from the client. */
export async function bundle(
  code: string,
  { rolldownOptions, ...options }: BuildOptions = {},
): Promise<string> {
  const root = inject('run').directory;
  const input = join(root, `page-${crypto.randomUUID()}.ts`);
  writeFileSync(input, code);
  const built = await build({
    configFile: false,
    root,
    logLevel: 'error',
    resolve: { alias: { '@staybase/client': inProject('packages/client/src/index.ts') } },
    build: { ...options, write: false, rolldownOptions: { ...rolldownOptions, input } },
  });
  const [first] = [built].flat();
  if (first === undefined || !('output' in first)) throw new Error('Vite watches.');
  return first.output.map((chunk) => 'code' in chunk ? chunk.code : '').join('');
}
