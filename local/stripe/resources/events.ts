import type { Stripe } from 'stripe';
import { page } from '../http/list.ts';
import type { Route } from '../http/routes.ts';
import { find } from './find.ts';

const file = 'resources/Events';

export const eventRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v1/events/:id',
    parameters: { file, name: 'EventRetrieveParams' },
    handle: ({ moment, id }) => find(moment.state, 'events', id),
  },
  {
    method: 'GET',
    path: '/v1/events',
    parameters: { file, name: 'EventListParams' },
    handle: ({ moment, params, url }) => {
      const { type, types, delivery_success: delivered } = params as Stripe.EventListParams;
      const rows = [...moment.state.tables.events.values()].filter((row) =>
        (type === undefined || fits(row.type, type)) &&
        (types === undefined || types.some((wanted) => fits(row.type, wanted))) &&
        (delivered === undefined || (row.pending_webhooks === 0) === delivered)
      );
      return page(url, rows, params);
    },
  },
];

function fits(type: string, wanted: string): boolean {
  return wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
