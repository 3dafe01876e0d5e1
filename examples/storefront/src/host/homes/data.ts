import { must, query } from '@staybase/client';
import { cache, staybase } from '../../api.ts';

/** Everything a host enters about a home. */
export const homeOf = (listing_id: string) =>
  query('host_home', { listing_id }, (signal) =>
    must(
      staybase.from('listings').select(
        `*, listing_addresses(*), listing_access(*), listing_prices(*),
        length_discounts(*), booking_rules(*), listing_amenities(amenity), listing_photos(*),
        price_floors(*), listing_hosts(profile_id, role, since, profiles(display_name, avatar_path))`,
      )
        .eq('listing_id', listing_id)
        .order('position', { referencedTable: 'listing_photos' })
        .order('minimum_nights', { referencedTable: 'length_discounts' })
        .abortSignal(signal)
        .single(),
    ));

export type HomeToEdit = Awaited<ReturnType<ReturnType<typeof homeOf>['run']>>;

export const homeChanged = () =>
  cache.refresh('host_home', 'hosting', 'host_calendars', 'home', 'missing_for_publishing');

export const steps = [
  'basics',
  'place',
  'amenities',
  'photos',
  'description',
  'prices',
  'rules',
  'access',
  'publish',
] as const;
export const others = ['calendars', 'cohosts'] as const;
export type Step = (typeof steps)[number] | (typeof others)[number];
export const isStep = (word: string | undefined): word is Step =>
  (steps as readonly string[]).concat(others).includes(word ?? '');

/** The props of a section of the editor. */
export interface Part {
  home: HomeToEdit;
  /** Called after saving: goes to the next step of a draft. */
  onSaved: () => void;
}

const currencyOf: Record<string, string> = {
  US: 'USD',
  GB: 'GBP',
  CH: 'CHF',
  LI: 'CHF',
  CA: 'CAD',
  AU: 'AUD',
  DK: 'DKK',
  NO: 'NOK',
  SE: 'SEK',
  MX: 'MXN',
  TH: 'THB',
  JP: 'JPY',
  KR: 'KRW',
  IS: 'ISK',
  KW: 'KWD',
};
/** What homes of a country are usually priced in; which currencies there are, the marketplace says. */
export const usualCurrency = (country_code: string): string => currencyOf[country_code] ?? 'EUR';
