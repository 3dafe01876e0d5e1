import { randomUUID } from 'node:crypto';
import type { Stripe } from 'stripe';
import { type FakeStripe, startFakeStripe } from '../../../local/stripe/server.ts';
import type { ThinEvent } from '../../../local/stripe/state.ts';
import { keys } from '../../../local/keys.ts';
import { asPostgres, freshDatabase, runJobs, testDatabase } from '../../support/stack.ts';
import { type Owner, Wire } from './wire.ts';

/**
 * Where a batch of lives takes place: a database of its own, a fake Stripe of its own, one clock for
 * both. Everything that nobody does by hand happens here: jobs, workers, webhooks, time.
 */
export class World {
  wire: Wire;
  stripe: FakeStripe;
  #ahead = 0;
  #eventOwners = new Map<string, Owner | undefined>();

  private constructor(wire: Wire, stripe: FakeStripe) {
    this.wire = wire;
    this.stripe = stripe;
  }

  /** An untouched world at an instant; the wire of the one before is used again. */
  static async begin(at: Date, wire: Wire): Promise<World> {
    // Four sessions keep two cores busy. Ten did the same in turns, and two fifths of what Postgres did was to
    // plan and compile in each of them what it does (measured).
    await freshDatabase({ sessions: 4 });
    const { pool } = await testDatabase();
    let world: World | undefined = undefined;
    const stripe = await startFakeStripe({
      port: 0,
      secretKey: 'sk_test_staybase_local',
      webhooks: [
        {
          url: 'http://functions.test/stripe-webhook',
          secret: 'whsec_staybase_local',
          events: await eventTypes(),
        },
        {
          url: 'http://functions.test/stripe-host-webhook',
          secret: 'whsec_staybase_hosts',
          payload: 'thin',
        },
      ],
      now: () => Promise.resolve(world?.now() ?? at),
    });
    stripe.control.pause();
    stripe.control.set({ searchLagSeconds: 60 });
    wire.connect(pool, stripe);
    world = new World(wire, stripe);
    await world.pass(at.getTime() - Date.now());
    return world;
  }

  async end(): Promise<void> {
    await this.stripe.stop();
  }

  /** The marketplace's time, reckoned as the database reckons it. */
  now(): Date {
    return new Date(Date.now() + this.#ahead);
  }

  async pass(milliseconds: number): Promise<void> {
    this.#ahead += milliseconds;
    await asPostgres('update private.clock set shift = $1::interval', [
      `${this.#ahead} milliseconds`,
    ]);
    await this.stripe.control.tick();
  }

  /** Whose event it is. */
  ownerOf(event: Stripe.Event | ThinEvent): Owner | undefined {
    const known = this.#eventOwners.get(event.id);
    if (known !== undefined) return known;
    const about = event.object === 'event' ? event.data.object : event.related_object;
    const owner = this.wire.ownerOf(JSON.stringify(about));
    this.#eventOwners.set(event.id, owner);
    return owner;
  }

  /** What is due in the database; with or without the look at every payment, which costs the most. */
  async jobs({ reconcile = true } = {}): Promise<void> {
    if (reconcile) return void await runJobs();
    const jobs = await asPostgres<{ job: string }>(
      `select job from private.jobs where job not in ('order_reconciliations', 'order_stripe_checks') order by position`,
    );
    for (const { job } of jobs) await asPostgres(`select private.${job}(500)`);
  }

  /** When the next thing happens because time passed, or was to; undefined when nothing waits for it. */
  async nextDue(): Promise<Date | undefined> {
    const [next] = await asPostgres<{ at: Date | null }>(
      `select least(
         (select min(least(pay_by, coalesce(retry_at, charge_at))) from public.payments where status = 'pending'),
         (select min(due_at) from public.payouts where status = 'scheduled'),
         (select min((check_out + check_out_time) at time zone time_zone) from public.bookings
          where status = 'confirmed'),
         (select min(answer_until) from public.damage_claims where status in ('open', 'disputed'))) as at`,
    );
    return next?.at ?? undefined;
  }

  /** One call of the worker, which may not live to its end. */
  async work(): Promise<void> {
    await this.wire.call('run-commands', { apikey: keys.secret }, {}).catch(() => undefined);
  }

  /** The banks decide what is open; half of it for us. */
  async decide(): Promise<void> {
    const { control } = this.stripe;
    const open = control.list('disputes', ({ status }) => !/won|lost|closed/.test(status));
    for (const { id, amount } of open) {
      await control.closeDispute(id, amount % 20 < 10 ? 'won' : 'lost');
    }
  }

  /** Everything that can happen now, until nothing does. */
  async quiet(): Promise<void> {
    for (let round = 0; round < 20; round += 1) {
      await this.work();
      const { delivered } = await this.stripe.control.deliverAll({ retries: 2 });
      const [due] = await asPostgres<{ commands: number }>(
        `select count(*)::int as commands from private.commands
         where status in ('waiting', 'running') and due_at <= private.now()
           and coalesce(claimed_until <= private.now(), true)`,
      );
      if (delivered === 0 && due?.commands === 0) return;
    }
  }
}

/** What the endpoint at Stripe is set to: the types that the function listens to. */
async function eventTypes(): Promise<string[]> {
  const path = '../../../supabase/functions/stripe-webhook/handler.ts';
  const handler = await import(new URL(path, import.meta.url).href) as { eventTypes: string[] };
  return handler.eventTypes;
}

/** A person who exists in the database from the moment `settle` has run. */
export interface Person {
  id: string;
  name: string;
}

/** Makes people and their homes, all in one statement each. */
export async function settle(
  people: Person[],
  homes: {
    listing: string;
    host: string;
    currency: string;
    timeZone: string;
    instant: boolean;
    policy: string;
    claimsDamage: boolean;
    nightly: number;
    extraGuest: number;
    cleaning: number;
    pet: number;
    taxes: { name: string; basis: string; rateBp: number | null; amount: number | null }[];
  }[],
): Promise<void> {
  await asPostgres(
    `insert into auth.users (id, aud, role, email, raw_app_meta_data, raw_user_meta_data, email_confirmed_at, created_at, updated_at)
     select id, 'authenticated', 'authenticated', id || '@example.com', '{"provider": "email"}',
       jsonb_build_object('display_name', name), now(), now(), now()
     from json_to_recordset($1) as person (id uuid, name text)`,
    [JSON.stringify(people)],
  );
  await asPostgres(
    `with home as (
       select * from json_to_recordset($1) as home (
         listing uuid, host uuid, currency text, "timeZone" text, instant boolean, policy text, "claimsDamage" boolean, nightly bigint,
         "extraGuest" bigint, cleaning bigint, pet bigint, taxes jsonb)
     ), listings as (
       insert into public.listings
         (listing_id, host_id, status, title, description, capacity, maximum_pets, country_code, city, latitude,
          longitude, time_zone, currency, instant_book, cancellation_policy, damage_claims, published_at)
       select listing, host, 'published', 'A home', 'Quiet.', 4, 2, 'US', 'Albany', 42.65, -73.75, "timeZone",
         currency, instant, policy, "claimsDamage", private.now()
       from home
     ), hosts as (
       insert into public.listing_hosts (listing_id, profile_id, role) select listing, host, 'owner' from home
     ), rules as (
       insert into public.booking_rules (listing_id) select listing from home
     ), taxes as (
       insert into private.taxes (name, listing_id, basis, rate_bp, amount_minor, currency)
       select tax.name, listing, tax.basis::private.tax_basis, tax."rateBp", tax.amount,
         case when tax.amount is not null then currency end
       from home, jsonb_to_recordset(taxes) as tax (name text, basis text, "rateBp" integer, amount bigint)
     )
     update public.profiles set hosting = true from home where profile_id = host`,
    [JSON.stringify(homes)],
  );
  // The steps of a price are checked against its listing, so that comes first.
  await asPostgres(
    `insert into public.listing_prices
       (listing_id, base_price_minor, included_guests, extra_guest_price_minor, cleaning_fee_minor, pet_fee_minor)
     select listing, nightly, 2, "extraGuest", cleaning, pet
     from json_to_recordset($1) as home (
       listing uuid, nightly bigint, "extraGuest" bigint, cleaning bigint, pet bigint)`,
    [JSON.stringify(homes)],
  );
}

/**
 * Orders no letters to these people. Letters are commands among the others, and may hit a worker that dies, but
 * hardly any is about money, and they took a quarter of the time of every life (measured).
 */
export async function writeNoLettersTo(people: Person[]): Promise<void> {
  await asPostgres(`
    create table tests.who_reads_no_letters (profile_id uuid primary key);
    create function tests.drop_the_letter() returns trigger language plpgsql security definer as $$
    begin
      return case when exists (
        select from tests.who_reads_no_letters where profile_id = new.recipient_id) then null else new end;
    end $$;
    create trigger drop_the_letter before insert on private.commands
      for each row when (new.kind = 'send_mail') execute function tests.drop_the_letter()`);
  await asPostgres(
    'insert into tests.who_reads_no_letters select unnest($1::uuid[])',
    [people.map(({ id }) => id)],
  );
}

export const newId = () => randomUUID();
