import { ComplaintCase } from '../parts/cases.tsx';
import { Queue } from '../parts/queue.tsx';

export default function Complaints() {
  return (
    <Queue
      title='Complaints'
      note='Guests about a stay that has begun. The payout waits for the decision.'
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
