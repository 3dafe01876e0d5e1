import { StripeFailure } from '../../../local/stripe/http/errors.ts';
import { randomFrom } from '../../../local/stripe/webhooks.ts';
import type { Database } from '../../../types/database.ts';
import { makeStaff, tokenFor } from '../../support/people.ts';
import {
  dayAfter,
  dayIn,
  type Price,
  type PricedCase,
  priceOf,
  type TaxRule,
} from '../../support/price-model.ts';
import { asPostgres } from '../../support/stack.ts';
import type { ClaimAnswer, Deed, HomePlan, Plan, Weather } from './plan.ts';
import { plannedCharges } from './settlement.ts';
import type { Answer, Doom, Owner } from './wire.ts';
import { newId, type Person, settle, type World, writeNoLettersTo } from './world.ts';

/** What the model knows of a currency: its smallest coin, its zone here, the bounds of a penalty. */
export const currencies = {
  EUR: { step: 1n, timeZone: 'Europe/Paris', penalty: [5_000n, 100_000n] },
  USD: { step: 1n, timeZone: 'America/New_York', penalty: [5_000n, 100_000n] },
  JPY: { step: 1n, timeZone: 'Asia/Tokyo', penalty: [7_500n, 150_000n] },
  KWD: { step: 10n, timeZone: 'Asia/Kuwait', penalty: [15_000n, 300_000n] },
} as const;

/** A booking as the one who asked for it remembers it: what was agreed, what was said yes to. */
export interface Asked {
  booking: string;
  guest: Person;
  stay: PricedCase;
  price: Price;
  intent?: string;
  /** Who was told that their cancellation is done, in that order. */
  cancelledBy: ('guest' | 'host' | 'staff')[];
  /** What staff said to give back, by the reason they gave: of two at once the reason that is kept was first. */
  staffRefunds: Map<string, bigint>;
  complaints: string[];
  /** What staff gave back for complaints. */
  complaintRefund: bigint;
  /** What the host was paid outside Stripe, and staff recorded. */
  paidByHand: bigint;
  claims: Claimed[];
  alterations: Altered[];
  declined: boolean;
  withdrawn: boolean;
}

/** What a host claims for damage, and what came of it as far as anybody was told. */
export interface Claimed {
  claim: string;
  amount: bigint;
  /** What the guest accepted or staff found right. */
  award?: bigint;
  withdrawn: boolean;
}

/** Other days or guests that one side asked for, and what was said to it. */
export interface Altered {
  alteration: string;
  by: 'guest' | 'host';
  stay: PricedCase;
  price: Price;
  said?: 'accepted' | 'declined' | 'withdrawn';
}

/** Every refusal that somebody may meet; what else is said is a mistake. */
const refusals = new Set([
  'alteration_closed',
  'alteration_expired',
  'alteration_not_found',
  'alteration_open',
  'below_minimum_charge',
  'nights_spent',
  'not_alterable',
  'nothing_changed',
  'own_proposal',
  'paid_in_parts',
  'stay_begun',
  'already_accepted',
  'already_paid',
  'complaint_closed',
  'complaint_not_found',
  'complaint_open',
  'complaint_too_late',
  'booking_not_found',
  'claim_closed',
  'claim_not_found',
  'claim_open',
  'claim_too_late',
  'claim_waits_for_guest',
  'dispute_open',
  'hold_expired',
  'invalid_damage',
  'invalid_refund',
  'nights_taken',
  'no_show_closed',
  'no_show_not_found',
  'not_confirmed',
  'objection_too_late',
  'stay_not_begun',
  'stay_not_under_way',
  'not_awaiting_answer',
  'not_cancellable',
  'not_withdrawable',
  'payout_not_by_hand',
  'payments_unavailable',
  'request_expired',
  'stay_over',
  'too_many_holds',
  'too_short_notice',
  'date_in_past',
  'try_again',
]);

/** One random sequence: a host with a home, two guests, and what they do. */
export class Life implements Owner {
  doom: Doom | undefined;
  plan: Plan;
  host: Person = { id: newId(), name: 'Host' };
  guests: [Person, Person] = [{ id: newId(), name: 'Ada' }, { id: newId(), name: 'Grace' }];
  listing = newId();
  asked: Asked[] = [];
  /** What was done, in words, as far as it could be. */
  story: string[] = [];
  /** The host closed the account at Stripe: what is not paid by then stays here. */
  hasLeft = false;
  complaints: string[] = [];
  taxes: TaxRule[];
  #world: World;
  #staff: Person;
  #random: () => number;

  constructor(world: World, plan: Plan, staff: Person) {
    this.#world = world;
    this.plan = plan;
    this.#staff = staff;
    this.#random = randomFrom(plan.seed);
    this.taxes = taxesOf(plan.home);
    world.wire.belongs(
      this,
      this.host.id,
      ...this.guests.map(({ id }) => id),
      this.listing,
    );
  }

  get currency() {
    return currencies[this.plan.home.currency];
  }

  /** So many coins of the currency in minor units. */
  coins(count: number): bigint {
    return BigInt(count) * this.currency.step;
  }

  /** What its host asks for, as rows. */
  get home() {
    const { home } = this.plan;
    return {
      listing: this.listing,
      host: this.host.id,
      currency: home.currency,
      timeZone: this.currency.timeZone,
      instant: home.instant,
      policy: home.policy,
      claimsDamage: home.claimsDamage,
      nightly: Number(this.coins(home.nightly)),
      extraGuest: Number(this.coins(home.extraGuest)),
      cleaning: Number(this.coins(home.cleaning)),
      pet: Number(this.coins(home.pet)),
      taxes: this.taxes.map(({ name, basis, rateBp, amount }) => ({
        name,
        basis,
        rateBp,
        amount: amount === null ? null : Number(amount),
      })),
    };
  }

  /** Does what is planned for this wave. */
  async act(wave: number): Promise<void> {
    const step = this.plan.steps[wave];
    await Promise.all((step?.deeds ?? []).map((deed) => this.#do(deed)));
  }

  /** Lets the events come in that concern this life. */
  async hear(weather: Weather): Promise<void> {
    if (weather === 'held') return;
    await this.#world.stripe.control.deliverAll({
      which: (event) => this.#world.ownerOf(event) === this,
      ...(weather === 'foul'
        ? { shuffle: true, duplicate: 0.3, drop: 0.3, seed: this.#random() * 2 ** 31 }
        : {}),
    });
  }

  /** No more harm; a host who is not ready, here or at Stripe, gets so. */
  async calm(): Promise<void> {
    this.doom = undefined;
    if (this.hasLeft) return;
    const account = await this.account();
    const isReady = account !== undefined &&
      JSON.stringify(this.#world.stripe.control.get(account)).includes('"status":"active"');
    if (!isReady || await this.#standing() !== 'active') await this.getReady();
  }

  /** Staff look at what waits for them. */
  async staffLook(): Promise<void> {
    for (const asked of this.asked) {
      await this.#release(asked);
      await this.#decideNoShow(asked, this.#random() < 0.5);
      await this.#decideComplaint(asked, 0n);
      await this.#decideClaim(asked, Math.floor(this.#random() * 4) * 33);
    }
  }

  /** Guests whose card refused pay otherwise, or do not. */
  async guestsLook(): Promise<void> {
    for (const asked of this.asked) {
      if (this.#random() < 0.4) await this.#payWhatIsDue(asked, 'visa');
    }
  }

  /** The host opens the account, does all that Stripe asks for, and comes back to look. */
  async getReady(): Promise<void> {
    await this.openAccount();
    const account = await this.account();
    if (account === undefined) return;
    await this.#toStripe((control) => control.onboard(account, 'active'));
    await this.#world.stripe.control.deliverAll({
      which: (event) => this.#world.ownerOf(event) === this,
      drop: 0.7,
      seed: this.#random() * 2 ** 31,
    });
    if (await this.#standing() !== 'active') await this.openAccount();
  }

  async #standing(): Promise<string | undefined> {
    const [row] = await asPostgres<{ status: string }>(
      'select status from public.host_accounts where host_id = $1',
      [this.host.id],
    );
    return row?.status;
  }

  async openAccount(): Promise<void> {
    await this.#call('host-account', this.host, {
      country_code: 'US',
      return_url: 'https://stay.test/host',
    });
  }

  async account(): Promise<string | undefined> {
    const [row] = await asPostgres<{ stripe_account_id: string | null }>(
      'select stripe_account_id from public.host_accounts where host_id = $1',
      [this.host.id],
    );
    return row?.stripe_account_id ?? undefined;
  }

  async #do(deed: Deed): Promise<void> {
    const asked = 'which' in deed ? this.asked.at(-1 - deed.which) ?? this.asked.at(-1) : undefined;
    if ('which' in deed && asked === undefined) return;
    const done = await this.#carryOut(deed, asked);
    this.story.push(`${JSON.stringify(deed)}: ${done}`);
  }

  /** Resolves to what came of it. */
  async #carryOut(deed: Deed, asked: Asked | undefined): Promise<string> {
    switch (deed.deed) {
      case 'nothing':
        return '';
      case 'book':
        return await this.#book(deed);
      case 'open account':
        await this.openAccount();
        return '';
      case 'standing':
      case 'spend':
      case 'close account': {
        const account = await this.account();
        if (account === undefined) return 'no account';
        if (deed.deed === 'close account') {
          this.hasLeft = true;
          return await this.#toStripe((control) => control.closeAccount(account));
        }
        return await this.#toStripe((control) =>
          deed.deed === 'standing'
            ? control.onboard(account, deed.standing)
            : control.payOut({ account, currency: this.plan.home.currency.toLowerCase() })
        );
      }
      case 'doom':
        this.doom = deed.doom;
        return '';
      case 'resend':
        return this.#resend(deed.event);
    }
    if (asked === undefined) return 'nothing booked';
    const { booking, guest, intent } = asked;
    switch (deed.deed) {
      case 'begin payment':
        return await this.#beginPayment(asked);
      case 'pay':
        return await this.#pay(asked, deed.card);
      case 'pay what is due':
        return await this.#payWhatIsDue(asked, deed.card);
      case 'authenticate':
        return await this.#toStripe((control) =>
          control.authenticate(intent ?? '', deed.succeeds ? 'succeeded' : 'failed')
        );
      case 'accept':
        return await this.#ask(this.host, 'accept_booking', { booking_id: booking });
      case 'decline': {
        const said = await this.#ask(this.host, 'decline_booking', { booking_id: booking });
        if (said === 'done') asked.declined = true;
        return said;
      }
      case 'withdraw': {
        const said = await this.#ask(guest, 'withdraw_booking', { booking_id: booking });
        if (said === 'done') asked.withdrawn = true;
        return said;
      }
      case 'cancel': {
        const who = deed.by === 'guest' ? guest : this.host;
        const said = await this.#ask(who, 'cancel_booking', { booking_id: booking });
        if (said === 'done') asked.cancelledBy.push(deed.by);
        return said;
      }
      case 'staff cancel': {
        const refund = this.#part(asked.price.total, deed.share);
        const said = await this.#ask(this.#staff, 'staff_cancel_booking', {
          booking_id: booking,
          refund_minor: Number(refund),
          reason: `Flood of ${deed.share}.`,
        });
        if (said === 'done') {
          asked.cancelledBy.push('staff');
          asked.staffRefunds.set(`Flood of ${deed.share}.`, refund);
        }
        return said;
      }
      case 'report no-show':
      case 'withdraw no-show': {
        const verb = deed.deed === 'report no-show' ? 'report_no_show' : 'withdraw_no_show';
        return await this.#ask(this.host, verb, { booking_id: booking });
      }
      case 'object':
        return await this.#ask(guest, 'object_to_no_show', { booking_id: booking });
      case 'decide no-show':
        return await this.#decideNoShow(asked, deed.upheld);
      case 'complain': {
        const complaint = newId();
        const said = await this.#ask(guest, 'file_complaint', {
          complaint_id: complaint,
          booking_id: booking,
          category: 'not_clean',
          complaint: 'Dust.',
        });
        if (said === 'done') asked.complaints.push(complaint);
        if (said !== 'done' || deed.decided === null) return said;
        return await this.#decideComplaint(asked, this.#part(asked.price.total, deed.decided));
      }
      case 'withdraw complaint':
        return await this.#ask(guest, 'withdraw_complaint', {
          complaint_id: asked.complaints.at(-1) ?? newId(),
        });
      case 'decide complaint':
        return await this.#decideComplaint(asked, this.#part(asked.price.total, deed.share));
      case 'alter':
        return await this.#alter(asked, deed);
      case 'accept alteration':
        return await this.#answerAlteration(asked, 'accepted');
      case 'decline alteration':
        return await this.#answerAlteration(asked, 'declined');
      case 'withdraw alteration':
        return await this.#answerAlteration(asked, 'withdrawn');
      case 'claim damage':
        return await this.#claimDamage(asked, deed);
      case 'answer claim':
        return await this.#answerClaim(asked, deed.answer);
      case 'decide claim':
        return await this.#decideClaim(asked, deed.share);
      case 'refund outside':
        return await this.#toStripe((control) => {
          const charge = this.#chargeOf(asked, deed.of);
          const left = (charge?.amount_captured ?? 0) - (charge?.amount_refunded ?? 0);
          const amount = Number(this.#part(BigInt(left), deed.share));
          return control.refund({ charge: charge?.id ?? '', amount });
        });
      case 'refund fails':
        return await this.#toStripe((control) => {
          const charges = this.#chargesOf(asked).map(({ id }) => id);
          const [made] = control.list(
            'refunds',
            ({ charge, balance_transaction: moved }) =>
              charges.includes(String(charge)) && moved !== null,
          );
          return control.settleRefund(made?.id ?? '', 'failed');
        });
      case 'dispute':
        return await this.#toStripe((control) => {
          const charge = this.#chargeOf(asked, deed.of);
          return control.openDispute({
            charge: charge?.id ?? '',
            amount: Number(this.#part(BigInt(charge?.amount_captured ?? 0), deed.share)),
            inquiry: deed.inquiry,
          });
        });
      case 'decide':
        return await this.#decide(asked, deed.won);
      case 'appeal':
        return await this.#toStripe((control) =>
          control.appealDispute(this.#disputeOf(asked, /^lost$/) ?? '')
        );
      case 'escalate':
        return await this.#toStripe((control) =>
          control.escalateInquiry(this.#disputeOf(asked) ?? '')
        );
      case 'warn':
        return await this.#toStripe((control) =>
          control.warnOfFraud({ charge: this.#chargeOf(asked, 0)?.id ?? '' })
        );
      case 'release':
        return await this.#release(asked);
      case 'pay by hand':
        return await this.#payByHand(asked);
      case 'fault':
        this.#world.stripe.control.fail({
          kind: deed.kind,
          method: 'POST',
          about: booking,
          times: deed.times,
        });
        return '';
    }
  }

  async #book(deed: Deed & { deed: 'book' }): Promise<string> {
    const { home } = this.plan;
    const guest = this.guests[deed.guest];
    const today = dayIn(this.currency.timeZone, this.#world.now());
    const checkIn = dayAfter(today, deed.ahead);
    const stay: PricedCase = {
      step: this.currency.step,
      today,
      checkIn,
      nights: deed.nights,
      guests: deed.guests,
      pets: deed.pets,
      childAges: [],
      base: this.coins(home.nightly),
      weekend: null,
      days: new Map(),
      includedGuests: 2,
      extraGuest: this.coins(home.extraGuest),
      cleaning: this.coins(home.cleaning),
      pet: this.coins(home.pet),
      newListingBp: null,
      lengthTiers: [],
      earlyBird: null,
      lastMinute: null,
      guestFeeBp: 1410,
      hostFeeBp: 300,
      taxes: this.taxes,
    };
    const asked: Asked = {
      booking: newId(),
      guest,
      stay,
      price: priceOf(stay),
      cancelledBy: [],
      staffRefunds: new Map(),
      complaints: [],
      complaintRefund: 0n,
      paidByHand: 0n,
      claims: [],
      alterations: [],
      declined: false,
      withdrawn: false,
    };
    this.#world.wire.belongs(this, asked.booking);
    const said = await this.#ask(guest, 'request_booking', {
      booking_id: asked.booking,
      listing_id: this.listing,
      check_in: checkIn,
      check_out: dayAfter(checkIn, deed.nights),
      expected_total_minor: Number(asked.price.total),
      guests: deed.guests,
      pets: deed.pets,
    });
    if (said !== 'done') return said;
    this.asked.push(asked);
    if (deed.upTo === 'hold') return said;
    const begun = await this.#beginPayment(asked);
    if (deed.upTo === 'intent') return begun;
    const paid = await this.#pay(asked, deed.card);
    if (deed.upTo === 'payment') return paid;
    await this.hear('clear');
    return home.instant
      ? paid
      : await this.#ask(this.host, 'accept_booking', { booking_id: asked.booking });
  }

  async #beginPayment(asked: Asked): Promise<string> {
    const body = await this.#call('create-payment', asked.guest, { booking_id: asked.booking });
    if (body === undefined) return 'died';
    const secret = body['client_secret'];
    if (typeof secret !== 'string') return String(body['code']);
    [asked.intent = ''] = secret.split('_secret_');
    this.#world.wire.belongs(this, asked.intent);
    return asked.intent;
  }

  async #payWhatIsDue(asked: Asked, card: string): Promise<string> {
    const begun = await this.#beginPayment(asked);
    return begun === asked.intent ? await this.#pay(asked, card) : begun;
  }

  async #pay({ intent }: Asked, card: string): Promise<string> {
    if (intent === undefined) return 'no intent';
    const options = card === 'authenticationRequired' ? { authenticate: 'succeeded' as const } : {};
    return await this.#toStripe((control) =>
      intent.startsWith('seti_')
        ? control.setUp(intent, card, options)
        : control.pay(intent, card, options)
    );
  }

  async #decide(asked: Asked, won: boolean): Promise<string> {
    const dispute = this.#disputeOf(asked);
    if (dispute === undefined) return 'no dispute';
    return await this.#toStripe((control) => control.closeDispute(dispute, won ? 'won' : 'lost'));
  }

  async #release({ booking }: Asked): Promise<string> {
    return await this.#ask(this.#staff, 'staff_release_payout', {
      booking_id: booking,
      reason: 'Looked at.',
    });
  }

  async #payByHand(asked: Asked): Promise<string> {
    const answer = await this.#answerTo(this.#staff, 'staff_payouts', { status: 'blocked' });
    if (answer.code !== undefined) return answer.code;
    const blocked = answer.data as Database['public']['CompositeTypes']['staff_payout'][];
    const payout = blocked.find(({ booking_id: booking }) => booking === asked.booking);
    if (payout === undefined) return 'no payout';
    const paid = Number(payout.amount_minor) - Number(payout.withheld_minor);
    const said = await this.#ask(this.#staff, 'staff_record_payout', {
      payout_id: payout.payout_id,
      paid_minor: paid,
      reason: 'Wired.',
    });
    if (said === 'done') asked.paidByHand += BigInt(paid);
    return said;
  }

  async #decideNoShow({ booking }: Asked, upheld: boolean): Promise<string> {
    return await this.#ask(this.#staff, 'staff_decide_no_show', {
      booking_id: booking,
      upheld,
      reason: 'Looked at.',
    });
  }

  async #decideComplaint(asked: Asked, refund: bigint): Promise<string> {
    const complaint = asked.complaints.at(-1);
    if (complaint === undefined) return 'no complaint';
    const said = await this.#ask(this.#staff, 'staff_decide_complaint', {
      complaint_id: complaint,
      refund_minor: Number(refund),
      reason: 'Looked at.',
    });
    // Decided once: the next decision is about another complaint.
    if (said === 'done') {
      asked.complaintRefund += refund;
      asked.complaints.pop();
    }
    return said;
  }

  async #alter(asked: Asked, deed: Deed & { deed: 'alter' }): Promise<string> {
    const { by, shift, nights, guests } = deed;
    const isPaidAtOnce = plannedCharges(asked.stay, asked.price, this.currency.timeZone)
      .every(({ at }) => at === null);
    if (!isPaidAtOnce) return 'is charged later';
    const stay = { ...asked.stay, checkIn: dayAfter(asked.stay.checkIn, shift), nights, guests };
    const altered: Altered = { alteration: newId(), by, stay, price: priceOf(stay) };
    this.#world.wire.belongs(this, altered.alteration);
    const said = await this.#ask(by === 'guest' ? asked.guest : this.host, 'propose_alteration', {
      alteration_id: altered.alteration,
      booking_id: asked.booking,
      check_in: stay.checkIn,
      check_out: dayAfter(stay.checkIn, nights),
      guests,
      expected_total_minor: Number(altered.price.total),
    });
    if (said !== 'done') return said;
    asked.alterations.push(altered);
    if (deed.answer === null) return said;
    const answered = await this.#answerAlteration(asked, deed.answer);
    return answered === 'done' && deed.answer === 'accepted' && deed.pays
      ? await this.#payWhatIsDue(asked, deed.card)
      : answered;
  }

  /** Who proposed it withdraws it, the other side accepts or declines. */
  async #answerAlteration(
    { guest, alterations }: Asked,
    answer: 'accepted' | 'declined' | 'withdrawn',
  ): Promise<string> {
    const latest = alterations.at(-1);
    const isGuests = (latest?.by === 'guest') === (answer === 'withdrawn');
    const verb = `${
      { accepted: 'accept', declined: 'decline', withdrawn: 'withdraw' }[answer]
    }_alteration`;
    const said = await this.#ask(isGuests ? guest : this.host, verb, {
      alteration_id: latest?.alteration ?? newId(),
    });
    if (said === 'done' && latest !== undefined) latest.said = answer;
    return said;
  }

  async #claimDamage(
    asked: Asked,
    { share, answer }: Deed & { deed: 'claim damage' },
  ): Promise<string> {
    const claim = newId();
    const amount = this.#part(asked.price.total, share);
    this.#world.wire.belongs(this, claim);
    const said = await this.#ask(this.host, 'claim_damage', {
      claim_id: claim,
      booking_id: asked.booking,
      amount_minor: Number(amount),
      damage: 'The wheel is split.',
    });
    if (said !== 'done') return said;
    asked.claims.push({ claim, amount, withdrawn: false });
    return answer === null ? said : await this.#answerClaim(asked, answer);
  }

  async #answerClaim({ guest, claims }: Asked, answer: ClaimAnswer): Promise<string> {
    const latest = claims.at(-1);
    const values = { claim_id: latest?.claim ?? newId() };
    switch (answer) {
      case 'disputed':
        return await this.#ask(guest, 'dispute_damage_claim', values);
      case 'withdrawn': {
        const said = await this.#ask(this.host, 'withdraw_damage_claim', values);
        if (said === 'done' && latest !== undefined) latest.withdrawn = true;
        return said;
      }
      case 'accepted': {
        const said = await this.#answerTo(guest, 'accept_damage_claim', values);
        if (said.code !== undefined) return said.code;
        // Staff may have been faster, with less.
        const { award_minor: award } = said.data as { award_minor: number };
        if (latest !== undefined) latest.award = BigInt(award);
        return 'done';
      }
    }
  }

  /** Staff find a share of it right, in hundredths. */
  async #decideClaim({ claims }: Asked, share: number): Promise<string> {
    const latest = claims.at(-1);
    if (latest === undefined) return 'no claim';
    const award = this.#part(latest.amount, share);
    const said = await this.#ask(this.#staff, 'staff_decide_damage_claim', {
      claim_id: latest.claim,
      award_minor: Number(award),
      reason: 'Looked at.',
    });
    if (said === 'done') latest.award = award;
    return said;
  }

  /** The charges of a booking that brought money. */
  #chargesOf({ booking }: Asked) {
    return this.#world.stripe.control.list(
      'charges',
      ({ captured, metadata }) => captured && metadata['booking_id'] === booking,
    );
  }

  /** One of them, 0 the newest. */
  #chargeOf(asked: Asked, place: number) {
    const charges = this.#chargesOf(asked);
    return charges.at(-1 - place % Math.max(1, charges.length));
  }

  #disputeOf(
    asked: Asked,
    standing = /^(?!won|lost|warning_closed|prevented)/,
  ): string | undefined {
    const charges = this.#chargesOf(asked).map(({ id }) => id);
    const [dispute] = this.#world.stripe.control.list(
      'disputes',
      ({ charge, status }) => charges.includes(String(charge)) && standing.test(status),
    );
    return dispute?.id;
  }

  #resend(place: number): string {
    const { control } = this.#world.stripe;
    const own = control.list('events', (event) => this.#world.ownerOf(event) === this);
    const event = own[place % Math.max(1, own.length)];
    if (event !== undefined) control.resend(event.id);
    return event?.type ?? 'no event';
  }

  /** A share in hundredths, in whole coins. */
  #part(amount: bigint, share: number): bigint {
    const { step } = this.currency;
    return amount * BigInt(share) / 100n / step * step;
  }

  /** A verb as somebody; resolves to `done` or the code of the refusal. */
  async #ask(who: Person, verb: string, values: Record<string, unknown>): Promise<string> {
    const { code } = await this.#answerTo(who, verb, values);
    return code ?? 'done';
  }

  async #answerTo(who: Person, verb: string, values: Record<string, unknown>): Promise<Answer> {
    const answer = await this.#world.wire.verb(verb, values, {
      role: 'authenticated',
      sub: who.id,
    });
    if (answer.code !== undefined) this.#check(verb, answer.code);
    return answer;
  }

  /** A function as somebody's browser calls it; undefined when the call died. */
  async #call(
    name: string,
    who: Person,
    body: unknown,
  ): Promise<Record<string, unknown> | undefined> {
    const token = tokenFor({ id: who.id, email: `${who.id}@example.com` });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await this.#world.wire.call(name, headers, body).catch(() => undefined);
    const said = await answer?.json() as Record<string, unknown> | undefined;
    if (answer?.ok === false) this.#check(name, String(said?.['code']));
    return said;
  }

  #check(what: string, code: string): void {
    if (!refusals.has(code)) this.complaints.push(`${what} refused with ${code}`);
  }

  /** A deed at Stripe; what Stripe forbids is not done. */
  async #toStripe(deed: (control: World['stripe']['control']) => unknown): Promise<string> {
    try {
      await deed(this.#world.stripe.control);
      return 'done';
    } catch (error) {
      if (!(error instanceof StripeFailure)) throw error;
      return error.body.code ?? error.body.type;
    }
  }
}

/** Lives side by side in one world, with their people and homes. */
export async function bringToLife(world: World, plans: Plan[]): Promise<Life[]> {
  const staff = { id: newId(), name: 'Sam' };
  const lives = plans.map((plan) => new Life(world, plan, staff));
  await settle(
    [staff, ...lives.flatMap(({ host, guests }) => [host, ...guests])],
    lives.map(({ home }) => home),
  );
  await writeNoLettersTo(
    lives.filter(({ plan }) => plan.seed % 4 > 0).flatMap(({ host, guests }) => [host, ...guests]),
  );
  await makeStaff(staff);
  return lives;
}

function taxesOf(home: HomePlan): TaxRule[] {
  const { step } = currencies[home.currency];
  const none = {
    rateBp: null,
    amount: null,
    maximumNights: null,
    exemptFromNights: null,
    minimumAge: null,
  };
  const taxes: TaxRule[] = [];
  if (home.taxBp > 0) {
    const basis = home.taxesFees ? 'percent_of_nights_and_fees' : 'percent_of_nights';
    taxes.push({ ...none, name: 'Occupancy tax', basis, rateBp: home.taxBp });
  }
  if (home.cityTax > 0) {
    const amount = BigInt(home.cityTax) * step;
    taxes.push({ ...none, name: 'City tax', basis: 'per_guest_night', amount });
  }
  return taxes;
}
