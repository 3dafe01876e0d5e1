import { type Context, Hono } from 'hono';
import { demoPassword, demoPeople } from '../demo-people.ts';
import { keys } from '../keys.ts';
import { framedByOurs } from '../loopback.ts';
import type { Reach } from '../reach.ts';
import { movedTo } from './days.ts';
import { documentFor, filesBeside, page, policy } from './files.ts';

/**
 * The reference of the API at `/docs/`, to be tried as one of the demo people: a part of the local stack alone.
 * Everything comes from files of this machine, and the policy lets the page reach nothing else.
 */
export function referenceRoutes(reach: Reach): Hono {
  const files = filesBeside();
  return new Hono()
    .use(async (c, next) => {
      await next();
      c.header(
        'content-security-policy',
        `${policy("'self'")}; ${framedByOurs['content-security-policy']}`,
      );
      c.header('x-content-type-options', 'nosniff');
      c.header('referrer-policy', 'no-referrer');
      c.header('cache-control', 'no-cache');
    })
    .get('/*', (c) => {
      if (c.req.path === '/docs') return c.redirect('/docs/');
      const name = c.req.path.slice('/docs/'.length);
      if (name === '') {
        return c.html(
          page({ key: keys.publishable, password: demoPassword, people: demoPeople }, links),
        );
      }
      if (name === 'openapi.json') {
        const servers = [{ url: originOf(c, reach), description: 'This stack' }];
        const today = new Date().toISOString().slice(0, 10);
        return c.body(movedTo(today, documentFor(servers)), 200, {
          'content-type': 'application/json',
        });
      }
      const file = Object.hasOwn(files, name) ? files[name] : undefined;
      if (file === undefined) return c.notFound();
      return c.body(file.read(), 200, { 'content-type': file.type });
    });
}

const links = [
  { href: 'guides/README.md', says: 'Guides' },
  { href: 'errors.md', says: 'Errors' },
  { href: '/graphiql', says: 'GraphiQL' },
  { href: 'schema.graphql', says: 'GraphQL schema' },
  { href: '/mail/preview', says: 'E-mails' },
  { href: 'openapi.json', says: 'openapi.json' },
];

/** The origin under which this request reached the gateway: any other would be cross-origin for the page. */
function originOf(c: Context, { publicUrl }: Reach): string {
  const host = c.req.header('host') ?? '';
  return publicUrl !== undefined && new URL(publicUrl).host === host ? publicUrl : `http://${host}`;
}
