import type { Stripe } from 'stripe';
import type { Control } from './control.ts';
import { written } from './currencies.ts';
import { idOf } from './moment.ts';

/** The page at `/_fake`: what there is, newest first, with what can be done to it. */
export function overviewPage(control: Control): string {
  const intents = control.list('payment_intents').reverse().slice(0, 50);
  const refunds = control.list('refunds').reverse().slice(0, 50);
  const deliveries = control.deliveries().reverse().slice(0, 50);
  const events = new Map(control.list('events').map((event) => [event.id, event]));
  const requests = control.requests().slice(-50).reverse();
  return layout(
    'Fake Stripe',
    `<h1>Fake Stripe</h1>
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
  const intent = control.get(id) as Stripe.PaymentIntent | undefined;
  if (intent?.object !== 'payment_intent' || intent.status !== 'requires_action') {
    return layout('3D Secure', '<h1>Nothing to authenticate</h1>');
  }
  const returnUrl = intent.next_action?.redirect_to_url?.return_url;
  const back = (outcome: string) => {
    if (!returnUrl) return '/_fake';
    const url = new URL(returnUrl);
    url.searchParams.set('payment_intent', intent.id);
    url.searchParams.set('payment_intent_client_secret', intent.client_secret ?? '');
    url.searchParams.set('redirect_status', outcome);
    return url.href;
  };
  return layout(
    '3D Secure',
    `<h1>Is it you who pays ${escape(written(intent.amount, intent.currency))}?</h1>
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
      return button('refund', 'refund', { payment_intent: intent.id });
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

function button(deed: string, label: string, fields: Record<string, string> = {}): string {
  const inputs = Object.entries({ return_to: '/_fake', ...fields })
    .map(([name, value]) => `<input type="hidden" name="${name}" value="${escape(value)}">`);
  return `<form method="post" action="/_fake/${deed}">${inputs.join('')}<button>${
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
  <style>body{font:15px/1.5 system-ui;margin:2rem;max-width:80rem}form{display:inline}
  table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.2rem .6rem .2rem 0;
  border-bottom:1px solid #ddd;vertical-align:top}</style>${body}</html>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
