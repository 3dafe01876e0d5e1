import { asPostgres } from '../../support/stack.ts';

export interface Payment {
  payment_id: string;
  instalment: number;
  purpose: 'stay' | 'shortfall' | 'damage' | 'alteration';
  status: string;
  intent: string | null;
  amount: number;
  captured: number;
  captured_at: string | null;
  charge_at: string | null;
  /** How often the saved card refused it. */
  refusals: number;
  /** Of refunds that did not fail. */
  refunded: number;
}

export interface Payout {
  payment_id: string;
  status: string;
  reason: string | null;
  amount: number;
}

export interface DamageClaim {
  claim_id: string;
  status: string;
  award: number | null;
  payment_id: string | null;
}

export interface Alteration {
  alteration_id: string;
  status: string;
  payment_id: string | null;
}

/** Where a booking stands in the books, when nothing moves any more. Minor units. */
export interface Books {
  booking_id: string;
  status: string;
  confirmed_at: Date | null;
  cancelled_by: 'guest' | 'host' | 'staff' | 'system' | null;
  cancelled_at: Date | null;
  reason: string | null;
  /** What was paid for the stay by then, as its settlement says. */
  paid: string | null;
  payments: Payment[];
  payouts: Payout[];
  claims: DamageClaim[];
  /** In the order in which they ended. */
  alterations: Alteration[];
  refunds_pending: number;
  ledger: Record<string, number>;
  commands: string[];
  /** What was carried out at Stripe, and what became of it. */
  done: string[];
  report: string[];
}

export const readBooks = () =>
  asPostgres<Books>(
    `with reported as materialized (select * from private.reconciliation_report())
     select bookings.booking_id, bookings.status, confirmed_at, cancelled_by, cancelled_at, bookings.reason,
       (select paid_minor from public.guest_settlements
        where guest_settlements.booking_id = bookings.booking_id) as paid,
       (select coalesce(json_agg(payment order by payment.instalment), '[]') from (
          select payment_id, instalment, purpose, status, stripe_intent_id as intent, amount_minor as amount,
            captured_minor as captured, captured_at, charge_at, charge_attempts as refusals,
            (select coalesce(sum(amount_minor), 0) from public.refunds
             where refunds.payment_id = payments.payment_id and refunds.status <> 'failed') as refunded
          from public.payments where payments.booking_id = bookings.booking_id) as payment) as payments,
       (select coalesce(json_agg(payout order by payout.instalment), '[]') from (
          select payment_id, instalment, status, reason, amount_minor as amount
          from public.payouts where payouts.booking_id = bookings.booking_id) as payout) as payouts,
       (select coalesce(json_agg(claim), '[]') from (
          select claim_id, status, award_minor as award, payment_id
          from public.damage_claims where damage_claims.booking_id = bookings.booking_id) as claim) as claims,
       (select coalesce(json_agg(alteration order by alteration.ended_at), '[]') from (
          select alteration_id, status, payment_id, ended_at
          from public.alterations left join private.alteration_prices using (alteration_id)
          where alterations.booking_id = bookings.booking_id) as alteration) as alterations,
       (select count(*)::int from public.refunds
        where refunds.booking_id = bookings.booking_id and status = 'pending') as refunds_pending,
       (select coalesce(jsonb_object_agg(account, minor), '{}') from (
          select account::text, sum(amount_minor) as minor from private.ledger_entries
          where ledger_entries.booking_id = bookings.booking_id group by account) as booked) as ledger,
       array(select concat_ws(' ', kind, status, problem) from private.commands
         where commands.booking_id = bookings.booking_id and status <> 'done') as commands,
       array(select 'command ' || kind from private.commands
         where commands.booking_id = bookings.booking_id and status = 'done'
           and kind not in ('send_mail', 'reconcile')
         union all
         select 'taken back: ' || reversals.status
         from private.reversals join public.payouts using (payout_id)
         where payouts.booking_id = bookings.booking_id
         union all
         select 'withheld' from public.payouts
         where payouts.booking_id = bookings.booking_id and withheld_minor > 0
         union all
         select 'refund ' || reason from public.refunds
         where refunds.booking_id = bookings.booking_id) as done,
       array(select difference || ' ' || detail from reported
         where reported.booking_id = bookings.booking_id) as report
     from public.bookings
     left join public.cancellations on cancellations.booking_id = bookings.booking_id`,
  );
