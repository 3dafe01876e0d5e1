import { ask, booking as bookingQuery, call } from '@staybase/client';
import { useLocation, useRoute } from 'preact-iso/router';
import { useEffect, useState } from 'preact/hooks';
import { useAction } from '../../action.ts';
import { staybase, useQuery } from '../../api.ts';
import { Photo } from '../../cards/home-card.tsx';
import { daysText, instantText, longDay, money, timeText, today } from '../../format.ts';
import { core, guest, safety } from '../../i18n/index.ts';
import { later } from '../../kit/later.tsx';
import {
  Avatar,
  Button,
  ErrorBox,
  LinkButton,
  Loading,
  Notice,
  Skeleton,
  toast,
} from '../../kit/index.ts';
import { Pay } from '../../pay/pay.tsx';
import { usePage } from '../../page.ts';
import { whoText } from '../../search-box/search-box.tsx';
import { actionsOf } from '../../stay/actions.ts';
import { priceLines } from '../../stay/lines.ts';
import { PriceList } from '../../stay/price-list.tsx';
import { SignedIn } from '../auth/signed-in.tsx';
import { Alteration, isOpenAlteration } from './alteration.tsx';
import { conversationAbout, tripDetails } from './queries.ts';
import { refreshTrip } from './refresh.ts';
import { Status } from './status.tsx';
import './trips.css';

const CancelDialog = later(() => import('./cancel-dialog.tsx'));
const AlterDialog = later(() => import('./alter-dialog.tsx'));
const ReceiptDialog = later(() => import('./receipt-dialog.tsx'));
const ComplaintDialog = later(async () => {
  const [dialog] = await Promise.all([
    import('../../safety/complaint-dialog.tsx'),
    safety.load(),
  ]);
  return dialog;
});
const Complaint = later(async () => {
  const [complaint] = await Promise.all([import('../../safety/complaint.tsx'), safety.load()]);
  return complaint;
});
const NoShow = later(async () => {
  const [report] = await Promise.all([import('../../safety/no-show.tsx'), safety.load()]);
  return report;
});
const DamageClaim = later(async () => {
  const [claim] = await Promise.all([import('../../safety/damage-claim.tsx'), safety.load()]);
  return claim;
});
const ReviewForm = later(() => import('./review-form.tsx'));

export default function TripPage() {
  const { params } = useRoute();
  usePage(guest().trips.stay);
  return (
    <div class='page'>
      <SignedIn>{({ id }) => <Trip booking_id={params['id']!} profile_id={id} />}</SignedIn>
    </div>
  );
}

function Trip({ booking_id, profile_id }: { booking_id: string; profile_id: string }) {
  const words = guest();
  const { route } = useLocation();
  const { answer: booking, error } = useQuery(bookingQuery(staybase, booking_id));
  const { answer: details, error: noDetails } = useQuery(tripDetails(booking_id));
  const isGuest = booking?.guest_id === profile_id;
  const isConfirmed = booking?.status === 'confirmed';
  const { answer: contacts } = useQuery(
    // A stay that is over is confirmed for a moment, until a job completes it.
    isGuest && isConfirmed && booking.check_out >= today() &&
      ask(staybase, 'booking_contacts', { booking_id }),
  );
  const { answer: conversations } = useQuery(
    isGuest && booking && conversationAbout(booking.listing_id, profile_id),
  );
  const { answer: actions, error: noActions } = useQuery(actionsOf(booking_id));
  const may = (verb: string) => !!actions?.some(({ action }) => action === verb);
  const [dialog, setDialog] = useState<
    'cancel' | 'alter' | 'receipt' | 'complaint' | null
  >(null);
  const [isPaying, setPaying] = useState(false);
  const withdraw = useAction(async () => {
    await call(staybase, 'withdraw_booking', { booking_id });
    refreshTrip();
    toast(words.trips.withdrawn);
  });

  // A saved card was declined.
  const owed = details?.payments.find(({ pay_by, status }) => pay_by && status === 'pending');
  // Payments appear here once Stripe has told the database.
  const waits = isPaying && (booking?.status === 'awaiting_payment' || owed !== undefined ||
    details?.alterations.some(({ status }) => status === 'awaiting_payment'));
  useEffect(() => {
    if (!waits) return;
    const timer = setInterval(refreshTrip, 1_000);
    return () => clearInterval(timer);
  }, [waits]);
  useEffect(() => {
    if (booking && !isGuest) route(`/host/bookings/${booking_id}`, true);
  }, [booking?.guest_id]);

  if (error) {
    return (
      <>
        <h1 class='visually-hidden'>{words.trips.stay}</h1>
        <ErrorBox error={error} />
      </>
    );
  }
  if (!booking || !isGuest || (!details && !noDetails) || (!actions && !noActions)) {
    return (
      <Loading>
        <Skeleton height='520px' />
      </Loading>
    );
  }

  const home = details?.listings;
  const address = home?.listing_addresses;
  const access = home?.listing_access;
  const alteration = details?.alterations.find(isOpenAlteration);
  const total = booking.guest_totals;
  const conversation = conversations?.[0]?.conversation_id;
  const status = booking.status;
  return (
    <>
      <div class='trip-head'>
        <div class='trip-photo'>
          <Photo path={booking.listings?.listing_photos[0]?.storage_path} first />
        </div>
        <div class='stack-small'>
          <div>
            <Status of={status} />
          </div>
          <h1>{booking.listings?.title ?? words.trips.aHome}</h1>
          <p>{daysText(booking.check_in, booking.check_out)} · {whoText(booking)}</p>
        </div>
      </div>
      <div class='trip-page'>
        <div class='stack-large'>
          <p role='status'>{words.statusTexts[status]}</p>
          {status === 'requested' && booking.expires_at && (
            <Notice>{words.trips.answerBy(instantText(booking.expires_at))}</Notice>
          )}
          {status === 'awaiting_payment' && (
            <Pay
              booking_id={booking_id}
              onPaid={() => setPaying(true)}
            />
          )}
          {owed && (
            <>
              <Notice kind='warn'>
                {words.pay.refused(
                  money(owed.amount_minor, owed.currency),
                  instantText(owed.pay_by!),
                )}
              </Notice>
              <Pay booking_id={booking_id} onPaid={() => setPaying(true)} />
            </>
          )}
          {alteration && <Alteration alteration={alteration} onPaid={() => setPaying(true)} />}
          {details?.complaints.map((complaint) => (
            <Complaint
              key={complaint.complaint_id}
              complaint={complaint}
              mayWithdraw={complaint.status === 'open' && may('withdraw_complaint')}
            />
          ))}
          {details?.no_shows && (
            <NoShow report={details.no_shows} mayObject={may('object_to_no_show')} />
          )}
          {details?.damage_claims.map((claim) => (
            <DamageClaim
              key={claim.claim_id}
              claim={claim}
              mayAnswer={may('accept_damage_claim')}
            />
          ))}
          {may('review_stay') && details && !details.reviews && (
            <ReviewForm booking_id={booking_id} title={booking.listings?.title ?? ''} />
          )}
          {details?.reviews && (
            <section class='panel stack-small'>
              <h2>{words.review.yours}</h2>
              <p>
                {details.reviews.stars !== null && core().kit.stars(String(details.reviews.stars))}
              </p>
              <p class='prose'>{details.reviews.body}</p>
            </section>
          )}
          <section class='panel stack' aria-labelledby='when'>
            <h2 id='when'>{words.trips.arriving}</h2>
            <dl class='facts'>
              <div>
                <dt>{core().when.checkIn}</dt>
                <dd>
                  {longDay(booking.check_in)}
                  <br />
                  {timeText(booking.check_in_time)}
                </dd>
              </div>
              <div>
                <dt>{core().when.checkOut}</dt>
                <dd>
                  {longDay(booking.check_out)}
                  <br />
                  {timeText(booking.check_out_time)}
                </dd>
              </div>
            </dl>
            {isConfirmed && details && (address
              ? (
                <div>
                  <h3>{words.trips.address}</h3>
                  <p>
                    {[address.street, address.unit].filter(Boolean).join(', ')}
                    <br />
                    {[address.postal_code, booking.listings?.city].filter(Boolean).join(' ')}
                  </p>
                </div>
              )
              : <p class='soft'>{words.trips.addressLater}</p>)}
            {access && (
              <dl class='facts'>
                {access.door_code && (
                  <div>
                    <dt>{words.trips.door}</dt>
                    <dd>{access.door_code}</dd>
                  </div>
                )}
                {access.wifi_name && (
                  <div>
                    <dt>Wifi</dt>
                    <dd>
                      {access.wifi_name}
                      <br />
                      {access.wifi_password}
                    </dd>
                  </div>
                )}
              </dl>
            )}
            {access?.instructions && <p class='prose'>{access.instructions}</p>}
            {booking.listings?.house_rules && (
              <div>
                <h3>{words.home.rules}</h3>
                <p class='prose'>{booking.listings.house_rules}</p>
              </div>
            )}
          </section>
          {booking.host && (
            <section class='panel row' aria-label={words.home.hostedBy(booking.host.display_name)}>
              <Avatar
                name={booking.host.display_name}
                path={booking.host.avatar_path}
                size='large'
              />
              <div>
                <p class='strong'>{words.home.hostedBy(booking.host.display_name)}</p>
                <a class='link small' href={`/people/${booking.host.profile_id}`}>
                  {words.person.see(booking.host.display_name)}
                </a>
              </div>
              {conversation && (
                <LinkButton href={`/conversations/${conversation}`}>{words.trips.write}</LinkButton>
              )}
              {isConfirmed && !contacts && <p class='trip-contact small'>&nbsp;</p>}
              {contacts?.filter(({ party }) =>
                party === 'host'
              ).map((
                { profile_id, email, phone },
              ) => (
                <p key={profile_id} class='trip-contact soft small'>
                  {[email, phone].filter(Boolean).join(' · ')}
                </p>
              ))}
            </section>
          )}
        </div>
        <aside class='stack-large'>
          <section class='panel stack' aria-labelledby='price'>
            <h2 id='price'>{words.price.title}</h2>
            {total && (
              <PriceList
                lines={priceLines(booking.booking_lines, total.guest_fee_minor, booking.currency)}
                total={total.total_minor}
                currency={booking.currency}
              />
            )}
            <ul class='stack-small soft small'>
              {details?.payments.filter(({ charge_at, status }) =>
                charge_at && status === 'pending'
              )
                .map(({ payment_id, charge_at, amount_minor, currency }) => (
                  <li key={payment_id}>
                    {words.book.chargedAt(money(amount_minor, currency), instantText(charge_at!))}
                  </li>
                ))}
              {details?.payments.filter(({ captured_minor }) => captured_minor > 0).map((
                payment,
              ) => (
                <li key={payment.payment_id}>
                  {words.trips.paid(money(payment.captured_minor, payment.currency))}
                </li>
              ))}
              {details?.refunds.map(({ refund_id, amount_minor, currency }) => (
                <li key={refund_id}>{words.trips.refunded(money(amount_minor, currency))}</li>
              ))}
            </ul>
            {details?.payments.some(({ captured_minor }) => captured_minor > 0) && (
              <Button
                size='small'
                onClick={() => setDialog('receipt')}
              >
                {words.trips.receipt}
              </Button>
            )}
          </section>
          {['propose_alteration', 'cancel_booking', 'withdraw_booking', 'file_complaint'].some(
            may,
          ) && (
            <section class='deeds' aria-label={words.trips.change}>
              <ErrorBox error={withdraw.error} />
              {may('propose_alteration') && (
                <Button
                  wide
                  onClick={() => setDialog('alter')}
                >
                  {words.alter.button}
                </Button>
              )}
              {may('file_complaint') && (
                <Button
                  wide
                  onClick={() => setDialog('complaint')}
                >
                  {words.safety.problem}
                </Button>
              )}
              {may('cancel_booking') && (
                <Button
                  wide
                  kind='danger'
                  onClick={() => setDialog('cancel')}
                >
                  {words.cancel.button}
                </Button>
              )}
              {may('withdraw_booking') && (
                <Button
                  wide
                  kind='danger'
                  busy={withdraw.busy}
                  onClick={() => void withdraw()}
                >
                  {status === 'requested' ? words.trips.withdrawRequest : words.trips.giveUp}
                </Button>
              )}
            </section>
          )}
          <p class='soft small'>{words.trips.number(booking_id)}</p>
        </aside>
      </div>
      {dialog === 'cancel' && (
        <CancelDialog
          booking_id={booking_id}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'alter' && <AlterDialog booking={booking} onClose={() => setDialog(null)} />}
      {dialog === 'complaint' && (
        <ComplaintDialog
          booking_id={booking_id}
          onClose={() => setDialog(null)}
        />
      )}
      {dialog === 'receipt' && (
        <ReceiptDialog
          booking_id={booking_id}
          onClose={() => setDialog(null)}
        />
      )}
    </>
  );
}
