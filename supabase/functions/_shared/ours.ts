import type Stripe from 'stripe';
import type { Database } from './database.ts';

/** What it takes to work with our objects at Stripe. */
export interface StripePorts {
  stripe: Stripe;
  database: Database;
  /** Written on every object, to know our own in an account that others share. */
  environment: string;
}

/** Our names on an object at Stripe. */
export const metadataFor = (environment: string, ids: Record<string, string>) => ({
  app: 'staybase',
  env: environment,
  ...ids,
});

/** Whether this installation made an object. */
export const isOurs = (metadata: Stripe.Metadata | null, environment: string) =>
  metadata?.app === 'staybase' && metadata.env === environment;

/** The id of what Stripe gives as an id or, expanded, as an object. */
export const idOf = (reference: string | { id: string } | null | undefined) =>
  typeof reference === 'string' ? reference : reference?.id;
