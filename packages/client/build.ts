/**
 * Makes dist/, the package as npm has it: JavaScript and declarations. Inside the project the sites take the
 * sources, so that a change of them needs no build.
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inProject } from '../../local/paths.ts';
import own from './package.json' with { type: 'json' };

const inPackage = (...parts: string[]) => inProject('packages', 'client', ...parts);
const dist = inPackage('dist');

rmSync(dist, { recursive: true, force: true });
execFileSync(inProject('node_modules', '.bin', 'tsc'), ['-p', inPackage()], { stdio: 'inherit' });

const { scripts: _, private: __, ...published } = own;
const source = own.exports['.'].replace('./', './packages/client/');
writeFileSync(
  join(dist, 'package.json'),
  JSON.stringify(
    {
      ...published,
      exports: {
        '.': {
          types: source.replace(/\.ts$/, '.d.ts'),
          default: source.replace(/\.ts$/, '.js'),
        },
      },
      files: ['packages', 'types'],
      peerDependencies: Object.fromEntries(
        Object.entries(own.peerDependencies).map(([name, version]) => [name, `^${version}`]),
      ),
    },
    null,
    2,
  ) + '\n',
);
copyFileSync(inPackage('README.md'), join(dist, 'README.md'));
copyFileSync(inProject('LICENSE'), join(dist, 'LICENSE'));
