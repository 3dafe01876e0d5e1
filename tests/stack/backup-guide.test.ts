import { createClient } from '@supabase/supabase-js';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, test } from 'vitest';
import { demoPassword } from '../../local/demo-people.ts';
import { keys } from '../../local/keys.ts';
import { inProject } from '../../local/paths.ts';
import { findPostgresPrograms } from '../../scripts/backup/programs.ts';
import { freeStackPort, runStack, temporaryDirectory } from '../support/stack-process.ts';

const programs = (() => {
  try {
    return findPostgresPrograms();
  } catch (error) {
    console.warn(`The guide to backups is not run: ${(error as Error).message}`);
    return undefined;
  }
})();

/** The blocks of the guide that are commands, in their order. */
const blocks = [...readFileSync(inProject('docs/backup.md'), 'utf8').matchAll(/```sh\n([^]*?)```/g)]
  .map(([, text = '']) => text);

const blockWith = (words: string) => {
  const found = blocks.filter((block) => block.includes(words));
  expect(found, words).toHaveLength(1);
  return found[0] ?? '';
};

test.skipIf(programs === undefined)(
  'the guide to backups does what it says, from a key to a disk that is gone',
  async () => {
    const directory = temporaryDirectory();
    const port = await freeStackPort();
    const where = { STAYBASE_PORT: String(port), STAYBASE_DATA: directory };
    const bin = join(programs?.dump ?? '', '..');
    const home = join(directory, 'home');
    mkdirSync(home);
    let settings = '';
    let done = 0;

    /** A block in a shell, which knows what the blocks before it have set. */
    async function follow(words: string): Promise<string> {
      const block = blockWith(words);
      done += 1;
      const file = join(directory, 'block.sh');
      writeFileSync(file, `set -eu\n${settings}\n${block.replaceAll('54322', String(port + 1))}`);
      settings += block.split('\n').filter((line) => line.startsWith('export ')).join('\n') + '\n';
      const { DATABASE_URL: _url, ...inherited } = process.env;
      const { stdout } = await promisify(execFile)('/bin/sh', [file], {
        cwd: inProject(),
        env: {
          ...inherited,
          ...where,
          HOME: home,
          PG_BIN: bin,
          PATH: [bin, inProject('node_modules', '.bin'), process.env.PATH].join(delimiter),
        },
      });
      return stdout;
    }

    /** Rows that the accident takes. */
    async function discounts(sql: string): Promise<unknown[]> {
      const client = new pg.Client(`postgresql://postgres:postgres@127.0.0.1:${port + 1}/postgres`);
      await client.connect();
      const { rows } = await client.query(sql);
      await client.end();
      return rows;
    }
    const all = 'select * from public.length_discounts order by 1, 2';

    const stack = runStack(where);
    await stack.up();
    expect(await follow('--new-key')).toContain('BACKUP_RECIPIENTS=age1');
    const backedUp = await follow('BACKUP_RECIPIENTS');
    expect(backedUp).toMatch(/Backed up .* 5 people, 20 files/);
    expect(backedUp).toContain('Sent off-site');

    const drilled = await follow('npm run drill');
    expect(drilled).toMatch(/is what was written: 22 files, .* decrypted and compared/);
    expect(drilled.match(/two strangers sign up.*\(confirmed\)/g)).toHaveLength(2);
    expect(drilled.match(/Auth knows a person of the backup \(user /g)).toHaveLength(2);
    for (const [, tried, refused] of drilled.matchAll(/(\d+) attacks, (\d+) refused/g)) {
      expect(Number(tried)).toBeGreaterThan(50);
      expect(refused).toBe(tried);
    }
    expect(drilled).toMatch(/RTO .* RPO .*\nThe drill holds\.\n$/);

    const before = await discounts(all);
    expect(before.length).toBeGreaterThan(0);
    await discounts('delete from public.length_discounts');
    const ids = (await follow('# oldest first')).match(/^[\dTZ-]+(?= {2})/gm) ?? [];
    expect(ids).toHaveLength(1);
    settings += `export BACKUP_ID=${ids[0]}\n`;
    await follow('--as before_it');
    expect(await discounts(all)).toEqual(before);
    await follow('--dump');
    expect(readFileSync(join(home, 'length_discounts.sql'), 'utf8'))
      .toContain('COPY public.length_discounts');

    stack.child.kill('SIGINT');
    await stack.ended;
    rmSync(join(directory, 'stack'), { recursive: true });
    expect(await follow('BACKUP_FOLDER=~/elsewhere')).toMatch(
      /rows, sequences and files are equal/,
    );

    await runStack(where).up();
    const client = createClient(`http://127.0.0.1:${port}`, keys.publishable, {
      auth: { persistSession: false },
    });
    const { error } = await client.auth.signInWithPassword({
      email: 'ada@example.com',
      password: demoPassword,
    });
    expect(error).toBeNull();
    const { data: photos } = await client.from('listing_photos').select('storage_path')
      .throwOnError();
    for (const { storage_path } of photos) {
      const { publicUrl } = client.storage.from('listing-photos').getPublicUrl(storage_path).data;
      const photo = Buffer.from(await (await fetch(publicUrl)).arrayBuffer());
      expect(photo.subarray(1, 4).toString(), storage_path).toBe('PNG');
    }
    expect(done).toBe(blocks.length);
  },
);
