import { addDays, ask, callFunction, must, query } from '@staybase/client';
import { useState } from 'preact/hooks';
import { useAction } from '../action.ts';
import { cache, staybase, useQuery } from '../api.ts';
import { countryName, dayOfYear, money, monthText, today } from '../format.ts';
import { Badge, Button, EmptyState, ErrorBox, Select, Skeleton } from '../kit/index.ts';
import { usePage } from '../page.ts';
import { countries } from './countries.ts';
import { account } from './data.ts';
import { Head, Section, Together, useMe } from './parts.tsx';
import { host } from './words.ts';

const nextPayouts = (host_id: string) =>
  query('payouts', { host_id }, (signal) =>
    must(
      staybase.from('payouts').select('*, bookings(check_in, listings(title))')
        .eq('host_id', host_id)
        .in('status', ['scheduled', 'blocked', 'sent'])
        .order('due_at').order('payout_id').limit(50)
        .abortSignal(signal),
    ));

const yearOf = (year: string) => ({
  starts_on: `${year}-01-01`,
  ends_on: `${Number(year) + 1}-01-01`,
});

export default function Money() {
  const me = useMe();
  const words = host().money;
  usePage(words.title);
  const waits = [
    useQuery(account(me.id)).waits,
    useQuery(nextPayouts(me.id)).waits,
    useQuery(ask(staybase, 'earning_totals', yearOf(today().slice(0, 4)))).waits,
  ];
  return (
    <div class='page'>
      <Head title={words.title} />
      <Together waits={waits}>
        <div class='host-columns'>
          <div class='stack-large'>
            <Payouts />
            <Earnings />
          </div>
          <aside class='stack-large' aria-label={words.account}>
            <Account />
          </aside>
        </div>
      </Together>
    </div>
  );
}

/** The payout account, which Stripe manages. */
function Account() {
  const me = useMe();
  const words = host().money;
  const { answer, error, waits } = useQuery(account(me.id));
  const [country, setCountry] = useState('FR');
  const begin = useAction(async () => {
    const { onboarding_url } = await callFunction(staybase, 'host-account', {
      country_code: answer?.country_code ?? country,
      return_url: `${location.origin}/host/money`,
    });
    cache.refresh('host_account');
    if (onboarding_url !== null) location.assign(onboarding_url);
  });
  if (waits) return <Skeleton height='240px' />;
  const status = answer?.status;
  return (
    <section class='panel stack'>
      <div class='between'>
        <h2>{words.account}</h2>
        {status && (
          <Badge kind={status === 'active' ? 'good' : 'warn'}>{words.accountStatus[status]}</Badge>
        )}
      </div>
      <ErrorBox error={error} />
      <p>{status === 'active' ? words.ready : status ? words.goOn : words.begin}</p>
      {answer
        ? <p class='soft small'>{words.accountIn(countryName(answer.country_code))}</p>
        : (
          <Select
            label={words.country}
            hint={words.countryHint}
            value={country}
            options={countries().map(({ code, name }) => [code, name] as const)}
            onValue={setCountry}
          />
        )}
      {!!answer?.requirements.length && status !== 'active' && (
        <p class='soft small'>{words.requirements(answer.requirements.length)}</p>
      )}
      {status !== 'active' && status !== 'closed' && (
        <Button
          kind='primary'
          busy={begin.busy}
          onClick={() => void begin()}
        >
          {status ? words.goOnButton : words.beginButton}
        </Button>
      )}
      <ErrorBox error={begin.error} />
    </section>
  );
}

function Payouts() {
  const me = useMe();
  const words = host().money;
  const { answer, error, waits } = useQuery(nextPayouts(me.id));
  return (
    <Section title={words.next}>
      <ErrorBox error={error} />
      {waits && <Skeleton height='200px' />}
      {answer?.length === 0 && <p class='soft'>{words.noPayouts}</p>}
      {!!answer?.length && (
        <ul class='rows'>
          {answer.map((payout) => (
            <li key={payout.payout_id}>
              <a class='row-link' href={`/host/bookings/${payout.booking_id}`}>
                <span class='grow'>
                  <span class='between'>
                    <span class='strong'>{payout.bookings?.listings?.title}</span>
                    <span class='strong amount'>{money(payout.amount_minor, payout.currency)}</span>
                  </span>
                  <span class='between'>
                    <span class='soft small'>
                      {payout.status === 'blocked' && payout.reason
                        ? words.reasons[payout.reason]
                        : words.due(dayOfYear(payout.due_at.slice(0, 10)))}
                    </span>
                    <Badge kind={payout.status === 'blocked' ? 'warn' : 'plain'}>
                      {words.statuses[payout.status]}
                    </Badge>
                  </span>
                </span>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

/** A year of earnings by month, with the entries of each month, and a CSV download. */
function Earnings() {
  const words = host().money;
  const [year, setYear] = useState(today().slice(0, 4));
  const period = yearOf(year);
  const totals = useQuery(ask(staybase, 'earning_totals', period));
  const [open, setOpen] = useState<string | null>(null);
  const now = Number(today().slice(0, 4));
  const download = useAction(async () => {
    const csv = await must(staybase.rpc('earnings_csv', period).csv());
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([csv], { type: 'text/csv' }));
    link.download = `earnings-${year}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  });
  return (
    <Section
      title={words.earnings}
      action={
        <Select
          label={words.year}
          hidesLabel
          value={year}
          options={[0, 1, 2, 3].map((back) => [String(now - back), String(now - back)] as const)}
          onValue={setYear}
        />
      }
    >
      <ErrorBox error={totals.error ?? download.error} />
      {totals.waits && <Skeleton height='240px' />}
      {totals.answer?.length === 0 && (
        <EmptyState icon='receipt' title={words.noEarnings} text={words.noEarningsText} />
      )}
      {!!totals.answer?.length && (
        <>
          <div class='scroller' role='region' aria-label={words.earnings} tabIndex={0}>
            <table class='host-table'>
              <thead>
                <tr>
                  <th scope='col'>{words.month}</th>
                  <th scope='col' class='amount detail'>{words.gross}</th>
                  <th scope='col' class='amount detail'>{words.feeShort}</th>
                  <th scope='col' class='amount detail'>{words.adjustments}</th>
                  <th scope='col' class='amount'>{words.net}</th>
                </tr>
              </thead>
              <tbody>
                {totals.answer.map((row) => {
                  const key = `${row.month_on} ${row.currency}`;
                  const show = (minor: number) => money(minor, row.currency);
                  return [
                    <tr key={key}>
                      <th scope='row'>
                        <button
                          type='button'
                          class='link plain'
                          aria-expanded={open === key}
                          onClick={() => setOpen(open === key ? null : key)}
                        >
                          {monthText(row.month_on.slice(0, 7))}
                        </button>
                      </th>
                      <td class='amount detail'>{show(row.gross_minor)}</td>
                      <td class='amount detail'>{show(-row.host_fee_minor)}</td>
                      <td class='amount detail'>
                        {show(row.adjustment_minor - row.penalty_minor + row.debt_minor)}
                      </td>
                      <td class='amount strong'>{show(row.net_minor)}</td>
                    </tr>,
                    open === key && (
                      <tr key={`${key} open`}>
                        <td colSpan={5}>
                          <Entries month_on={row.month_on} currency={row.currency} />
                        </td>
                      </tr>
                    ),
                  ];
                })}
              </tbody>
            </table>
          </div>
          <div>
            <Button size='small' busy={download.busy} onClick={() => void download()}>
              {words.download}
            </Button>
          </div>
        </>
      )}
    </Section>
  );
}

function Entries({ month_on, currency }: { month_on: string; currency: string }) {
  const words = host().money;
  const ends_on = `${addDays(month_on, 32).slice(0, 7)}-01`;
  const { answer, error, waits } = useQuery(
    ask(staybase, 'my_earnings', { starts_on: month_on, ends_on, page_size: 100 }),
  );
  if (waits) return <Skeleton height='64px' />;
  if (error) return <ErrorBox error={error} />;
  return (
    <ul class='rows'>
      {answer?.filter((row) => row.currency === currency).map((row) => (
        <li key={row.earning_id}>
          <a class='row-link' href={`/host/bookings/${row.booking_id}`}>
            <span class='grow'>
              <span class='between'>
                <span>{row.listing_title}</span>
                <span class='amount'>{money(row.net_minor, row.currency)}</span>
              </span>
              <span class='soft small'>
                {words.kinds[row.kind]} · {dayOfYear(row.earned_on)}
              </span>
            </span>
          </a>
        </li>
      ))}
    </ul>
  );
}
