import { Damage } from '../parts/cases.tsx';
import { Queue } from '../parts/queue.tsx';

export default function DamageClaims() {
  return (
    <Queue
      title='Damage'
      note='From hosts about damage during a stay. Staff decide once the guest has objected or has not answered for a day.'
      table='damage_claims'
      statuses={[
        'disputed',
        'open',
        'owed',
        'paid',
        'unpaid',
        'dismissed',
        'withdrawn',
      ]}
      since='created_at'
      show={(claim, done) => <Damage key={claim.claim_id} claim={claim} done={done} />}
    />
  );
}
