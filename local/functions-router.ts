/**
 * Runs under Deno: hands /<name>/... to supabase/functions/<name>/index.ts, loaded by its first call,
 * with the path that a hosted function sees too.
 */
import process from 'node:process';

interface EdgeFunction {
  fetch(request: Request): Response | Promise<Response>;
}

const sources = new URL('../supabase/functions/', import.meta.url);
const door = process.env.STAYBASE_DOOR;
const loaded = new Map<string, Promise<EdgeFunction>>();

function load(name: string): Promise<EdgeFunction> {
  const known = loaded.get(name);
  if (known !== undefined) return known;

  const loading = import(new URL(`${name}/index.ts`, sources).href)
    .then((module: { default: EdgeFunction }) => module.default);
  loaded.set(name, loading);
  // A failed load is forgotten: the next call tries again.
  loading.catch(() => loaded.delete(name));
  return loading;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const name = new URL(request.url).pathname.split('/')[1] ?? '';
    if (name === '') return new Response('ready');
    // Any page in a browser of this machine reaches this port; only the gateway sees whose page it is.
    if ((request.headers.get('x-staybase-door') ?? undefined) !== door) {
      return Response.json({ message: 'Functions are called through the gateway.' }, {
        status: 403,
      });
    }
    if (!/^[a-z][a-z0-9-]*$/.test(name)) return notFound();
    try {
      const { fetch } = await load(name);
      return await fetch(request);
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith('Module not found')) {
        return notFound();
      }
      console.error(`${name}:`, error);
      return Response.json({ code: 'function_failed' }, { status: 500 });
    }
  },
};

const notFound = () =>
  Response.json({ code: 'NOT_FOUND', message: 'Requested function was not found' }, {
    status: 404,
  });
