import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { functionNames } from '../../local/functions.ts';
import { inProject } from '../../local/paths.ts';
import { asPostgres } from '../support/stack.ts';

const config = readFileSync(inProject('supabase', 'config.toml'), 'utf8');

/** The lines of a section of config.toml. */
const section = (name: string) =>
  config.split(/^\[/m).find((part) => part.startsWith(`${name}]`)) ?? '';

test('every edge function is in config.toml, and answers for its callers itself', () => {
  expect(functionNames()).toContain('create-payment');
  for (const name of functionNames()) {
    expect([name, section(`functions.${name}`)]).toEqual([
      name,
      expect.stringContaining('verify_jwt = false'),
    ]);
  }
});

test('config.toml exposes public alone', () => {
  expect(section('api')).toContain('schemas = ["public"]');
  expect(section('api')).toContain('auto_expose_new_tables = false');
});

test.each([
  ['photo-uploads', false],
  ['listing-photos', true],
  ['avatar-uploads', false],
  ['avatars', true],
])(
  'the bucket %s in config.toml is the one the migrations make',
  async (id, isPublic) => {
    const [bucket] = await asPostgres<{ types: string[]; bytes: number; public: boolean }>(
      `select allowed_mime_types as types, file_size_limit::int as bytes, public
       from storage.buckets where id = $1`,
      [id],
    );
    const written = section(`storage.buckets.${id}`);
    expect(bucket?.public).toBe(isPublic);
    expect(written).toContain(`public = ${isPublic}`);
    expect(written).toContain(`file_size_limit = "${(bucket?.bytes ?? 0) / 1024 / 1024}MiB"`);
    expect(written).toContain(`allowed_mime_types = ["${bucket?.types.join('", "')}"]`);
  },
);

test('every e-mail of Auth has a template, here and in config.toml, and leads to one page or to none', () => {
  const kinds = [
    'confirmation',
    'recovery',
    'magic_link',
    'email_change',
    'invite',
    'reauthentication',
  ];
  const auth = readFileSync(inProject('docs', 'auth.md'), 'utf8');
  for (const kind of kinds) {
    const file = `${kind.replace('_', '-')}.html`;
    expect(section(`auth.email.template.${kind}`)).toContain(`"./supabase/templates/${file}"`);
    expect(auth).toContain(`\`${file}\``);
    const template = readFileSync(inProject('supabase', 'templates', file), 'utf8');
    const links = [...template.matchAll(/href="([^"]*)"/g)].map(([, link]) => link);
    if (kind === 'reauthentication') expect(links).toEqual([]);
    else {
      expect(links).toEqual([
        expect.stringMatching(
          /^\{\{ \.SiteURL \}\}\/auth\/confirm\?token_hash=\{\{ \.TokenHash \}\}&type=\w+$/,
        ),
      ]);
    }
    expect(template).toContain('{{ .Token }}');
  }
  expect(readdirSync(inProject('supabase', 'templates'))).toHaveLength(kinds.length);
  expect(section('auth.email')).toContain('double_confirm_changes = true');
});

test('config.toml confirms addresses, and a database says by itself that they prove something', async () => {
  expect(section('auth.email')).toContain('enable_confirmations = true');
  const [standard] = await asPostgres<{ standard: string }>(
    `select column_default as standard from information_schema.columns
     where table_schema = 'private' and table_name = 'settings' and column_name = 'addresses_are_confirmed'`,
  );
  expect(standard?.standard).toBe('true');
});

test('the embedded stack, which confirms nothing, is told that addresses prove nothing', async () => {
  expect(await asPostgres('select environment, addresses_are_confirmed from private.settings'))
    .toEqual([{ environment: 'local', addresses_are_confirmed: false }]);
});
