import type { BookingStatus } from '@staybase/client';
import { guest } from '../../i18n/index.ts';
import { Badge } from '../../kit/index.ts';

const kinds: Record<BookingStatus, 'plain' | 'good' | 'warn' | 'bad'> = {
  awaiting_payment: 'warn',
  requested: 'warn',
  confirmed: 'good',
  completed: 'plain',
  declined: 'bad',
  expired: 'plain',
  cancelled_by_guest: 'plain',
  cancelled_by_host: 'bad',
  cancelled_by_staff: 'bad',
  no_show: 'bad',
  payment_conflict: 'bad',
};

export const Status = ({ of: status }: { of: BookingStatus }) => (
  <Badge kind={kinds[status]}>{guest().statuses[status]}</Badge>
);
