import { searchFrom, stayQuery } from '../search/criteria.ts';

/** Dates and guests in the URL of a home. */
export interface StayWish {
  check_in: string;
  check_out: string;
  guests: number;
  child_ages: number[];
  infants: number;
  pets: number;
}

export function stayFrom(query: Record<string, string>): StayWish {
  const { check_in, check_out, guests, child_ages, infants, pets } = searchFrom(query);
  return { check_in, check_out, guests, child_ages, infants, pets };
}

export const stayPath = (base: string, wish: StayWish): string =>
  base + stayQuery(wish, wish.check_in !== '' && wish);
