import { search as searchQueries } from '@staybase/client';
import { staybase } from '../../api.ts';
import { criteriaOf, type Search } from './criteria.ts';

export const pageSize = 20;

/** The list, the map and the filter counts of a search. */
export const queriesOf = (search: Search) =>
  searchQueries(staybase, {
    ...criteriaOf(search),
    ...(search.sort === 'price' ? {} : { sort: search.sort }),
  });

export const screenOf = (search: Search) => queriesOf(search).screen({ page_size: pageSize });
