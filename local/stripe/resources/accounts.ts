import type { Stripe } from 'stripe';
import { invalid, malformed, missing } from '../http/errors.ts';
import type { Call, Route } from '../http/routes.ts';
import { newId } from '../ids.ts';
import type { Moment } from '../moment.ts';
import type { State } from '../state.ts';
import { mergeMetadata } from './find.ts';
import { honoured } from './unsupported.ts';

type Account = Stripe.V2.Core.Account;
type Capability =
  Stripe.V2.Core.Account.Configuration.Recipient.Capabilities.StripeBalance.StripeTransfers;
type RequirementEntry = Stripe.V2.Core.Account.Requirements.Entry;

const file = 'resources/V2/Core/Accounts';

/** How far a host has come with Stripe. */
export type Standing = 'active' | 'pending' | 'restricted' | 'rejected';

/** Whether money can be transferred to the account. */
export function mayReceiveTransfers(account: Account): boolean {
  return !account.closed && transfersOf(account)?.status === 'active';
}

function transfersOf(account: Account): Capability | undefined {
  return account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers;
}

/** @throws StripeFailure 404 */
export function findAccount(state: State, id: string): Account {
  const account = state.tables.accounts.get(id);
  if (!account) throw missing('account', id, 'account');
  return account;
}

/**
 * Moves an account on (or back), as its owner's answers or Stripe's checks do: capability,
 * requirements and the thin events of both.
 */
export function setStanding(moment: Moment, account: Account, standing: Standing): void {
  const capability = transfersOf(account);
  if (!capability) throw invalid(`${account.id} has not asked for stripe_transfers.`);
  const { stripe_balance: held } = account.configuration!.recipient!.capabilities!;
  const next = capabilityIn(standing);
  held!.stripe_transfers = next;
  held!.payouts = structuredClone(next);
  account.requirements = requirementsIn(standing);
  tell(moment, account, 'v2.core.account[requirements].updated');
  for (const updated of ['stripe_balance.stripe_transfers', 'stripe_balance.payouts']) {
    tell(
      moment,
      account,
      'v2.core.account[configuration.recipient].capability_status_updated',
      { updated_capability: updated },
    );
  }
}

function tell(
  moment: Moment,
  account: Account,
  type: string,
  data?: Record<string, unknown>,
): void {
  moment.emitThin(type, {
    id: account.id,
    type: 'v2.core.account',
    url: `/v2/core/accounts/${account.id}`,
  }, data);
}

function capabilityIn(standing: Standing): Capability {
  switch (standing) {
    case 'active':
      return { status: 'active', status_details: [] };
    case 'pending':
      return {
        status: 'pending',
        status_details: [{ code: 'determining_status', resolution: 'no_resolution' }],
      };
    case 'restricted':
      return {
        status: 'restricted',
        status_details: [{ code: 'requirements_past_due', resolution: 'provide_info' }],
      };
    case 'rejected':
      return {
        status: 'rejected',
        status_details: [{ code: 'rejected_other', resolution: 'contact_stripe' }],
      };
  }
}

function requirementsIn(standing: Standing): Stripe.V2.Core.Account.Requirements {
  if (standing !== 'restricted') return { entries: [], alternatives: [] };
  const entries = ['identity.individual.verification', 'default_outbound_destination'];
  return {
    alternatives: [],
    entries: entries.map((description): RequirementEntry => ({
      awaiting_action_from: 'user',
      description,
      errors: [],
      impact: {
        restricts_capabilities: [{
          capability: 'stripe_balance.stripe_transfers',
          configuration: 'recipient',
          deadline: { status: 'past_due' },
        }],
      },
      minimum_deadline: { status: 'past_due' },
      requested_reasons: [{ code: 'routine_onboarding' }],
    })),
    summary: { minimum_deadline: { status: 'past_due' } },
  };
}

function create({ moment, params }: Call): Account {
  const given = params as Stripe.V2.Core.AccountCreateParams;
  honoured(params, known);
  const account: Account = {
    id: newId('acct', 16),
    object: 'v2.core.account',
    applied_configurations: [],
    closed: false,
    configuration: {},
    created: isoOf(moment.now),
    dashboard: given.dashboard ?? 'none',
    defaults: {
      responsibilities: { requirements_collector: 'stripe' },
    },
    future_requirements: { entries: [], alternatives: [] },
    identity: {},
    livemode: false,
    metadata: {},
    requirements: { entries: [], alternatives: [] },
  };
  apply(account, given);
  moment.state.tables.accounts.set(account.id, account);
  tell(moment, account, 'v2.core.account.created');
  return seen(account, given.include);
}

const known = [
  'configuration',
  'contact_email',
  'contact_phone',
  'dashboard',
  'defaults',
  'display_name',
  'identity',
  'include',
  'metadata',
];

function apply(
  account: Account,
  given: Stripe.V2.Core.AccountCreateParams | Stripe.V2.Core.AccountUpdateParams,
): void {
  const country = given.identity?.country ?? account.identity?.country;
  const recipient = given.configuration?.recipient;
  for (const other of ['merchant', 'customer'] as const) {
    if (given.configuration?.[other]) {
      throw invalid(
        `The fake Stripe does not act on 'configuration.${other}'.`,
        'fake_not_supported',
        `configuration.${other}`,
      );
    }
  }
  const asked = recipient?.capabilities?.stripe_balance?.stripe_transfers?.requested;
  if (asked && !country) {
    throw invalid(
      'identity.country is required to request this capability.',
      'parameter_missing',
      'identity.country',
    );
  }
  if (given.contact_email) account.contact_email = given.contact_email;
  if (given.contact_phone) account.contact_phone = given.contact_phone;
  if (given.display_name) account.display_name = given.display_name;
  if (given.dashboard) account.dashboard = given.dashboard;
  if (given.identity) Object.assign(account.identity!, given.identity);
  if (given.defaults) {
    const { responsibilities, ...rest } = given.defaults;
    Object.assign(account.defaults!, rest);
    Object.assign(account.defaults!.responsibilities, responsibilities);
  }
  if (recipient) {
    account.configuration!.recipient ??= { applied: true, capabilities: { stripe_balance: {} } };
    if (!account.applied_configurations.includes('recipient')) {
      account.applied_configurations.push('recipient');
    }
    if (asked && !transfersOf(account)) {
      account.configuration!.recipient.capabilities!.stripe_balance = {
        payouts: capabilityIn('restricted'),
        stripe_transfers: capabilityIn('restricted'),
      };
      account.requirements = requirementsIn('restricted');
    }
  }
  account.metadata = mergeMetadata(account.metadata ?? {}, given.metadata);
}

function update({ moment, id, params }: Call): Account {
  const account = findAccount(moment.state, id);
  const given = params as Stripe.V2.Core.AccountUpdateParams;
  honoured(params, known);
  checkOpen(account);
  apply(account, given);
  tell(moment, account, 'v2.core.account.updated');
  return seen(account, given.include);
}

function close({ moment, id }: Call): Account {
  const account = findAccount(moment.state, id);
  checkOpen(account);
  endAccount(moment, account);
  return seen(account);
}

/** Closes an account, by us or by its owner. */
export function endAccount(moment: Moment, account: Account): void {
  account.closed = true;
  account.applied_configurations = [];
  tell(moment, account, 'v2.core.account.closed');
}

function checkOpen(account: Account): void {
  if (account.closed) throw invalid(`The account ${account.id} is closed.`, 'account_closed');
}

// Most of an account is shown only when asked for by `include`.
function seen(account: Account, include: string[] = []): Account {
  const { configuration, defaults, identity, requirements, future_requirements, ...rest } =
    structuredClone(account);
  const recipient = include.includes('configuration.recipient')
    ? configuration?.recipient
    : undefined;
  return {
    ...rest,
    ...(recipient ? { configuration: { recipient } } : {}),
    ...(include.includes('defaults') && defaults ? { defaults } : {}),
    ...(include.includes('identity') && identity ? { identity } : {}),
    ...(include.includes('requirements') && requirements ? { requirements } : {}),
    ...(include.includes('future_requirements') && future_requirements
      ? { future_requirements }
      : {}),
  };
}

/** One page of a v2 list, newest first; `page` is where the last one ended. */
export function pageV2<T extends object>(
  url: string,
  rows: T[],
  { limit = 20, from = 0, query = '' }: { limit?: number; from?: number; query?: string },
): { data: T[]; next_page_url: string | null; previous_page_url: string | null } {
  const newest = rows.toReversed();
  const at = (start: number) => `${url}?limit=${limit}&page=${start}${query}`;
  return {
    data: newest.slice(from, from + limit),
    next_page_url: from + limit < newest.length ? at(from + limit) : null,
    previous_page_url: from > 0 ? at(Math.max(0, from - limit)) : null,
  };
}

function link({ moment, params }: Call): Stripe.V2.Core.AccountLink {
  const given = params as unknown as Stripe.V2.Core.AccountLinkCreateParams;
  const account = moment.state.tables.accounts.get(given.account);
  if (!account) throw missing('account', given.account, 'account', 400);
  checkOpen(account);
  const { type } = given.use_case;
  const details = type === 'account_onboarding'
    ? given.use_case.account_onboarding
    : given.use_case.account_update;
  if (!details) throw malformed(`Missing required param: use_case.${type}.`, 'parameter_missing');
  const back = encodeURIComponent(details.return_url ?? details.refresh_url);
  return {
    object: 'v2.core.account_link',
    account: account.id,
    created: isoOf(moment.now),
    // The link itself works once, and for some minutes only.
    expires_at: isoOf(moment.now + 600),
    livemode: false,
    url: `${moment.settings.publicUrl}/_fake/onboard/${account.id}?return_url=${back}`,
    use_case: given.use_case as Stripe.V2.Core.AccountLink.UseCase,
  };
}

/** A v2 timestamp. */
export function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

export const accountRoutes: Route[] = [
  {
    method: 'POST',
    path: '/v2/core/accounts',
    parameters: { file, name: 'V2.Core.AccountCreateParams' },
    handle: create,
  },
  {
    method: 'GET',
    path: '/v2/core/accounts/:id',
    parameters: { file, name: 'V2.Core.AccountRetrieveParams' },
    handle: ({ moment, id, params }) => {
      const { include } = params as Stripe.V2.Core.AccountRetrieveParams;
      return seen(findAccount(moment.state, id), include);
    },
  },
  {
    method: 'POST',
    path: '/v2/core/accounts/:id',
    parameters: { file, name: 'V2.Core.AccountUpdateParams' },
    handle: update,
  },
  {
    method: 'POST',
    path: '/v2/core/accounts/:id/close',
    parameters: { file, name: 'V2.Core.AccountCloseParams' },
    handle: close,
  },
  {
    method: 'GET',
    path: '/v2/core/accounts',
    parameters: { file, name: 'V2.Core.AccountListParams' },
    handle: ({ moment, params, url, from }) => {
      const { limit, closed } = params as Stripe.V2.Core.AccountListParams;
      const rows = [...moment.state.tables.accounts.values()]
        .filter((row) => closed === undefined || row.closed === closed)
        .map((row) => seen(row));
      const query = closed === undefined ? '' : `&closed=${closed}`;
      return pageV2(url, rows, { from, query, ...(limit ? { limit } : {}) });
    },
  },
  {
    method: 'POST',
    path: '/v2/core/account_links',
    parameters: {
      file: 'resources/V2/Core/AccountLinks',
      name: 'V2.Core.AccountLinkCreateParams',
    },
    handle: link,
  },
];
