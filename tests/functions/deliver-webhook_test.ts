import { Impossible } from '../../supabase/functions/run-commands/command.ts';
import {
  refusePrivate,
  signatureOf,
} from '../../supabase/functions/run-commands/deliver-webhook.ts';
import { assert, assertEquals } from './assert.ts';

Deno.test('a signature is the one that others reckon', async () => {
  // printf '1700000000.{}' | openssl dgst -sha256 -hmac whsec_1
  assertEquals(
    await signatureOf('{}', ['whsec_1'], 1_700_000_000_999),
    't=1700000000,v1=c8cf6ed9fd9120874a1792902ffdf5b69559118b76d10974da8a20cf21f94bc5',
  );
  const two = await signatureOf('{}', ['whsec_1', 'whsec_2'], 1_700_000_000_000);
  assertEquals(two.match(/v1=[0-9a-f]{64}/g)?.length, 2);
});

Deno.test('only https to machines that everyone can reach', async () => {
  const names: Record<string, string[]> = {
    'example.com': ['93.184.215.14', '2606:2800:21f:cb07:6820:80da:af6b:8b2c'],
    'inside.example.com': ['10.0.0.7'],
    'both.example.com': ['93.184.215.14', '127.0.0.1'],
    'metadata.example.com': ['169.254.169.254'],
    'v6.example.com': ['fd00::1'],
  };
  const resolve = (name: string) => Promise.resolve(names[name] ?? []);
  const verdict = (url: string) =>
    refusePrivate(new URL(url), resolve).then(() => 'fine', (error) => {
      assert(error instanceof Impossible);
      return error.message;
    });
  assertEquals(await verdict('https://example.com/hook'), 'fine');
  assertEquals(await verdict('https://gone.example.com'), 'host not found');
  for (
    const url of [
      'http://example.com',
      'https://user@example.com',
      'https://inside.example.com',
      'https://both.example.com',
      'https://metadata.example.com',
      'https://v6.example.com',
      'https://127.0.0.1',
      'https://[::1]/',
      'https://[::ffff:10.0.0.1]/',
      'https://192.168.1.1:8443/',
    ]
  ) {
    assertEquals(await verdict(url), 'address not allowed', url);
  }
});
