import { callFunction, type PaymentToMake } from '@staybase/client';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { staybase } from '../api.ts';
import { instantText, money } from '../format.ts';
import { guest } from '../i18n/index.ts';
import { later } from '../kit/later.tsx';
import { ErrorBox, Loading, Notice, Skeleton } from '../kit/index.ts';
import { settings } from '../settings.ts';
import './pay.css';

const FakeCard = later(() => import('./fake-card.tsx'));
const StripeCard = later(() => import('./stripe-card.tsx'));

/** The amount due now for a stay, and the card form. */
export function Pay({ booking_id, onPaid }: { booking_id: string; onPaid: () => void }) {
  const words = guest().pay;
  const [payment, setPayment] = useState<PaymentToMake>();
  const [isPaid, setPaid] = useState(false);
  const begin = useAction(async () => {
    setPayment(await callFunction(staybase, 'create-payment', { booking_id }));
  });
  useEffect(() => void begin(), [booking_id]);
  const paid = () => {
    setPaid(true);
    onPaid();
  };
  if (isPaid) {
    return (
      <section class='panel stack' aria-labelledby='paying'>
        <h2 id='paying'>{words.title}</h2>
        <p role='status' class='row'>
          <span class='spinner' aria-hidden='true' />
          {words.confirming}
        </p>
      </section>
    );
  }
  return (
    <section class='panel stack' aria-labelledby='paying'>
      <h2 id='paying'>{words.title}</h2>
      <ErrorBox error={begin.error} retry={begin} />
      {!payment && !begin.error && (
        <Loading>
          <Skeleton height='320px' />
        </Loading>
      )}
      {payment && (
        <>
          <p>
            {payment.mode === 'setup' && payment.charge_at
              ? words.later(
                money(payment.amount_minor, payment.currency),
                instantText(payment.charge_at),
              )
              : words.now(money(payment.amount_minor, payment.currency))}
          </p>
          {payment.expires_at && (
            <Notice kind='warn'>{words.heldUntil(instantText(payment.expires_at))}</Notice>
          )}
          {settings.fakeStripe
            ? <FakeCard payment={payment} onPaid={paid} />
            : <StripeCard payment={payment} onPaid={paid} />}
        </>
      )}
    </section>
  );
}
