import type Stripe from 'stripe';
import type { Auth } from '../_shared/auth.ts';
import type { HostAccountStart } from '../_shared/answers.ts';
import { refetchHost } from '../_shared/hosts.ts';
import { type Handler, readJson } from '../_shared/http.ts';
import { metadataFor, type StripePorts } from '../_shared/ours.ts';
import { Problem } from '../_shared/problem.ts';
import { failureOf, isReplay } from '../_shared/stripe.ts';
import { accountStatus, type OnboardingAnswer, onboardingRequest } from './contract.ts';

/**
 * `{country_code, return_url, refresh_url?}` of a signed-in owner opens their account at Stripe, once,
 * and becomes `{status, onboarding_url, expires_at}`: the link is good once, for some minutes, and null
 * when there is nothing to do. What Stripe still asks for is in the table `host_accounts`.
 * Throws `sign_in_required`, `invalid_body`, what `start_host_account` refuses with (listing_required,
 * invalid_country), `payments_unavailable` and `try_again`.
 */
export function hostAccount(ports: StripePorts & { auth: Auth }): Handler {
  const { auth, database, stripe } = ports;
  return async (request, note) => {
    const { token } = await auth.person(request);
    const wanted = await readJson(request, onboardingRequest);
    const open = () =>
      database.callAs(token, 'start_host_account', { country_code: wanted.country_code });
    const start = await open();
    note({ host: start.host_id });
    try {
      // Null when another call, or the event of an answer that was lost, was faster: then it is known.
      const accountId = start.stripe_account_id ??
        await openAccount(start, ports) ??
        (await open()).stripe_account_id;
      if (accountId === null) throw new Problem('try_again');
      note({ account: accountId });
      // Another call may have opened an account a moment ago: then this one is not the host's.
      const { success, data: status } = accountStatus.safeParse(
        await refetchHost(accountId, ports),
      );
      if (!success) throw new Problem('try_again');
      if (status === 'active' || status === 'closed') {
        const done: OnboardingAnswer = { status, onboarding_url: null, expires_at: null };
        return Response.json(done);
      }
      const link = await stripe.v2.core.accountLinks.create({
        account: accountId,
        use_case: {
          type: 'account_onboarding',
          account_onboarding: {
            return_url: wanted.return_url,
            refresh_url: wanted.refresh_url ?? wanted.return_url,
          },
        },
      });
      const answer: OnboardingAnswer = {
        status,
        onboarding_url: link.url,
        expires_at: link.expires_at,
      };
      return Response.json(answer);
    } catch (error) {
      if (failureOf(error) === undefined) throw error;
      throw new Problem('payments_unavailable', undefined, { cause: error });
    }
  };
}

/**
 * An account that may be paid by transfers; the marketplace bears Stripe's fees and the losses. Null
 * when the host has another one by now: a host has one account, the spare one is closed.
 */
async function openAccount(
  start: HostAccountStart,
  { stripe, database, environment }: StripePorts,
): Promise<string | null> {
  const params: Stripe.V2.Core.AccountCreateParams = {
    dashboard: 'express',
    display_name: start.display_name,
    ...(start.contact_email === null ? {} : { contact_email: start.contact_email }),
    identity: { country: start.country_code.toLowerCase() },
    configuration: {
      recipient: {
        capabilities: {
          stripe_balance: { stripe_transfers: { requested: true } },
        },
      },
    },
    defaults: {
      responsibilities: {
        fees_collector: 'application',
        losses_collector: 'application',
      },
    },
    metadata: metadataFor(environment, { host_id: start.host_id }),
  };
  const create = (idempotencyKey: string) =>
    stripe.v2.core.accounts.create(params, { idempotencyKey });
  const account = await create(start.idempotency_key).catch((error) => {
    // A 500 that Stripe keeps for the key would lock the host out; a spare account harms nobody.
    if (!isReplay(error)) throw error;
    return create(`${start.idempotency_key}/again`);
  });
  try {
    await database.call('record_host_account', {
      host_id: start.host_id,
      stripe_account_id: account.id,
    });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'account_mismatch') {
      throw error;
    }
    await stripe.v2.core.accounts.close(account.id);
    return null;
  }
  return account.id;
}
