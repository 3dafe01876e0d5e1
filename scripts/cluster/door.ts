import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom a token belongs to; undefined for one that nobody was given. */
export type WhoHas = (token: string) => { id: string; email: string } | undefined;

export interface Door {
  url: string;
  stop(): Promise<void>;
}

/**
 * The gateway as the edge functions reach it, with an Auth that survives every fault: Supabase's own keeps sessions in
 * the database, but tells whose a token is by its signature alone. Everything else goes to the gateway.
 */
export async function openDoor(gatewayUrl: string, whoHas: WhoHas): Promise<Door> {
  const server = createServer(async (request, response) => {
    try {
      if (request.url?.startsWith('/auth/v1/user')) {
        const person = whoHas(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
        response.writeHead(person === undefined ? 401 : 200, {
          'content-type': 'application/json',
        });
        response.end(JSON.stringify(
          person === undefined ? { code: 401, error_code: 'bad_jwt', msg: 'invalid JWT' } : {
            ...person,
            aud: 'authenticated',
            role: 'authenticated',
            app_metadata: {},
            user_metadata: {},
          },
        ));
        return;
      }
      const method = request.method ?? 'GET';
      const { host: _host, connection: _connection, ...headers } = request.headers;
      const answer = await fetch(`${gatewayUrl}${request.url}`, {
        method,
        headers: headers as Record<string, string>,
        ...(method === 'GET' || method === 'HEAD'
          ? {}
          : { body: new Uint8Array(await bodyOf(request)) }),
        signal: AbortSignal.timeout(30_000),
      });
      const body = Buffer.from(await answer.arrayBuffer());
      const { 'content-encoding': _, 'transfer-encoding': __, ...said } = Object.fromEntries(
        answer.headers,
      );
      response.writeHead(answer.status, { ...said, 'content-length': String(body.length) });
      response.end(body);
    } catch {
      response.writeHead(503, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ code: '503', message: 'try_again' }));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
