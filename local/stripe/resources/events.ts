import type { Stripe } from 'stripe';
import { isoOf, pageV2 } from './accounts.ts';
import { page } from '../http/list.ts';
import type { Route } from '../http/routes.ts';
import type { ThinEvent } from '../state.ts';
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

const fileV2 = 'resources/V2/Core/Events';

/** A thin event as it is fetched. */
function shown({ pending_webhooks: _pending, ...event }: ThinEvent): object {
  return event;
}

export const thinEventRoutes: Route[] = [
  {
    method: 'GET',
    path: '/v2/core/events/:id',
    parameters: { file: fileV2, name: 'V2.Core.EventRetrieveParams' },
    handle: ({ moment, id }) => shown(find(moment.state, 'thin_events', id)),
  },
  {
    method: 'GET',
    path: '/v2/core/events',
    parameters: { file: fileV2, name: 'V2.Core.EventListParams' },
    handle: ({ moment, params, url, from }) => {
      const given = params as Stripe.V2.Core.EventListParams;
      const rows = [...moment.state.tables.thin_events.values()].filter((row) =>
        (given.object_id === undefined || row.related_object.id === given.object_id) &&
        (given.types === undefined || given.types.includes(row.type)) &&
        (given.created?.gte === undefined || row.created >= isoOf(given.created.gte)) &&
        (given.created?.gt === undefined || row.created > isoOf(given.created.gt)) &&
        (given.created?.lte === undefined || row.created <= isoOf(given.created.lte)) &&
        (given.created?.lt === undefined || row.created < isoOf(given.created.lt))
      );
      const query = given.object_id ? `&object_id=${given.object_id}` : '';
      return pageV2(url, rows.map(shown), {
        from,
        query,
        ...(given.limit ? { limit: given.limit } : {}),
      });
    },
  },
];

function fits(type: string, wanted: string): boolean {
  return wanted.endsWith('.*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}
