-- Feed filters: events of another calendar that take no night here.
--
-- Channel managers publish three events for a stay: the stay, the arrival and the departure. The
-- last would take the night after each stay. Only its hosts know what the events of a calendar
-- mean, so they name those to leave out, by patterns for the summary, and see first what these
-- would leave out.

create function private.feed_patterns(patterns text[])
  returns text[] language plpgsql immutable security invoker set search_path = ''
as $$
declare
  trimmed text[] := array(
    select btrim(pattern) from unnest(patterns) with ordinality as given (pattern, place)
      order by place);
begin
  if patterns is null or cardinality(trimmed) > 10 or exists (
    select from unnest(trimmed) as pattern
    where pattern is null or char_length(pattern) > 100 or pattern !~ '[^*\s]')
  then
    perform private.refuse('invalid_patterns');
  end if;
  return trimmed;
end $$;

comment on function private.feed_patterns is
  'Rule: up to 10 patterns of up to 100 characters. None may match everything: such a calendar '
  'should be removed.';

create function private.set_feed_filters(feed_id uuid, patterns text[])
  returns public.calendar_feeds language plpgsql volatile security definer set search_path = ''
as $$
declare
  feed   public.calendar_feeds := private.feed_to_manage(feed_id);
  wanted text[] := private.feed_patterns(patterns);
begin
  if feed.ignored_summaries = wanted then
    return feed;
  end if;
  update public.imported_events
  set left_out = not imported_events.left_out
  where imported_events.feed_id = feed.feed_id
    and imported_events.left_out <> private.is_left_out(imported_events.summary, wanted);
  perform private.release_overdue_holds(feed.listing_id, claims.nights)
  from private.claims
  where claims.listing_id = feed.listing_id and claims.kind = 'hold'
    and claims.expires_at <= private.now()
    and exists (
      select from public.imported_events
      where imported_events.feed_id = feed.feed_id and not imported_events.left_out
        and imported_events.check_in < upper(claims.nights)
        and imported_events.check_out > lower(claims.nights));
  perform private.claim_feed(feed);
  update public.calendar_feeds set ignored_summaries = wanted
  where calendar_feeds.feed_id = feed.feed_id
  returning * into feed;
  return feed;
end $$;

comment on function private.set_feed_filters is
  'Rule: ignored events free their nights at once, and events no longer ignored take theirs at '
  'once, from the last read.';

create type public.previewed_event as (
  event_id  uuid,
  summary   text,
  check_in  date,
  check_out date,
  left_out  boolean
);

create function private.preview_feed_filters(feed_id uuid, patterns text[])
  returns setof public.previewed_event language plpgsql stable security definer set search_path = ''
as $$
declare
  wanted text[];
begin
  perform private.signed_in();
  if not exists (
    select from public.calendar_feeds
    where calendar_feeds.feed_id = preview_feed_filters.feed_id
      and private.may_manage(calendar_feeds.listing_id, 'calendar'))
  then
    perform private.refuse('feed_not_found');
  end if;
  wanted := private.feed_patterns(patterns);
  return query
    select imported_events.event_id, imported_events.summary, imported_events.check_in,
      imported_events.check_out, private.is_left_out(imported_events.summary, wanted)
    from public.imported_events
    where imported_events.feed_id = preview_feed_filters.feed_id
    order by imported_events.check_in, imported_events.check_out, imported_events.event_id;
end $$;

-- Verbs

create function public.set_feed_filters(feed_id uuid, patterns text[])
  returns public.calendar_feeds language sql volatile security invoker set search_path = ''
  return private.set_feed_filters(feed_id, patterns);

create function public.preview_feed_filters(feed_id uuid, patterns text[])
  returns setof public.previewed_event language sql stable security invoker set search_path = ''
begin atomic
  select * from private.preview_feed_filters(preview_feed_filters.feed_id,
    preview_feed_filters.patterns);
end;

grant execute on function
  private.set_feed_filters, public.set_feed_filters, private.preview_feed_filters,
  public.preview_feed_filters
  to authenticated;

comment on function public.set_feed_filters is
  'Ignores the events of an external calendar whose whole summary matches one of up to 10 '
  'patterns; * stands for any text, and case does not matter. Their nights become free at once; {} '
  'imports all events again. Repeating it changes nothing. Errors: feed_not_found, '
  'invalid_patterns.';
comment on function public.preview_feed_filters is
  'All events read from an external calendar, each with whether these patterns would ignore it. '
  'Changes nothing. Errors: feed_not_found, invalid_patterns.';
