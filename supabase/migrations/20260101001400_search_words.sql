-- Words: how homes are found by what their hosts wrote of them.
--
-- A guest types "villa with pool". A home matches if its title and description contain these words,
-- in any form its language has for them (pools, villas). Text is stemmed in the language of the
-- home, and each stem is prefixed with that language (en:villa), so that one query on one index
-- matches the stems of every language. A misspelled word also matches words of titles that are
-- spelled like it. The words have their own table, to keep the rows narrow that searches without
-- words walk.

create extension if not exists pg_trgm with schema extensions;

insert into private.refusals (topic, code, status, raised_by, detail) values
  ('Search and pagination', 'invalid_words', 400, 'database',
   'Search words are at most 100 characters long and contain a letter or a digit.');

-- Normalization and stemming

create function private.unaccented(written text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  -- In ASCII there is only case to fold (measured: a seventh of the time).
  if octet_length(written) = char_length(written) then
    return lower(written);
  end if;
  -- Not with the extension unaccent: its dictionary may change under an index. Unicode does not
  -- decompose letters with a stroke (ø) or ligatures (æ). The grapheme joiner is removed first:
  -- otherwise the marks it separates would be reordered when the text is folded a second time.
  return regexp_replace(
    replace(replace(replace(replace(
      translate(lower(normalize(replace(written, U&'\034F', ''), nfkd)), 'øłđħıðŧ', 'oldhidt'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    '[\u0300-\u036f]', '', 'g');
end $$;

create function private.folded(name text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return btrim(regexp_replace(private.unaccented(name), '[[:space:][:punct:]]+', ' ', 'g'));
end $$;

comment on function private.folded is
  'Rule: names and words are compared without case, accents, punctuation and repeated spaces.';

create function private.text_language(language text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case
    when language in ('nb', 'nn') then 'no'
    when language in ('ar', 'ca', 'da', 'de', 'el', 'en', 'es', 'eu', 'fi', 'fr', 'ga', 'hi', 'hu',
      'hy', 'id', 'it', 'lt', 'ne', 'nl', 'no', 'pt', 'ro', 'ru', 'sr', 'sv', 'ta', 'tr')
      then language
    else '' end;
end $$;

comment on function private.text_language is
  'Rule: the language a text is stemmed in: its own if Postgres has a stemmer for it, otherwise '
  'none (empty).';

create function private.text_config(language text)
  returns regconfig language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case language
    when 'ar' then 'pg_catalog.arabic'::regconfig
    when 'ca' then 'pg_catalog.catalan'
    when 'da' then 'pg_catalog.danish'
    when 'de' then 'pg_catalog.german'
    when 'el' then 'pg_catalog.greek'
    when 'en' then 'pg_catalog.english'
    when 'es' then 'pg_catalog.spanish'
    when 'eu' then 'pg_catalog.basque'
    when 'fi' then 'pg_catalog.finnish'
    when 'fr' then 'pg_catalog.french'
    when 'ga' then 'pg_catalog.irish'
    when 'hi' then 'pg_catalog.hindi'
    when 'hu' then 'pg_catalog.hungarian'
    when 'hy' then 'pg_catalog.armenian'
    when 'id' then 'pg_catalog.indonesian'
    when 'it' then 'pg_catalog.italian'
    when 'lt' then 'pg_catalog.lithuanian'
    when 'ne' then 'pg_catalog.nepali'
    when 'nl' then 'pg_catalog.dutch'
    when 'no' then 'pg_catalog.norwegian'
    when 'pt' then 'pg_catalog.portuguese'
    when 'ro' then 'pg_catalog.romanian'
    when 'ru' then 'pg_catalog.russian'
    when 'sr' then 'pg_catalog.serbian'
    when 'sv' then 'pg_catalog.swedish'
    when 'ta' then 'pg_catalog.tamil'
    when 'tr' then 'pg_catalog.turkish'
    else 'pg_catalog.simple'
  end;
end $$;

create function private.plain_endings(language text, written text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return case language
    when 'es' then regexp_replace(written, '([cs]ion)\M', '\1es', 'g')
    when 'pt' then regexp_replace(written, '([[:alpha:]]{2})ao\M', '\1oes', 'g')
    else written end;
end $$;

comment on function private.plain_endings is
  'Rule: habitación and habitaciones are one word, even without accents: the Spanish and '
  'Portuguese stemmers recognize such endings by the accent only.';

create function private.in_language(language text, words text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return regexp_replace(words, '''([^'']+)''', '''' || language || ':\1''', 'g');
end $$;

comment on function private.in_language is
  'Rule: a stem is prefixed with its language (en:villa), in the index and in queries. Works on '
  'the text form of both.';

-- The index: words of each home

create table private.listing_words (
  listing_id uuid     primary key references public.listings on delete cascade,
  language   text     not null,
  words      tsvector not null,

  constraint listing_words_are_in_a_language check (language = private.text_language(language))
);

-- No pending list (fastupdate): every search would have to scan it, and guests wait for searches,
-- while hosts rarely edit their texts.
create index listing_words_words_idx on private.listing_words using gin (words)
  with (fastupdate = off);
create index listing_words_language_idx on private.listing_words (language);
alter table private.listing_words enable row level security;
comment on table private.listing_words is
  'The words of the title and description of a listing, without accents, as stems of its language '
  '(en:villa), plus the language alone (en:). Derived from listings.';

create function private.home_words(language text, title text, description text)
  returns tsvector language plpgsql immutable security invoker set search_path = ''
as $$
declare
  spoken constant text := private.text_language(language);
begin
  -- As private.in_language, without a pattern: folded words have no quotes, so that each quote
  -- after a blank begins a stem (measured: 0.6 of the time).
  return array_to_tsvector(array[spoken || ':'])
    || replace(' ' || to_tsvector(private.text_config(spoken),
      private.plain_endings(spoken, private.folded(title || ' ' || description)))::text,
      ' ''', ' ''' || spoken || ':')::tsvector;
end $$;

-- The vocabulary for spelling correction

create table private.search_words (
  word text primary key collate "C"
);

create index search_words_word_idx
  on private.search_words using gist (word extensions.gist_trgm_ops (siglen = 32));
alter table private.search_words enable row level security;
comment on table private.search_words is
  'The words of titles, folded, of four letters or more: candidates for a misspelled word.';

create function private.learn_words(listing_ids uuid[])
  returns void language plpgsql volatile security definer set search_path = ''
as $$
begin
  insert into private.search_words (word)
  select distinct word
  from public.listings
  cross join lateral regexp_split_to_table(private.folded(listings.title), ' ') as word
  where listings.listing_id = any (learn_words.listing_ids) and listings.status = 'published'
    and char_length(word) between 4 and 40 and word !~ '[0-9]'
  on conflict on constraint search_words_pkey do nothing;
end $$;

comment on function private.learn_words is
  'Rule: the words of the titles of these homes become candidates for misspelled words. Called by '
  'the job that counts places, which runs one at a time, so that two homes with the same new word '
  'do not wait for each other.';

-- Queries

create function private.word_query(words text)
  returns tsquery language plpgsql stable security definer set search_path = ''
as $$
declare
  asked    text;
  typed    text;
  spelled  text[] := '{}';
  others   text[] := '{}';
  spoken   text;
  config   regconfig;
  part     tsquery;
  target   tsquery;
  meant    tsquery := '';
begin
  if char_length(words) > 100 or private.folded(words) = '' then
    perform private.refuse('invalid_words');
  end if;
  -- All punctuation is removed, except quotes (phrases) and a minus before a word (exclusion).
  asked := regexp_replace(private.unaccented(words),
    '(?:[[:space:]]|(?!["-])[[:punct:]]|(?<=[^[:space:]])-|-(?=[[:space:]-]|$))+', ' ', 'g');

  for typed in
    select distinct lexeme[1]
    from regexp_matches(querytree(websearch_to_tsquery('pg_catalog.simple', asked)),
      '''([^'']+)''', 'g') as lexeme
    where char_length(lexeme[1]) > 3 and lexeme[1] !~ '[0-9]'
    order by 1
    limit 8
  loop
    spelled := spelled || typed;
    others := others || (
      select string_agg(quote_literal(alike.word), ' | ')
      from (
        select search_words.word from private.search_words
        order by search_words.word operator(extensions.<->) typed
        limit 6) as alike
      where alike.word <> typed
        and extensions.similarity(alike.word, typed) >= 0.5);
  end loop;

  spoken := (select min(listing_words.language) from private.listing_words);
  while spoken is not null loop
    config := private.text_config(spoken);
    part := websearch_to_tsquery(config, private.plain_endings(spoken, asked));
    for number in 1 .. cardinality(spelled) loop
      target := to_tsquery(
        config, quote_literal(private.plain_endings(spoken, spelled[number])));
      if others[number] is not null and numnode(target) > 0 then
        part := ts_rewrite(part, target, target || to_tsquery(
          config, private.plain_endings(spoken, others[number])));
      end if;
    end loop;
    if numnode(part) > 0 then
      part := private.in_language(spoken, part::text)::tsquery;
      -- Without this, an exclusion would match all homes of other languages.
      if part::text like '%!%' then part := quote_literal(spoken || ':')::tsquery && part; end if;
      meant := meant || part;
    end if;
    spoken := (select min(listing_words.language) from private.listing_words
      where listing_words.language > spoken);
  end loop;
  return meant;
end $$;

comment on function private.word_query is
  'Rule: a home matches if its title and description contain all words of the search, in any form '
  'of its language, without regard to case, accents and stop words (the, with). "or" matches '
  'either of two words, quotes match a phrase, a minus excludes a word. A word of four letters or '
  'more also matches up to six words of titles that are similar to it (pg_trgm similarity of at '
  'least 0.5).';

create function private.homes_with_words(query tsquery)
  returns uuid[] language plpgsql stable security definer set search_path = ''
  set enable_seqscan = off set jit = off
as $$
declare
  total constant double precision := (
    select pg_class.reltuples from pg_catalog.pg_class
    where pg_class.oid = 'private.listing_words'::regclass);
  known double precision;
  homes uuid[];
begin
  -- For common words, the whole index would be read for nothing. A fixed sample of about 300 homes
  -- tells which words are common.
  if total > 3000 then
    known := (
      select count(*)
      from private.listing_words tablesample system (30000 / total) repeatable (1)
      where listing_words.words @@ query);
    if known >= 5 and known * total / 300 > 3000 then return null; end if;
  end if;
  homes := array(
    select listing_words.listing_id from private.listing_words
    where listing_words.words @@ query
    limit 3001);
  return case when cardinality(homes) <= 3000 then homes end;
end $$;

comment on function private.homes_with_words is
  'Rule: the homes that match these words, if there are at most 3000. Null if there are more: then '
  'a walk that checks each home fills a page quickly.';
