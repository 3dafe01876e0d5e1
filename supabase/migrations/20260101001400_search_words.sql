-- Words: how homes are found by what their hosts wrote of them.
--
-- A guest types "villa with pool"; a home is found if its title and description have these words,
-- in other forms of its language too (pools, villas). Each home is read in its own language: its
-- words are stems of that language, each with the language before it, so that one query asks for
-- the stems of each language in the homes of that language, from one index. A word that is
-- spelled like words of titles stands for these as well. The words are in a table of their own:
-- searches without words walk narrow rows.

create extension if not exists pg_trgm with schema extensions;

insert into private.refusals (topic, code, status, raised_by, detail) values
  ('Search and pagination', 'invalid_words', 400, 'database',
   'Give at most 100 characters to search for, at least one of them a letter or a digit.');

-- Words as they are compared

create function private.unaccented(written text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  -- By hand and not by the extension unaccent, whose dictionary may change under an index. Letters
  -- with a stroke and two letters in one are not decomposed by Unicode. The grapheme joiner goes
  -- first: left out later, the marks that it kept apart would change places when folded again.
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
  'Rule: names and words are equal without regard to case, accents, punctuation and spaces.';

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
  'Rule: in which language a text is read: its own, if Postgres knows its forms, else as it is '
  'spelled.';

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
  'Rule: habitación and habitaciones are one word, though the rules of Spanish and Portuguese know '
  'such endings by their accents only, which nobody need write.';

create function private.in_language(language text, words text)
  returns text language plpgsql immutable security invoker set search_path = ''
as $$
begin
  return regexp_replace(words, '''([^'']+)''', '''' || language || ':\1''', 'g');
end $$;

comment on function private.in_language is
  'Rule: a stem is one of its language (en:villa), in what a home has and in what is asked, both '
  'as text.';

-- The words of a home

create table private.listing_words (
  listing_id uuid     primary key references public.listings on delete cascade,
  language   text     not null,
  words      tsvector not null,

  constraint listing_words_are_in_a_language check (language = private.text_language(language))
);

-- Read while a guest waits, written when a host has written: no list of what is still to be sorted
-- in, which each search would go through.
create index listing_words_words_idx on private.listing_words using gin (words)
  with (fastupdate = off);
create index listing_words_language_idx on private.listing_words (language);
alter table private.listing_words enable row level security;
comment on table private.listing_words is
  'The words of the title and description of a listing, without accents, as stems of its language '
  '(en:villa), and the language alone (en:). Derived from listings.';

create function private.home_words(language text, title text, description text)
  returns tsvector language plpgsql immutable security invoker set search_path = ''
as $$
declare
  spoken constant text := private.text_language(language);
begin
  return array_to_tsvector(array[spoken || ':'])
    || private.in_language(spoken, to_tsvector(private.text_config(spoken),
      private.plain_endings(spoken, private.folded(title || ' ' || description)))::text)::tsvector;
end $$;

-- What titles are spelled like

create table private.search_words (
  word text primary key collate "C"
);

create index search_words_word_idx
  on private.search_words using gist (word extensions.gist_trgm_ops (siglen = 32));
alter table private.search_words enable row level security;
comment on table private.search_words is
  'The words of titles that can be found, folded, of four letters and more: what a word that is '
  'misspelled may stand for.';

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
  'Rule: the words of the titles of these homes are words that a misspelled one may stand for. '
  'Called by the job that counts places, one at a time: so two homes with one new word do not wait '
  'for each other.';

-- What is asked

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
  -- Quotes keep words together; a minus before one leaves out the homes that have it.
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
      -- Homes of other languages lack all words of this one: they are not meant.
      if part::text like '%!%' then part := quote_literal(spoken || ':')::tsquery && part; end if;
      meant := meant || part;
    end if;
    spoken := (select min(listing_words.language) from private.listing_words
      where listing_words.language > spoken);
  end loop;
  return meant;
end $$;

comment on function private.word_query is
  'Rule: a home has the words of a search if its title and description have all of them, in the '
  'forms of its own language, without regard to case, accents and the words that language leaves '
  'out (the, with); "or" takes one of two, quotes words one after another, a minus homes without '
  'a word. A word of four letters and more also stands for up to six words of titles that share '
  'half of its trigrams with it.';

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
  -- Of words that many have, the index would be read from end to end for nothing: about three
  -- hundred homes, always the same, say which these are.
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
  'Rule: the homes that have these words, if there are at most 3000; null if there are more, so '
  'many that a walk that asks each home soon fills a page.';
