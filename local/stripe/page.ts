import type { Stripe } from 'stripe';
import type { Control } from './control.ts';
import { written } from './currencies.ts';
import { idOf } from './moment.ts';

/** The page at `/_fake`: what there is, newest first, with what can be done to it. */
export function overviewPage(control: Control): string {
  const intents = control.list('payment_intents').reverse().slice(0, 50);
  const refunds = control.list('refunds').reverse().slice(0, 50);
  const deliveries = control.deliveries().reverse().slice(0, 50);
  const events = new Map(
    [...control.list('events'), ...control.list('thin_events')].map((event) => [event.id, event]),
  );
  const requests = control.requests().slice(-50).reverse();
  return layout(
    'Fake Stripe',
    `<h1>Fake Stripe</h1>
    <p>What guests, banks, hosts and people in the dashboard do; amounts in minor units, empty for
    all. Time passes with <code>npm run clock -- "2 days"</code>.</p>
    <p>Balance: ${balance(control)}.
    ${button('pause', 'hold webhooks')} ${button('resume', 'let webhooks go')}
    ${button('deliver-all', 'deliver what is held')} ${control.held().length} held</p>
    <h2>Payments</h2>
    ${
      table(
        ['intent', 'amount', 'status', 'booking', ''],
        intents.map((intent) => [
          link(intent.id),
          escape(written(intent.amount, intent.currency)),
          escape(intent.status),
          escape(intent.metadata['booking_id'] ?? ''),
          actions(intent),
        ]),
      )
    }
    <h2>Refunds</h2>
    ${
      table(
        ['refund', 'intent', 'amount', 'status', ''],
        refunds.map((refund) => [
          link(refund.id),
          link(idOf(refund.payment_intent) ?? ''),
          escape(written(refund.amount, refund.currency)),
          escape(refund.status ?? ''),
          refund.status === 'pending' || refund.status === 'succeeded'
            ? button('settle-refund', 'fail', { refund: refund.id, outcome: 'failed' })
            : '',
        ]),
      )
    }
    <h2>Disputes</h2>
    ${
      table(
        ['dispute', 'intent', 'amount', 'status', ''],
        control.list('disputes').reverse().slice(0, 50).map((dispute) => [
          link(dispute.id),
          link(idOf(dispute.payment_intent) ?? ''),
          escape(written(dispute.amount, dispute.currency)),
          escape(dispute.status),
          verdicts(dispute),
        ]),
      )
    }
    <h2>Hosts</h2>
    ${
      table(
        ['account', 'name', 'transfers', ''],
        control.list('accounts').reverse().slice(0, 50).map((account) => [
          link(account.id),
          escape(account.display_name ?? account.contact_email ?? ''),
          escape(account.closed ? 'closed' : standingOf(account)),
          standings(account),
        ]),
      )
    }
    <h2>Transfers</h2>
    ${
      table(
        ['transfer', 'to', 'amount', 'reversed', 'group', ''],
        control.list('transfers').reverse().slice(0, 50).map((transfer) => [
          link(transfer.id),
          link(idOf(transfer.destination) ?? ''),
          escape(written(transfer.amount, transfer.currency)),
          escape(written(transfer.amount_reversed, transfer.currency)),
          escape(transfer.transfer_group ?? ''),
          transfer.reversed
            ? ''
            : amountButton('reverse-transfer', 'reverse', { transfer: transfer.id }),
        ]),
      )
    }
    <h2>Webhooks</h2>
    ${
      table(
        ['event', 'type', 'to', 'state', 'answer', ''],
        deliveries.map((delivery) => [
          link(delivery.event),
          escape(events.get(delivery.event)?.type ?? ''),
          escape(delivery.url),
          escape(`${delivery.status}, tried ${delivery.attempts}`),
          escape(delivery.answer ?? ''),
          button('resend', 'send again', { event: delivery.event }),
        ]),
      )
    }
    <h2>Requests</h2>
    ${
      table(
        ['request', 'status', 'idempotency key', 'error'],
        requests.map((request) => [
          escape(`${request.method} ${request.path}`),
          escape(
            `${request.status}${request.replayed ? ' (replayed)' : ''} ${request.fault ?? ''}`,
          ),
          escape(request.idempotencyKey ?? ''),
          escape(request.error ?? ''),
        ]),
      )
    }`,
  );
}

/** Where a guest is sent to authenticate; the buttons send them back to the intent's return_url. */
export function authenticationPage(control: Control, id: string): string {
  const intent = control.get(id) as Stripe.PaymentIntent | Stripe.SetupIntent | undefined;
  if (!intent || !('next_action' in intent) || intent.status !== 'requires_action') {
    return layout('3D Secure', '<h1>Nothing to authenticate</h1>');
  }
  const returnUrl = intent.next_action?.redirect_to_url?.return_url;
  const back = (outcome: string) => {
    if (!returnUrl) return '/_fake';
    const url = new URL(returnUrl);
    url.searchParams.set(intent.object, intent.id);
    url.searchParams.set(`${intent.object}_client_secret`, intent.client_secret ?? '');
    url.searchParams.set('redirect_status', outcome);
    return url.href;
  };
  return layout(
    '3D Secure',
    `<h1>${
      intent.object === 'payment_intent'
        ? `Is it you who pays ${escape(written(intent.amount, intent.currency))}?`
        : 'Is it you who saves this card?'
    }</h1>
    ${
      button('authenticate', 'Yes, complete', {
        intent: id,
        outcome: 'succeeded',
        return_to: back('succeeded'),
      })
    }
    ${
      button('authenticate', 'No, fail', {
        intent: id,
        outcome: 'failed',
        return_to: back('failed'),
      })
    }`,
  );
}

/** Where a host is sent by an account link; the buttons send them back to its return_url. */
export function onboardingPage(control: Control, id: string, returnUrl: string): string {
  const account = control.get(id) as Stripe.V2.Core.Account | undefined;
  if (account?.object !== 'v2.core.account') {
    return layout('Onboarding', '<h1>No such account</h1>');
  }
  const finish = (standing: string, label: string) =>
    button('onboard', label, { account: id, standing, return_to: returnUrl });
  return layout(
    'Onboarding',
    `<h1>Getting paid: ${escape(account.display_name ?? account.contact_email ?? id)}</h1>
    ${finish('active', 'Give all details')} ${finish('pending', 'Give details, to be checked')}
    ${finish('restricted', 'Leave half-way')}`,
  );
}

function verdicts({ id: dispute, status }: Stripe.Dispute): string {
  if (status === 'lost') return button('appeal-dispute', 'appeal', { dispute });
  if (['won', 'warning_closed', 'prevented'].includes(status)) return '';
  return [
    button('close-dispute', 'won', { dispute, outcome: 'won' }),
    button('close-dispute', 'lost', { dispute, outcome: 'lost' }),
    status.startsWith('warning_') ? button('escalate-inquiry', 'escalate', { dispute }) : '',
  ].join(' ');
}

function standingOf(account: Stripe.V2.Core.Account): string {
  const held = account.configuration?.recipient?.capabilities?.stripe_balance?.stripe_transfers;
  return held?.status ?? 'not asked for';
}

function standings({ id: account, closed }: Stripe.V2.Core.Account): string {
  if (closed) return '';
  return ['active', 'pending', 'restricted', 'rejected']
    .map((standing) => button('onboard', standing, { account, standing })).join(' ');
}

function actions(intent: Stripe.PaymentIntent): string {
  switch (intent.status) {
    case 'requires_payment_method':
    case 'requires_confirmation':
      return [
        button('pay', 'pay', { intent: intent.id, card: 'visa' }),
        button('pay', 'pay with 3DS', { intent: intent.id, card: 'authenticationRequired' }),
        button('pay', 'decline', { intent: intent.id, card: 'chargeDeclined' }),
      ].join(' ');
    case 'requires_action':
      return [
        button('authenticate', 'complete 3DS', { intent: intent.id, outcome: 'succeeded' }),
        button('authenticate', 'fail 3DS', { intent: intent.id, outcome: 'failed' }),
      ].join(' ');
    case 'requires_capture':
      return button('expire-authorization', 'expire', { intent: intent.id });
    case 'succeeded':
      return [
        amountButton('refund', 'refund', { payment_intent: intent.id }),
        amountButton('open-dispute', 'dispute', { payment_intent: intent.id }),
        button('open-dispute', 'inquire', { payment_intent: intent.id, inquiry: 'true' }),
        button('warn-of-fraud', 'warn of fraud', { payment_intent: intent.id }),
      ].join(' ');
    default:
      return '';
  }
}

function balance(control: Control): string {
  const { available, pending } = control.balance();
  const sums = available.map(({ amount, currency }, i) =>
    `${written(amount, currency)} available, ${written(pending[i]?.amount ?? 0, currency)} pending`
  );
  return escape(sums.join('; ') || 'nothing');
}

/** A button beside a field for an amount. */
const amountButton = (deed: string, label: string, fields: Record<string, string>) =>
  button(deed, label, fields, '<input name="amount" type="number" min="1" placeholder="all">');

function button(
  deed: string,
  label: string,
  fields: Record<string, string> = {},
  field = '',
): string {
  const inputs = Object.entries({ return_to: '/_fake', ...fields })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
  return `<form method="post" action="/_fake/${deed}">${inputs.join('')}${field}<button>${
    escape(label)
  }</button></form>`;
}

function link(id: string): string {
  return id ? `<a href="/_fake/objects/${escape(id)}">${escape(id)}</a>` : '';
}

function table(heads: string[], rows: string[][]): string {
  const cells = (tag: string, values: string[]) =>
    values.map((value) => `<${tag}>${value}</${tag}>`).join('');
  return `<table><tr>${cells('th', heads)}</tr>${
    rows.map((row) => `<tr>${cells('td', row)}</tr>`).join('')
  }</table>`;
}

function layout(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
  <style>body{font:15px/1.5 system-ui;margin:2rem;max-width:80rem}form{display:inline}input[type=number]{width:5rem}
  table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem .2rem 0;
  border-bottom:1px solid #ddd;vertical-align:top}</style>${body}</html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
