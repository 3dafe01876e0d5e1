import { ComplaintCase } from '../parts/cases.tsx';
import { Queue } from '../parts/queue.tsx';

export default function Complaints() {
  return (
    <Queue
      title='Complaints'
      note='From guests about stays that have begun. The payout is on hold until the decision.'
      table='complaints'
      statuses={['open', 'withdrawn', 'dismissed', 'refunded']}
      since='created_at'
      show={(complaint, done) => (
        <ComplaintCase
          key={complaint.complaint_id}
          complaint={complaint}
          done={done}
        />
      )}
    />
  );
}
