import type { Moment } from '../moment.ts';
import type { ParameterSource } from './parameters.ts';

/** One endpoint. */
export interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  /** Such as '/v1/payment_intents/:id/confirm'. */
  path: string;
  parameters: ParameterSource;
  /** Open to a publishable key with the object's client secret, as Stripe.js uses it. */
  publishable?: boolean;
  /** Whether it can be asked on behalf of a connected account (`Stripe-Account`). */
  connected?: boolean;
  handle: (call: Call) => object;
}

/** A request whose parameters are checked. */
export interface Call {
  moment: Moment;
  /** Checked against the SDK's declaration of the route's parameters: cast to that type. */
  params: Record<string, unknown>;
  /** The `:id` of the path, or ''. */
  id: string;
  /** The second name in the path, such as `:reversal`. */
  second: string;
  /** The path as asked, for lists. */
  url: string;
  publishable: boolean;
  /** The connected account that the request is on behalf of. */
  account: string | undefined;
  /** Of v2 lists: how many to pass over. */
  from: number;
}

interface Found {
  route: Route;
  id: string;
  second: string;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

/** Finds the endpoint for a request; names match before `:id`. */
export function findRoute(routes: Route[], method: string, path: string): Found | undefined {
  const segments = path.split('/');
  let best: (Found & { named: number }) | undefined;
  for (const route of routes) {
    if (route.method !== method) continue;
    const pattern = route.path.split('/');
    if (pattern.length !== segments.length) continue;
    const values: string[] = [];
    let named = 0;
    const fits = pattern.every((part, i) => {
      if (part.startsWith(':')) {
        values.push(decoded(segments[i]!));
        return segments[i] !== '';
      }
      named++;
      return part === segments[i];
    });
    if (fits && (!best || named > best.named)) {
      best = { route, id: values[0] ?? '', second: values[1] ?? '', named };
    }
  }
  return best;
}
