interface Listed {
  name: string;
  [column: string]: unknown;
}

interface Asked {
  prefix?: string;
  limit?: number;
  offset?: number;
  search?: string;
  sortBy?: { column?: string; order?: string };
}

/** Whether somebody asks what is in a folder of a bucket. */
export const isListing = ({ method, url }: Request): boolean =>
  method === 'POST' && /^\/storage\/v1\/object\/list\/[^/]+$/.test(new URL(url).pathname);

/**
 * The files and folders of one folder, named without it, as Supabase's Storage answers. Lite 0.10 names all that
 * is below it, each with its whole path.
 */
export async function listFolder(
  request: Request,
  lite: (request: Request) => Promise<Response>,
): Promise<Response> {
  const asked = await request.clone().json().catch(() => ({})) as Asked;
  const folder = asked.prefix ? `${asked.prefix.replace(/\/+$/, '')}/` : '';
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  const answer = await lite(
    new Request(request.url, {
      method: 'POST',
      headers,
      body: JSON.stringify({ prefix: folder }),
    }),
  );
  if (!answer.ok) return answer;
  const children = new Map<string, Listed>();
  for (const file of await answer.json() as Listed[]) {
    const [name = '', ...below] = file.name.slice(folder.length).split('/');
    if (!file.name.startsWith(folder) || name === '') continue;
    // A folder is what files are below; it has nothing but a name.
    const isFolder = below.length > 0;
    if (!children.has(name)) {
      children.set(name, isFolder ? { name, id: null, metadata: null } : { ...file, name });
    }
  }
  const { column = 'name', order = 'asc' } = asked.sortBy ?? {};
  const sign = order === 'desc' ? -1 : 1;
  const keyOf = (child: Listed) => String(child[column] ?? '');
  const listed = [...children.values()]
    .filter(({ name }) => name.toLowerCase().startsWith((asked.search ?? '').toLowerCase()))
    .sort((one, other) => keyOf(one) < keyOf(other) ? -sign : keyOf(one) > keyOf(other) ? sign : 0);
  const from = asked.offset ?? 0;
  return Response.json(listed.slice(from, from + (asked.limit ?? 100)));
}
