/**
 * A filter for PostgREST: what comes after a case, in the order of an instant and then of the booking. Several
 * may have come at one instant.
 */
export const after = (since: string, { at, booking_id }: { at: string; booking_id: string }) =>
  `${since}.gt."${at}",and(${since}.eq."${at}",booking_id.gt.${booking_id})`;
