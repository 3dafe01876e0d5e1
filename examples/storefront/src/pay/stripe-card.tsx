import { useEffect, useRef, useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { money } from '../format.ts';
import { guest } from '../i18n/index.ts';
import { Button, Notice } from '../kit/index.ts';
import { settings } from '../settings.ts';
import type { CardProps } from './card.ts';

interface StripeElements {
  create(kind: 'payment'): { mount(place: HTMLElement): void };
}
interface StripeJs {
  elements(options: { clientSecret: string; appearance: object }): StripeElements;
  confirmPayment(options: object): Promise<{ error?: { message?: string } }>;
  confirmSetup(options: object): Promise<{ error?: { message?: string } }>;
}

const source = 'https://js.stripe.com/v3/';

/** Stripe asks that its script comes from its own address. */
function loadStripe(key: string): Promise<StripeJs> {
  const made = () => (globalThis as unknown as { Stripe: (key: string) => StripeJs }).Stripe(key);
  if ('Stripe' in globalThis) return Promise.resolve(made());
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = source;
    script.onload = () => resolve(made());
    script.onerror = () => reject(new TypeError('Stripe.js did not load.'));
    document.head.append(script);
  });
}

/** Stripe's own form: card numbers never touch this site. */
export default function StripeCard({ payment, onPaid }: CardProps) {
  const words = guest().pay;
  const place = useRef<HTMLDivElement>(null);
  const [ready, setReady] = useState<{ stripe: StripeJs; elements: StripeElements }>();
  const [problem, setProblem] = useState('');
  useEffect(() => {
    if (!settings.stripeKey) return;
    void loadStripe(settings.stripeKey).then((stripe) => {
      const isDark = getComputedStyle(document.documentElement).colorScheme === 'dark' ||
        (!document.documentElement.dataset['theme'] &&
          matchMedia('(prefers-color-scheme: dark)').matches);
      const elements = stripe.elements({
        clientSecret: payment.client_secret,
        appearance: { theme: isDark ? 'night' : 'stripe' },
      });
      elements.create('payment').mount(place.current!);
      setReady({ stripe, elements });
    }, () => setProblem(words.noStripe));
  }, [payment.client_secret]);
  const pay = useAction(async () => {
    setProblem('');
    const { stripe, elements } = ready!;
    const options = {
      elements,
      confirmParams: { return_url: `${location.origin}/bookings/${payment.booking_id}` },
      redirect: 'if_required',
    };
    const { error } = await (payment.mode === 'setup'
      ? stripe.confirmSetup(options)
      : stripe.confirmPayment(options));
    if (error) {
      setProblem(error.message ?? words.declined.generic);
    } else onPaid();
  });
  if (!settings.stripeKey) return <Notice kind='warn'>{words.noStripe}</Notice>;
  return (
    <form
      class='stack'
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) void pay();
      }}
    >
      <div class='pay-element' ref={place} />
      <p class='problem' role='alert'>{problem}</p>
      <Button kind='primary' type='submit' wide busy={pay.busy || !ready}>
        {payment.mode === 'setup'
          ? words.saveCard
          : words.pay(money(payment.amount_minor, payment.currency))}
      </Button>
    </form>
  );
}
