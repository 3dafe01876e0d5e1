import { NoShow } from '../parts/cases.tsx';
import { Queue } from '../parts/queue.tsx';

export default function NoShows() {
  return (
    <Queue
      title='No-shows'
      note='From hosts whose guests did not come. If the guest objects, staff decide.'
      table='no_shows'
      statuses={[
        'objected',
        'reported',
        'upheld',
        'dismissed',
        'withdrawn',
        'overtaken',
      ]}
      since='reported_at'
      show={(noShow, done) => <NoShow key={noShow.booking_id} noShow={noShow} done={done} />}
    />
  );
}
