import { ask } from '@staybase/client';
import { staybase, useQuery } from '../../api.ts';
import { daysText, instantText } from '../../format.ts';
import { guest } from '../../i18n/index.ts';
import { Dialog, ErrorBox, Loading, Skeleton } from '../../kit/index.ts';
import { PriceList } from '../../stay/price-list.tsx';

/** The documents of a stay as they were issued: they never change. */
export default function ReceiptDialog(
  { booking_id, onClose }: { booking_id: string; onClose: () => void },
) {
  const words = guest().receipt;
  const { answer, error, waits } = useQuery(ask(staybase, 'booking_receipt', { booking_id }));
  const kinds: Record<string, string> = guest().price.kinds;
  return (
    <Dialog title={guest().trips.receipt} wide onClose={onClose}>
      <div class='stack-large'>
        <ErrorBox error={error} />
        {waits && (
          <Loading>
            <Skeleton height='320px' />
          </Loading>
        )}
        {answer?.documents.map((document) => (
          <article class='stack' key={document.receipt_id}>
            <div class='between'>
              <h3>
                {document.kind === 'receipt' ? words.receipt : words.creditNote} {document.number}
              </h3>
              <span class='soft small'>{instantText(document.issued_at)}</span>
            </div>
            <p>
              {document.listing_title}
              {document.city && `, ${document.city}`} ·{' '}
              {daysText(document.check_in, document.check_out)}
            </p>
            <PriceList
              lines={document.lines.map((line) => ({
                text: line.kind === 'tax' || !(line.kind in kinds)
                  ? line.description
                  : kinds[line.kind]! + (line.night ? ` ${line.night}` : ''),
                minor: line.amount_minor,
              }))}
              total={document.total_minor}
              currency={document.currency}
            />
          </article>
        ))}
        {answer?.documents.length === 0 && <p>{words.none}</p>}
        <p class='soft small'>{words.hint}</p>
      </div>
    </Dialog>
  );
}
