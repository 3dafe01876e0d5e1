import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { money } from '../format.ts';
import { guest } from '../i18n/index.ts';
import { Button, Dialog, Field } from '../kit/index.ts';
import { settings } from '../settings.ts';
import type { CardProps } from './card.ts';

interface Intent {
  status: string;
  last_payment_error?: { code?: string; decline_code?: string } | null;
  last_setup_error?: { code?: string; decline_code?: string } | null;
}

const inFours = (text: string) =>
  text.replace(/\D/g, '').slice(0, 19).replace(/(\d{4})(?=\d)/g, '$1 ');
const asMonth = (text: string) =>
  text.replace(/[^\d/]/g, '').replace(/^(\d\d)(\d)/, '$1/$2').slice(0, 5);

/** The card form of the embedded stack: the fake Stripe accepts test cards, as Stripe.js would in a browser. */
export default function FakeCard({ payment, onPaid }: CardProps) {
  const words = guest().pay;
  const [card, setCard] = useState('');
  const [expiry, setExpiry] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState('');
  const [asks, setAsks] = useState(false);
  const intent = payment.client_secret.split('_secret')[0]!;
  const deed = async (name: string, given: Record<string, unknown>): Promise<Intent> => {
    const answer = await fetch(`${settings.fakeStripe}/_fake/${name}`, {
      method: 'POST',
      body: JSON.stringify({ intent, ...given }),
    });
    const body = await answer.json();
    if (!answer.ok) throw body.error ?? new Error(`${answer.status}`);
    return body;
  };
  const take = (result: Intent) => {
    if (result.status === 'requires_action') setAsks(true);
    else if (['succeeded', 'processing', 'requires_capture'].includes(result.status)) onPaid();
    else {
      const error = result.last_payment_error ?? result.last_setup_error;
      const reasons: Record<string, string> = words.declined;
      setProblem(
        reasons[error?.decline_code ?? ''] ?? reasons[error?.code ?? ''] ?? words.declined.generic,
      );
    }
  };
  const pay = useAction(async () => {
    setProblem('');
    const number = card.replace(/\D/g, '');
    try {
      take(await deed(payment.mode === 'setup' ? 'set-up' : 'pay', { card: number }));
    } catch (error) {
      setProblem(
        /test card/.test((error as Error).message) ? words.notATestCard : words.declined.generic,
      );
    }
  });
  const authenticate = useAction(async (outcome: 'succeeded' | 'failed') => {
    setAsks(false);
    const result = await deed('authenticate', { outcome });
    if (outcome === 'failed') setProblem(words.declined.authentication);
    else take(result);
  });
  return (
    <form
      class='stack'
      onSubmit={(event) => {
        event.preventDefault();
        void pay();
      }}
    >
      <Field
        label={words.number}
        value={card}
        onValue={setCard}
        format={inFours}
        autocomplete='cc-number'
        inputmode='numeric'
        required
        pattern='[0-9 ]{12,23}'
        hint={words.testHint}
        problem={problem || undefined}
      />
      <div class='pay-row'>
        <Field
          label={words.expiry}
          value={expiry}
          onValue={setExpiry}
          format={asMonth}
          autocomplete='cc-exp'
          inputmode='numeric'
          placeholder='12/34'
          pattern='(0[1-9]|1[0-2])/[0-9]{2}'
          required
        />
        <Field
          label={words.code}
          value={code}
          onValue={setCode}
          format={(text) => text.replace(/\D/g, '').slice(0, 4)}
          autocomplete='cc-csc'
          inputmode='numeric'
          placeholder='123'
          pattern='[0-9]{3,4}'
          required
        />
      </div>
      <p class='visually-hidden' role='alert'>{problem}</p>
      <Button kind='primary' type='submit' wide busy={pay.busy || authenticate.busy}>
        {payment.mode === 'setup'
          ? words.saveCard
          : words.pay(money(payment.amount_minor, payment.currency))}
      </Button>
      <details class='small soft'>
        <summary>{words.testCards}</summary>
        <ul class='stack-small pay-cards'>
          <li>4242 4242 4242 4242 · {words.cards.works}</li>
          <li>4000 0027 6000 3184 · {words.cards.asks}</li>
          <li>4000 0000 0000 0002 · {words.cards.declined}</li>
          <li>4000 0000 0000 9995 · {words.cards.funds}</li>
        </ul>
      </details>
      {asks && (
        <Dialog
          title={words.bankTitle}
          onClose={() => void authenticate('failed')}
          footer={
            <>
              <Button kind='quiet' onClick={() => void authenticate('failed')}>
                {words.bankNo}
              </Button>
              <Button kind='primary' onClick={() => void authenticate('succeeded')}>
                {words.bankYes}
              </Button>
            </>
          }
        >
          <p>{words.bankText(money(payment.amount_minor, payment.currency))}</p>
        </Dialog>
      )}
    </form>
  );
}
