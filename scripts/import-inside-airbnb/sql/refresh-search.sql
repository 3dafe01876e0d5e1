select private.refresh_whole_search(array(
  select listing_id from pg_temp.outdated_search where number > $1 and number <= $2))
