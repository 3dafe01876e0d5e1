import { search } from '@staybase/client';
import { staybase } from '../api.ts';

/** The homes of the start page. */
export const popularHomes = () => search(staybase, { sort: 'rating' }).list({ page_size: 100 });
