import { addDays, call, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase, useQuery } from '../api.ts';
import { daysText, money, today } from '../format.ts';
import { core } from '../i18n/index.ts';
import {
  Avatar,
  Badge,
  Button,
  Dialog,
  ErrorBox,
  LinkButton,
  TextArea,
  toast,
} from '../kit/index.ts';
import { amountOf, Countdown, MoneyField, Section, useMe } from './parts.tsx';
import { host } from './words.ts';

/** Inquiries about future dates, newest first, with the offers made. */
const questions = (profile_id: string) =>
  query('inquiries', { profile_id }, (signal) =>
    must(
      staybase.from('inquiries').select(`*,
        listings(title, currency),
        guest:profiles!inquiries_guest_id_fkey(display_name, avatar_path),
        offers(offer_id, kind, status, expires_at, currency, subtotal_minor)`)
        .neq('guest_id', profile_id)
        .gte('check_in', today())
        .gte('created_at', addDays(today(), -30))
        .order('created_at', { ascending: false })
        .limit(20)
        .abortSignal(signal),
    ));

type Shown = Awaited<ReturnType<ReturnType<typeof questions>['run']>>[number];

export function Inquiries() {
  const words = host().inquiries;
  const { answer, error } = useQuery(questions(useMe().id));
  if (error) return <ErrorBox error={error} />;
  if (!answer?.length) return null;
  return (
    <Section title={words.title} count={answer.length}>
      <p class='soft'>{words.text}</p>
      {answer.map((inquiry) => <Inquiry key={inquiry.inquiry_id} inquiry={inquiry} />)}
    </Section>
  );
}

function Inquiry({ inquiry }: { inquiry: Shown }) {
  const words = host().inquiries;
  const { inquiry_id } = inquiry;
  const name = inquiry.guest?.display_name ?? host().formerGuest;
  const [offer_id] = useState(() => crypto.randomUUID());
  const [isOffering, setOffering] = useState(false);
  const open = inquiry.offers.find(({ status }) => status === 'open');
  const approve = useAction(async () => {
    await call(staybase, 'preapprove_inquiry', { inquiry_id, offer_id });
    toast(words.approved(name));
    cache.refresh('inquiries', 'conversation_head');
  });
  const withdraw = useAction(async () => {
    await call(staybase, 'withdraw_offer', { offer_id: open!.offer_id });
    toast(words.withdrawn);
    cache.refresh('inquiries', 'conversation_head');
  });
  return (
    <article class='panel stack'>
      <div class='between request-top'>
        <div class='row request-head'>
          <Avatar name={name} path={inquiry.guest?.avatar_path} />
          <h3>{name}</h3>
        </div>
        {open && <Countdown until={open.expires_at} />}
      </div>
      <p>
        {inquiry.listings?.title}
        <br />
        <span class='soft'>
          {daysText(inquiry.check_in, inquiry.check_out)} · {core().counts.guests(inquiry.guests)}
        </span>
      </p>
      {open && (
        <p>
          <Badge kind='good'>
            {open.kind === 'special_offer' && open.subtotal_minor !== null
              ? words.offered(money(open.subtotal_minor, open.currency))
              : words.isApproved}
          </Badge>
        </p>
      )}
      <div class='row'>
        {open
          ? (
            <Button size='small' busy={withdraw.busy} onClick={() => void withdraw()}>
              {words.withdraw}
            </Button>
          )
          : (
            <>
              <Button
                kind='primary'
                size='small'
                busy={approve.busy}
                onClick={() => void approve()}
              >
                {words.approve}
              </Button>
              <Button size='small' aria-haspopup='dialog' onClick={() => setOffering(true)}>
                {words.offer}
              </Button>
            </>
          )}
        <LinkButton
          kind='quiet'
          size='small'
          href={`/conversations/${inquiry.conversation_id}`}
        >
          {host().booking.write(name)}
        </LinkButton>
      </div>
      <ErrorBox error={approve.error ?? withdraw.error} />
      {isOffering && <Offer inquiry={inquiry} name={name} onClose={() => setOffering(false)} />}
    </article>
  );
}

function Offer({ inquiry, name, onClose }: { inquiry: Shown; name: string; onClose: () => void }) {
  const words = host().inquiries;
  const currency = inquiry.listings?.currency ?? 'EUR';
  const [offer_id] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState('');
  const [message, setMessage] = useState('');
  const subtotal_minor = amountOf(amount, currency);
  const send = useAction(async () => {
    await call(staybase, 'send_special_offer', {
      inquiry_id: inquiry.inquiry_id,
      offer_id,
      subtotal_minor: subtotal_minor ?? 0,
      ...(message.trim() === '' ? {} : { message: message.trim() }),
    });
    onClose();
    toast(words.sent(name));
    cache.refresh('inquiries', 'conversation_head');
  });
  return (
    <Dialog
      title={words.offer}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{host().booking.back}</Button>
          <Button
            kind='primary'
            busy={send.busy}
            onClick={() => typeof subtotal_minor === 'number' && void send()}
          >
            {words.send}
          </Button>
        </>
      }
    >
      <div class='stack'>
        <p>{words.offerText}</p>
        <MoneyField
          label={words.total}
          hint={words.totalHint}
          currency={currency}
          value={amount}
          onValue={setAmount}
          required
        />
        <TextArea
          label={words.message}
          value={message}
          onValue={setMessage}
          maxlength={2000}
        />
        <ErrorBox error={send.error} />
      </div>
    </Dialog>
  );
}
