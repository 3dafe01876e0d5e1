import { z } from 'zod';
import { isAddress, isPublic } from '../_shared/addresses.ts';
import { exchange, hostOf } from '../_shared/exchange.ts';
import { uuid } from '../_shared/ids.ts';
import { causeOf } from '../_shared/log.ts';
import { inTime, type Network } from '../_shared/network.ts';
import { type CommandHandler, Impossible } from './command.ts';

/** What the database tells about an event for an endpoint. */
const facts = z.object({
  delivery_id: uuid,
  url: z.url(),
  /** The one in force first. */
  secrets: z.array(z.string()).min(1),
  event: z.object({
    id: uuid,
    type: z.string(),
    created_at: z.string(),
    data: z.record(z.string(), z.unknown()),
  }),
});

const patience = 10_000;

/**
 * Tells an endpoint of an event, at the address that was checked: a name cannot mean another machine
 * a moment later. Whatever is not a 2xx is tried again; redirects are not followed. Nothing is sent
 * when the endpoint was disabled meanwhile.
 */
export const deliverWebhook: CommandHandler = async (command, ports) => {
  if (command.facts === null) return;
  const { success, data } = facts.safeParse(command.facts);
  if (!success) throw new Impossible('the facts are not those of a delivery');
  const { delivery_id: deliveryId, url, secrets, event } = data;
  const body = JSON.stringify(event);

  const started = performance.now();
  let statusCode: number | null = null;
  let problem: string | null = null;
  try {
    const now = Date.now();
    const headers = {
      'Content-Type': 'application/json',
      ...await standardHeaders(event.id, body, secrets, now),
      'Staybase-Event': event.id,
      'Staybase-Signature': await signatureOf(body, secrets, now),
    };
    const answer = await inTime(patience, ports.network, async (network) => {
      const address = await placeOf(new URL(url), ports.environment === 'local', network);
      const bytes = new TextEncoder().encode(body);
      return await exchange(
        { method: 'POST', url: new URL(url), address, headers, body: bytes },
        network,
      );
    });
    statusCode = answer.status;
    if (answer.status < 200 || answer.status > 299) problem = `answered ${answer.status}`;
  } catch (error) {
    problem = error instanceof Impossible ? error.message : `no answer (${causeOf(error)})`;
  }
  const tookMs = Math.round(performance.now() - started);
  const took = await ports.database.call('record_delivery', {
    delivery_id: deliveryId,
    status_code: statusCode,
    problem,
    took_ms: tookMs,
  });
  if (!took) throw new Error(`endpoint: ${problem}`);
};

/**
 * The headers of Standard Webhooks 1.0.0: `v1,<base64>` for each secret in force, the HMAC-SHA256 of
 * `<id>.<seconds>.<body>`, keyed with the base64-decoded part of a secret after `whsec_`.
 */
export async function standardHeaders(id: string, body: string, secrets: string[], now: number) {
  const seconds = Math.floor(now / 1000);
  const signed = await Promise.all(secrets.map(async (secret) => {
    const key = Uint8Array.from(atob(secret.replace(/^whsec_/, '')), (sign) => sign.charCodeAt(0));
    const bytes = await hmac(key, `${id}.${seconds}.${body}`);
    return `v1,${btoa(String.fromCharCode(...bytes))}`;
  }));
  return {
    'Webhook-Id': id,
    'Webhook-Timestamp': String(seconds),
    'Webhook-Signature': signed.join(' '),
  };
}

/**
 * The header of before Standard Webhooks, sent as well in version 0.1: `t=<seconds>,v1=<hex>`, as
 * Stripe signs, the HMAC-SHA256 of `<seconds>.<body>`, one `v1` for each secret.
 */
export async function signatureOf(body: string, secrets: string[], now: number): Promise<string> {
  const seconds = Math.floor(now / 1000);
  const signed = await Promise.all(secrets.map(async (secret) => {
    const bytes = await hmac(new TextEncoder().encode(secret), `${seconds}.${body}`);
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  }));
  return [`t=${seconds}`, ...signed.map((hex) => `v1=${hex}`)].join(',');
}

async function hmac(secret: Uint8Array<ArrayBuffer>, text: string): Promise<Uint8Array> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', secret, algorithm, false, ['sign']);
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text)));
}

/**
 * The address to connect to. Elsewhere than on a local stack that is one of a name's own, all of
 * which have to be public. Throws `Impossible` for what is not https to such a machine.
 */
async function placeOf(url: URL, isLocal: boolean, network: Network): Promise<string> {
  const host = hostOf(url);
  if (isLocal) return host;
  const addresses = isAddress(host) ? [host] : await network.resolve(host).catch(() => []);
  const [first] = addresses;
  if (first === undefined) throw new Impossible('host not found');
  if (url.protocol !== 'https:' || url.username !== '' || !addresses.every(isPublic)) {
    throw new Impossible('address not allowed');
  }
  return first;
}
